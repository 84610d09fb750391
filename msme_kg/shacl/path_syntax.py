"""The syntax of property paths in SPARQL, and the paths that lead back (SHACL §2.3.1)."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from msme_kg.shacl.model import AlternativePath, InversePath, Path, PredicatePath, RepeatPath, SequencePath


def format_path(path: Path, format_iri: Callable[[ox.NamedNode], str] = str) -> str:
    """Return a property path in the syntax of SPARQL.

    Args:
        path: the path.
        format_iri: returns how a predicate is written.
    """
    if isinstance(path, PredicatePath):
        return f"{'^' if path.inverse else ''}{format_iri(path.predicate)}"
    if isinstance(path, SequencePath | AlternativePath):
        members = (
            f"({format_path(part, format_iri)})"
            if isinstance(part, SequencePath | AlternativePath)
            else format_path(part, format_iri)
            for part in path.parts
        )
        return ("/" if isinstance(path, SequencePath) else "|").join(members)
    inner = format_path(path.inner, format_iri)
    is_plain = isinstance(path.inner, PredicatePath) and not path.inner.inverse
    if isinstance(path, InversePath):
        return f"^({inner})"
    mark = "?" if not path.is_repeatable else "*" if path.is_optional else "+"
    return f"{inner if is_plain else f'({inner})'}{mark}"


def invert_path(path: Path) -> Path:
    """Return the path that leads back; that of a sequence has its steps in reverse order."""
    if isinstance(path, InversePath):
        return path.inner
    if isinstance(path, PredicatePath):
        return PredicatePath(path.predicate, not path.inverse)
    if isinstance(path, SequencePath):
        return SequencePath(tuple(invert_path(part) for part in reversed(path.parts)))
    if isinstance(path, AlternativePath):
        return AlternativePath(tuple(invert_path(part) for part in path.parts))
    return RepeatPath(invert_path(path.inner), path.is_optional, path.is_repeatable)

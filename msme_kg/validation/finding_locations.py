"""Where findings about an update lie: in what is brought where that says it, else in the graph's files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.changes.changeset import Inputs, Update
from msme_kg.errors import Place
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import Positions

_PREFIX = re.compile(r"\bPREFIX\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_BLANK = re.compile(r"_:|\[")


class Placing:
    """Finds the places of findings."""

    def __init__(self, update: Update) -> None:
        """Take the update that they are about."""
        self._prefixes = update.before.prefixes
        self._updates = update.inputs.updates
        self._inputs = {file.path for file in (*update.inputs.updates, *update.inputs.add)}
        self._brought = Positions(Dataset(update.inputs.add))
        self._come = {(quad.subject, quad.predicate.value, quad.object) for quad in update.coming}
        self._about = {(quad.subject, quad.predicate.value) for quad in update.coming}

    def placed(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return findings, in order, with their places, and with the CURIE of each path that has one."""
        found = [
            replace(one, place=self._place(one), path=self._prefixes.shorten(_iri(one.path)) or one.path)
            for one in findings
        ]
        return tuple(sorted(found, key=lambda one: (one.sort_key(), sorted(one.message.items()))))

    def _place(self, finding: Finding) -> Place | None:
        """Return where a finding lies."""
        place = finding.place
        if not isinstance(finding.focus, ox.NamedNode) or (
            place and place.line and place.file in self._inputs
        ):
            return place
        predicate = _iri(finding.path) or self._prefixes.expand(finding.path)
        if finding.value is not None and predicate:
            is_brought = (finding.focus, predicate, finding.value) in self._come
            found = self._brought.stated(finding.focus, predicate, finding.value)
        elif predicate:
            is_brought = (finding.focus, predicate) in self._about
            found = self._brought.stated(finding.focus, predicate)
        else:
            is_brought = any(finding.focus == subject for subject, _ in self._about)
            found = self._brought.place(finding.focus)
        if is_brought or place is None or not place.line:
            return found or self._in_updates(finding) or place or self._brought.place(finding.focus)
        return place

    def _in_updates(self, finding: Finding) -> Place | None:
        """Return the line of a SPARQL Update that names the focus of a finding first."""
        named = (self._line(file, getattr(finding.focus, "value", "")) for file in self._updates)
        return next(filter(None, named), None)

    def _line(self, file: GraphFile, iri: str) -> Place | None:
        text = file.content.decode(errors="replace")
        names = [f"<{iri}>"]
        for prefix, namespace in {**self._prefixes, **dict(_PREFIX.findall(text))}.items():
            if iri.startswith(namespace):
                names.append(f"{prefix}:{iri[len(namespace) :]}")
        found = re.search("|".join(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])" for name in names), text)
        return _at(file, text, found.start()) if found else None


def blank_places(inputs: Inputs, positions: Positions) -> Iterator[Place]:
    """Yield where blank nodes are written; in a SPARQL Update the first that may be one."""
    for file in inputs.add:
        yield from (Place(file.path, line) for line in positions.blank_lines(file.path))
    for file in inputs.updates:
        text = file.content.decode(errors="replace")
        found = _BLANK.search(text)
        if found:
            yield _at(file, text, found.start())


def _at(file: GraphFile, text: str, at: int) -> Place:
    return Place(file.path, text.count("\n", 0, at) + 1)


def _iri(path: str) -> str:
    """Return the IRI that a path is; nothing for one of several steps, or a CURIE."""
    return path[1:-1] if path.startswith("<") and path.count("<") == 1 else ""

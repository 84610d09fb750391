"""Where findings about an update lie: in what is brought where that says it, else in the graph's files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.errors import SourceLocation
from msme_kg.shacl.report import Finding
from msme_kg.sparql.query_lexer import read_prefixes
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap

_BNODE_SYNTAX = re.compile(r"_:|\[")


class FindingLocator:
    """Finds the places of findings."""

    def __init__(self, changeset: Changeset) -> None:
        """Take the update that they are about."""
        self._prefixes = changeset.before.prefixes
        self._update_files = changeset.request.updates
        self._input_paths = {file.path for file in (*changeset.request.updates, *changeset.request.add)}
        self._input_source_map = SourceMap(Dataset(changeset.request.add))
        self._incoming_triples = {
            (quad.subject, quad.predicate.value, quad.object) for quad in changeset.incoming
        }
        self._incoming_pairs = {(quad.subject, quad.predicate.value) for quad in changeset.incoming}

    def locate(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return findings, in order, with their places, and with the CURIE of each path that has one."""
        found = [
            replace(
                one,
                location=self._locate_finding(one),
                path=self._prefixes.shorten(_extract_iri(one.path)) or one.path,
            )
            for one in findings
        ]
        return tuple(sorted(found, key=lambda one: (one.sort_key(), sorted(one.message.items()))))

    def _locate_finding(self, finding: Finding) -> SourceLocation | None:
        """Return where a finding lies."""
        place = finding.location
        if not isinstance(finding.focus_node, ox.NamedNode) or (
            place and place.line and place.file in self._input_paths
        ):
            return place
        predicate = _extract_iri(finding.path) or self._prefixes.expand(finding.path)
        if finding.value is not None and predicate:
            is_brought = (finding.focus_node, predicate, finding.value) in self._incoming_triples
            found = self._input_source_map.locate_triple(finding.focus_node, predicate, finding.value)
        elif predicate:
            is_brought = (finding.focus_node, predicate) in self._incoming_pairs
            found = self._input_source_map.locate_triple(finding.focus_node, predicate)
        else:
            is_brought = any(finding.focus_node == subject for subject, _ in self._incoming_pairs)
            found = self._input_source_map.locate(finding.focus_node)
        if is_brought or place is None or not place.line:
            return (
                found
                or self._locate_in_updates(finding)
                or place
                or self._input_source_map.locate(finding.focus_node)
            )
        return place

    def _locate_in_updates(self, finding: Finding) -> SourceLocation | None:
        """Return the line of a SPARQL Update that names the focus of a finding first."""
        named = (
            self._locate_iri(file, getattr(finding.focus_node, "value", "")) for file in self._update_files
        )
        return next(filter(None, named), None)

    def _locate_iri(self, file: GraphFile, iri: str) -> SourceLocation | None:
        text = file.content.decode(errors="replace")
        names = [f"<{iri}>"]
        for prefix, namespace in {**self._prefixes, **read_prefixes(text)}.items():
            if iri.startswith(namespace):
                names.append(f"{prefix}:{iri[len(namespace) :]}")
        found = re.search("|".join(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])" for name in names), text)
        return _build_location(file, text, found.start()) if found else None


def locate_bnodes(inputs: UpdateRequest, source_map: SourceMap) -> Iterator[SourceLocation]:
    """Yield where blank nodes are written; in a SPARQL Update the first that may be one."""
    for file in inputs.add:
        yield from (SourceLocation(file.path, line) for line in source_map.find_bnode_lines(file.path))
    for file in inputs.updates:
        text = file.content.decode(errors="replace")
        found = _BNODE_SYNTAX.search(text)
        if found:
            yield _build_location(file, text, found.start())


def _build_location(file: GraphFile, text: str, at: int) -> SourceLocation:
    return SourceLocation(file.path, text.count("\n", 0, at) + 1)


def _extract_iri(path: str) -> str:
    """Return the IRI that a path is; nothing for one of several steps, or a CURIE."""
    return path[1:-1] if path.startswith("<") and path.count("<") == 1 else ""

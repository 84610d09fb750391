"""Locations of findings about an update: in its input files, else in the files of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset, UpdateRequest
from msme_kg.errors import SourceLocation
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.source_tokens import resolve_tokens


class FindingLocator:
    """Locator of the findings about one update."""

    def __init__(self, changeset: Changeset) -> None:
        """Index the statements and input files of an update."""
        self._prefixes = changeset.before.prefixes
        self._update_files = changeset.request.updates
        self._input_paths = {file.path for file in (*changeset.request.updates, *changeset.request.add)}
        self._input_source_map = SourceMap(Dataset(changeset.request.add))
        self._incoming_triples = {
            (quad.subject, quad.predicate.value, quad.object) for quad in changeset.incoming
        }
        self._incoming_pairs = {(quad.subject, quad.predicate.value) for quad in changeset.incoming}
        self._incoming_subjects = {quad.subject for quad in changeset.incoming}

    def locate(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return findings sorted, with their locations and with paths as CURIEs where possible."""
        located = [
            replace(
                finding,
                location=self._locate_finding(finding),
                path=self._prefixes.shorten(_extract_iri(finding.path)) or finding.path,
            )
            for finding in findings
        ]
        return tuple(sorted(located, key=lambda one: (one.sort_key(), sorted(one.message.items()))))

    def _locate_finding(self, finding: Finding) -> SourceLocation | None:
        """Return the location of a finding; the input wins if it adds the statement at fault."""
        known = finding.location
        if not isinstance(finding.focus_node, ox.NamedNode) or (
            known and known.line and known.file in self._input_paths
        ):
            return known
        predicate = _extract_iri(finding.path) or self._prefixes.expand(finding.path)
        if finding.value is not None and predicate:
            is_incoming = (finding.focus_node, predicate, finding.value) in self._incoming_triples
            in_input = self._input_source_map.locate_triple(finding.focus_node, predicate, finding.value)
        elif predicate:
            is_incoming = (finding.focus_node, predicate) in self._incoming_pairs
            in_input = self._input_source_map.locate_triple(finding.focus_node, predicate)
        else:
            is_incoming = finding.focus_node in self._incoming_subjects
            in_input = self._input_source_map.locate(finding.focus_node)
        if is_incoming or known is None or not known.line:
            return (
                in_input
                or self._locate_in_updates(finding)
                or known
                or self._input_source_map.locate(finding.focus_node)
            )
        return known

    def _locate_in_updates(self, finding: Finding) -> SourceLocation | None:
        """Return the location of the first token in a SPARQL Update that denotes the focus node."""
        return self._update_locations.get(getattr(finding.focus_node, "value", ""))

    @cached_property
    def _update_locations(self) -> dict[str, SourceLocation]:
        """The location of the first token in a SPARQL Update by the IRI that it denotes."""
        locations: dict[str, SourceLocation] = {}
        for file in self._update_files:
            for token in resolve_tokens(file.content.decode(errors="replace"), self._prefixes):
                if token.iri:
                    locations.setdefault(token.iri, SourceLocation(file.path, token.line))
        return locations


def locate_bnodes(inputs: UpdateRequest, source_map: SourceMap) -> Iterator[SourceLocation]:
    """Yield the lines with blank nodes; of a SPARQL Update the first one."""
    for file in inputs.add:
        yield from (SourceLocation(file.path, line) for line in source_map.find_bnode_lines(file.path))
    for file in inputs.updates:
        for token in resolve_tokens(file.content.decode(errors="replace"), {}):
            if token.kind in {"name", "mark"} and token.text.startswith(("_:", "[")):
                yield SourceLocation(file.path, token.line)
                break


def _extract_iri(path: str) -> str:
    """Return the IRI of a predicate path in angle brackets; empty for other paths and CURIEs."""
    return path[1:-1] if path.startswith("<") and path.count("<") == 1 else ""

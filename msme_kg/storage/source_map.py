"""On which line a statement stands: found again in the text, since parsers give no positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.rdf.bnode_alignment import SourceBnode, align_bnodes
from msme_kg.rdf.terms import Resource, Term, split_quad
from msme_kg.rdf.turtle_source import AnonymousNode, LocatedTriple, SourceTerm, is_bnode
from msme_kg.rdf.turtle_source import parse_located as read
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.subject_index import SubjectIndex

__all__ = ["LocatedTriple", "SourceMap", "locate_shape", "parse_masking_bnodes"]

_ESCAPE = re.compile(rb"\\[^\\\"tbnrf]")
_BASE_DIRECTIVE = re.compile(rb"base\s*[<#]")
_MAX_TEXT_SEARCHES = 4
"""How many searches through a file's text cost less than an index of it."""


def parse_masking_bnodes(content: bytes, base: str | None = None) -> list[LocatedTriple]:
    """Return the statements of a well-formed Turtle file; blank nodes and lists in them are None."""
    return [
        replace(
            one,
            subject=None if is_bnode(one.subject) else one.subject,
            value=None if is_bnode(one.value) else one.value,
        )
        for one in read(content, base)
        if not _is_cell(one.subject)
    ]


class _SourceFile:
    """One file, of which only what is asked for is read."""

    def __init__(self, file: GraphFile) -> None:
        self.path = file.path
        self.graph = file.graph
        self._content = file.content
        self._key = file.key
        self._base = file.base
        self._is_turtle = file.is_turtle
        self.search_count = 0

    @cached_property
    def statements(self) -> list[LocatedTriple]:
        """All statements, in order."""
        return read(self._content, self._base) if self._is_turtle else []

    @cached_property
    def by_subject(self) -> dict[SourceTerm, list[LocatedTriple]]:
        """All statements by what they are about."""
        found: dict[SourceTerm, list[LocatedTriple]] = {}
        for one in self.statements:
            found.setdefault(one.subject, []).append(one)
        return found

    @cached_property
    def _subject_index(self) -> SubjectIndex | None:
        return SubjectIndex.from_content(self._content, self._key) if self._is_turtle else None

    @cached_property
    def _has_escapes(self) -> bool:
        """Whether a name or a text may be written in another way than letter by letter."""
        return _ESCAPE.search(self._content) is not None

    @cached_property
    def _has_base(self) -> bool:
        """Whether a name may be written as less than its end."""
        return self._base is not None or _BASE_DIRECTIVE.search(self._content.lower()) is not None

    def index(self) -> None:
        """Read where its blocks begin; of a long file a cache keeps that."""
        _ = self._subject_index

    def can_contain(self, text: str) -> bool:
        """Tell whether a name or a text may stand in the file; a file that is asked often is indexed."""
        self.search_count += 1
        if self.search_count > _MAX_TEXT_SEARCHES and self._subject_index is not None:
            return True
        return _extract_search_text(text) in self._content or self._has_escapes or self._has_base

    def find_by_subject(self, subject: SourceTerm) -> list[LocatedTriple]:
        """Return the statements about a node."""
        if isinstance(subject, ox.NamedNode) and self._subject_index is not None:
            return self._subject_index.find_triples_of(subject.value)
        return self.by_subject.get(subject, [])

    def find_by_object(self, value: SourceTerm) -> Iterator[LocatedTriple]:
        """Yield the statements whose object is a node."""
        among: Iterable[LocatedTriple] | None = None
        if isinstance(value, ox.NamedNode) and self._subject_index is not None:
            among = self._subject_index.find_triples_with_object(value.value)
        elif isinstance(value, ox.Literal) and self._subject_index is not None and not self._has_escapes:
            needle = _extract_search_text(value.value)
            among = self._subject_index.find_triples_containing(needle) if needle else None
        yield from (one for one in (self.statements if among is None else among) if one.value == value)


class SourceMap:
    """Finds the place of statements in the files of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._files = [_SourceFile(file) for file in dataset.files]
        self._quads: Sequence[ox.Quad] = ()
        self._bnodes_by_label: dict[str, tuple[_SourceFile, SourceBnode]] | None = None

    def register_bnodes(self, quads: Sequence[ox.Quad]) -> None:
        """Take the quads as they were parsed, each file's in its order: they name the blank nodes."""
        self._quads, self._bnodes_by_label = quads, None

    def index(self) -> None:
        """Prepare for any question; what that takes long for is kept by a cache."""
        for file in self._files:
            file.index()

    def prepare_for(self, lookup_count: int) -> None:
        """Prepare for as many questions."""
        if lookup_count > _MAX_TEXT_SEARCHES:
            for file in self._files:
                file.search_count = _MAX_TEXT_SEARCHES

    def locate(
        self,
        subject: str | Resource,
        predicate: str | None = None,
        value: Term | None = None,
        graph: str | None = None,
    ) -> SourceLocation | None:
        """Return where a statement stands.

        Args:
            subject: the thing, or its IRI.
            predicate: IRI of the property, if one is meant.
            value: the object, if one is meant.
            graph: IRI of the named graph, if one is meant.

        Returns:
            the line of the statement's object, else of the first such predicate, else of the subject; None
            if no file has a statement about the subject.
        """
        about = self._find_by_subject(subject, graph)
        return (
            _find_location(about, predicate, self._resolve_term(value)[1])
            or _find_location(about, predicate, None)
            or next((SourceLocation(file.path, one.subject_line) for file, one in about), None)
        )

    def locate_triple(
        self, subject: str | Resource, predicate: str, value: Term | None = None
    ) -> SourceLocation | None:
        """Return where a statement stands, of any value if none is meant; None if there is no such."""
        wanted = self._resolve_term(value)[1]
        if value is not None and wanted is None:
            return None
        return _find_location(self._find_by_subject(subject, None), predicate, wanted)

    def locate_object(self, value: Term, predicate: str | None = None) -> SourceLocation | None:
        """Return where the first statement stands whose object is a value."""
        file, wanted = self._resolve_term(value)
        files = self._files if file is None else [file]
        text = getattr(wanted, "value", "") if file is None else ""
        for among in ([one for one in files if one.can_contain(text)], files):
            for one in among:
                for found in one.find_by_object(wanted):
                    if predicate is None or _to_iri(found.predicate) == predicate:
                        return SourceLocation(one.path, found.line)
        return None

    def find_bnode_lines(self, path: str) -> list[int]:
        """Return the lines of a file on which a blank node or list is written."""
        found = {
            one.line
            for file in self._files
            if file.path == path
            for one in file.statements
            if (is_bnode(one.subject) and not _is_cell(one.subject))
            or (is_bnode(one.value) and not (_is_cell(one.subject) and _is_cell(one.value)))
        }
        return sorted(found)

    def _find_by_subject(
        self, subject: str | Resource, graph: str | None
    ) -> list[tuple[_SourceFile, LocatedTriple]]:
        if not subject:
            return []
        file, node = self._resolve_term(_to_named_node(subject) if isinstance(subject, str) else subject)
        if file is not None or node is None:
            return [] if file is None else [(file, one) for one in file.find_by_subject(node)]
        files = [file for file in self._files if graph in {None, file.graph}]
        text = getattr(node, "value", "")
        for among in ([file for file in files if file.can_contain(text)], files):
            found = [(file, one) for file in among for one in file.find_by_subject(node)]
            if found:
                return found
        return []

    def _resolve_term(self, term: Term | None) -> tuple[_SourceFile | None, SourceTerm]:
        """Return a term as it stands in the files; a blank node that was learnt, with its file."""
        if not isinstance(term, ox.BlankNode):
            return None, term
        if self._bnodes_by_label is None:
            self._bnodes_by_label = self._map_bnodes()
        if term.value in self._bnodes_by_label:
            return self._bnodes_by_label[term.value]
        # One whose name an earlier file has taken: `Dataset.quads` gave it the number of its file.
        label, _, number = term.value.rpartition(".")
        if label and number.isdecimal() and int(number) < len(self._files):
            file, node = self._files[int(number)], ox.BlankNode(label)
            if file.find_by_subject(node):
                return file, node
        return None, term

    def _map_bnodes(self) -> dict[str, tuple[_SourceFile, SourceBnode]]:
        by_graph: dict[str, list[ox.Quad]] = {}
        for quad in self._quads:
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                by_graph.setdefault(getattr(quad.graph_name, "value", ""), []).append(quad)
        return {
            name: (file, node)
            for file in self._files
            if file.graph in by_graph
            for name, node in align_bnodes(by_graph[file.graph], file.statements).items()
        }


def locate_shape(source_map: SourceMap, quads: Iterable[ox.Quad], shape: Resource) -> SourceLocation | None:
    """Return where a shape stands; one without IRI that is not found, where what it belongs to states it.

    Args:
        source_map: of the shapes files.
        quads: the statements of the same files, as they were parsed.
        shape: the node of the shape.
    """
    owners: dict[object, tuple[Resource, str]] = {}
    found = source_map.locate(shape)
    if found is None and isinstance(shape, ox.BlankNode):
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            owners.setdefault(value, (subject, predicate.value))
    seen: set[object] = set()
    node: object = shape
    while found is None and node in owners and node not in seen:
        seen.add(node)
        node, predicate_iri = owners[node]
        found = source_map.locate(node, predicate_iri)
    return found


def _find_location(
    about: Sequence[tuple[_SourceFile, LocatedTriple]], predicate: str | None, value: SourceTerm
) -> SourceLocation | None:
    for file, one in about:
        if predicate is not None and _to_iri(one.predicate) == predicate and value in {None, one.value}:
            return SourceLocation(file.path, one.line if value is not None else one.predicate_line)
    return None


def _extract_search_text(text: str) -> bytes:
    """Return the piece of a name or text that stands in a file that holds it, unless with escapes."""
    last = re.split(r"[/#:]", text)[-1]
    return max(re.split(r'[\\"\t\b\n\r\f]', last), key=len).encode()


def _is_cell(node: SourceTerm) -> bool:
    return isinstance(node, AnonymousNode) and node.is_cell


def _to_named_node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _to_iri(node: SourceTerm) -> str | None:
    return node.value if isinstance(node, ox.NamedNode) else None

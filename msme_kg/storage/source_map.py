"""Source map: the file and line of each triple, found by parsing the text again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from operator import attrgetter

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.rdf.bnode_alignment import SourceBnode, align_bnodes
from msme_kg.rdf.terms import Resource, Term, build_named_node, get_graph_iri, split_quad
from msme_kg.rdf.turtle_source import LocatedTriple, SourceTerm, is_bnode, is_list_cell
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.subject_index import SubjectIndex

_ESCAPE = re.compile(rb"\\[^\\\"tbnrf]")
_ESCAPED = re.compile(r'[\\"\t\b\n\r\f]')
"""The characters of a literal that are written with a backslash."""
_BASE_DIRECTIVE = re.compile(rb"base\s*[<#]")
_MAX_TEXT_SEARCHES = 4
"""Number of text searches in a file that cost less than building its index."""
_MAX_OBJECT_SEARCHES = 1000
"""Number of text searches in a file that cost less than parsing it."""


class SourceMap:
    """Index from triples, entities and lines to source locations in the files of a dataset.

    Files are parsed when a question needs them. Blank nodes are known by the names that
    ``Dataset.parse_quads`` gives them.
    """

    def __init__(self, dataset: Dataset, expected_lookups: int = 0) -> None:
        """Prepare for lookups; nothing is parsed yet.

        Args:
            dataset: the files.
            expected_lookups: about how many lookups will follow; it affects speed only.
        """
        self._dataset = dataset
        searches = _MAX_TEXT_SEARCHES if expected_lookups > _MAX_TEXT_SEARCHES else 0
        self._files = [_SourceFile(file, searches) for file in dataset.files]
        self._last_subject: tuple[str | Resource, str | None] = "", None
        self._last_locations = _SubjectLocations([])
        self._object_locations: dict[tuple[Term, str | None], SourceLocation | None] = {}

    def locate(
        self,
        subject: str | Resource,
        predicate: str | None = None,
        value: Term | None = None,
        graph: str | None = None,
    ) -> SourceLocation | None:
        """Return the location of a triple, or of the nearest one.

        Args:
            subject: the subject or its IRI.
            predicate: IRI of the predicate, if any.
            value: the object, if any.
            graph: IRI of the named graph, if any.

        Returns:
            The line of the triple's object, else of the first triple with this subject and predicate, else
            of the subject; None if no file has a triple with this subject.
        """
        locations = self._index_subject(subject, graph)
        if predicate is None:
            return locations.subject
        return (
            locations.by_value.get((predicate, self._resolve_term(value)[1]))
            or locations.by_predicate.get(predicate)
            or locations.subject
        )

    def locate_triple(
        self, subject: str | Resource, predicate: str, value: Term | None = None
    ) -> SourceLocation | None:
        """Return the location of a triple, with any object if none is given; None if there is none."""
        source_value = self._resolve_term(value)[1]
        if value is not None and source_value is None:
            return None
        locations = self._index_subject(subject, None)
        if source_value is None:
            return locations.by_predicate.get(predicate)
        return locations.by_value.get((predicate, source_value))

    def locate_object(self, value: Term, predicate: str | None = None) -> SourceLocation | None:
        """Return the location of the first triple with an object, and with a predicate if one is given."""
        key = value, predicate
        if key not in self._object_locations:
            self._object_locations[key] = self._find_object(value, predicate)
        return self._object_locations[key]

    def _find_object(self, value: Term, predicate: str | None) -> SourceLocation | None:
        file, source_value = self._resolve_term(value)
        files = self._files if file is None else [file]
        text = getattr(source_value, "value", "") if file is None else ""
        for candidates in ([file for file in files if file.can_contain(text)], files):
            for candidate in candidates:
                for triple in candidate.find_by_object(source_value):
                    if predicate is None or _to_iri(triple.predicate) == predicate:
                        return SourceLocation(candidate.path, triple.line)
        return None

    def find_subject_at(self, path: str, line: int) -> ox.NamedNode | None:
        """Return the IRI that is the subject of the last triple on a line of a file."""
        files = (file for file in self._files if file.path == path)
        return next((file.subjects_by_line.get(line) for file in files), None)

    def find_bnode_lines(self, path: str) -> list[int]:
        """Return the lines of a file that contain a blank node or a collection."""
        lines = {
            triple.line
            for file in self._files
            if file.path == path
            for triple in file.triples
            if (is_bnode(triple.subject) and not is_list_cell(triple.subject))
            or (is_bnode(triple.value) and not (is_list_cell(triple.subject) and is_list_cell(triple.value)))
        }
        return sorted(lines)

    def _index_subject(self, subject: str | Resource, graph: str | None) -> _SubjectLocations:
        """Return the locations of an entity; those of the last one are kept, as findings come by entity."""
        key = subject, graph
        if key != self._last_subject:
            self._last_locations = _SubjectLocations(self._find_by_subject(subject, graph))
            self._last_subject = key
        return self._last_locations

    def _find_by_subject(
        self, subject: str | Resource, graph: str | None
    ) -> list[tuple[_SourceFile, LocatedTriple]]:
        if not subject:
            return []
        file, node = self._resolve_term(build_named_node(subject) if isinstance(subject, str) else subject)
        if file is not None or node is None:
            return [] if file is None else [(file, triple) for triple in file.find_by_subject(node)]
        files = [file for file in self._files if graph in {None, file.graph}]
        text = getattr(node, "value", "")
        for candidates in ([file for file in files if file.can_contain(text)], files):
            triples = [(file, triple) for file in candidates for triple in file.find_by_subject(node)]
            if triples:
                return triples
        return []

    def _resolve_term(self, term: Term | None) -> tuple[_SourceFile | None, SourceTerm]:
        """Return a term as it is in the source text; a known blank node with its file."""
        if isinstance(term, ox.BlankNode):
            return self._bnodes_by_name.get(term.value, (None, term))
        return None, term

    @cached_property
    def _bnodes_by_name(self) -> dict[str, tuple[_SourceFile, SourceBnode]]:
        quads_by_graph: dict[str, list[ox.Quad]] = {}
        for quad in self._dataset.parse_quads():
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                quads_by_graph.setdefault(get_graph_iri(quad), []).append(quad)
        return {
            name: (file, node)
            for file in self._files
            if file.graph in quads_by_graph
            for name, node in align_bnodes(quads_by_graph[file.graph], file.triples).items()
        }


class _SubjectLocations:
    """The locations of a subject and, by predicate and by object, of its triples."""

    def __init__(self, triples: Iterable[tuple[_SourceFile, LocatedTriple]]) -> None:
        self.subject: SourceLocation | None = None
        self.by_predicate: dict[str | None, SourceLocation] = {}
        self.by_value: dict[tuple[str | None, SourceTerm], SourceLocation] = {}
        for file, triple in triples:
            predicate = _to_iri(triple.predicate)
            self.subject = self.subject or SourceLocation(file.path, triple.subject_line)
            self.by_predicate.setdefault(predicate, SourceLocation(file.path, triple.predicate_line))
            self.by_value.setdefault((predicate, triple.value), SourceLocation(file.path, triple.line))


class _SourceFile:
    """One file of a source map, parsed as far as lookups need it."""

    def __init__(self, file: GraphFile, search_count: int) -> None:
        self.path = file.path
        self.graph = file.graph
        self._file = file
        self._search_count = search_count
        self._object_search_count = 0

    @cached_property
    def triples(self) -> list[LocatedTriple]:
        """All triples in document order."""
        return self._file.parse_located()

    @cached_property
    def subjects_by_line(self) -> dict[int, ox.NamedNode]:
        """The named subject of the last triple on each line."""
        return {
            triple.line: triple.subject for triple in self.triples if isinstance(triple.subject, ox.NamedNode)
        }

    @cached_property
    def _triples_by_subject(self) -> dict[SourceTerm, list[LocatedTriple]]:
        return _group_by(attrgetter("subject"), self.triples)

    @cached_property
    def _triples_by_object(self) -> dict[SourceTerm, list[LocatedTriple]]:
        return _group_by(attrgetter("value"), self.triples)

    @cached_property
    def _subject_index(self) -> SubjectIndex | None:
        return SubjectIndex.from_file(self._file, allows_anonymous=True)

    @cached_property
    def _has_escapes(self) -> bool:
        """True if an IRI or literal may be written with escapes."""
        return _ESCAPE.search(self._file.content) is not None

    @cached_property
    def _has_base(self) -> bool:
        """True if the file may contain relative IRIs."""
        return self._file.base is not None or _BASE_DIRECTIVE.search(self._file.content.lower()) is not None

    def can_contain(self, text: str) -> bool:
        """Return False if an IRI or literal is surely not in the file; searched often, it is indexed."""
        self._search_count += 1
        is_parsed = "triples" in self.__dict__
        if is_parsed or (self._search_count > _MAX_TEXT_SEARCHES and self._subject_index is not None):
            return True
        return _extract_search_text(text) in self._file.content or self._has_escapes or self._has_base

    def find_by_subject(self, subject: SourceTerm) -> list[LocatedTriple]:
        """Return the triples with a subject."""
        if isinstance(subject, ox.NamedNode) and self._subject_index is not None:
            return self._subject_index.find_triples_of(subject.value)
        return self._triples_by_subject.get(subject, [])

    def find_by_object(self, value: SourceTerm) -> Iterable[LocatedTriple]:
        """Return the triples with an object; a file that is searched often is parsed instead."""
        self._object_search_count += 1
        candidates: Iterable[LocatedTriple] | None = None
        if self._object_search_count > _MAX_OBJECT_SEARCHES or self._subject_index is None:
            pass
        elif isinstance(value, ox.NamedNode):
            candidates = self._subject_index.find_triples_with_object(value.value)
        elif isinstance(value, ox.Literal) and not self._has_escapes:
            spellings = _list_literal_spellings(value.value)
            candidates = self._subject_index.find_triples_containing(spellings) if all(spellings) else None
        if candidates is None:
            return self._triples_by_object.get(value, ())
        return (triple for triple in candidates if triple.value == value)


def locate_shape(source_map: SourceMap, quads: Iterable[ox.Quad], shape: Resource) -> SourceLocation | None:
    """Return the location of a shape, else of the first triple that leads to it from a located node.

    Args:
        source_map: of the shapes files.
        quads: the quads of the same files, as ``Dataset.parse_quads`` yields them.
        shape: the node of the shape.
    """
    owners: dict[object, tuple[Resource, str]] = {}
    location = source_map.locate(shape)
    if location is None and isinstance(shape, ox.BlankNode):
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            owners.setdefault(value, (subject, predicate.value))
    seen: set[object] = set()
    node: object = shape
    while location is None and node in owners and node not in seen:
        seen.add(node)
        node, predicate_iri = owners[node]
        location = source_map.locate(node, predicate_iri)
    return location


def _group_by(
    get_term: Callable[[LocatedTriple], SourceTerm], triples: Iterable[LocatedTriple]
) -> dict[SourceTerm, list[LocatedTriple]]:
    groups: dict[SourceTerm, list[LocatedTriple]] = {}
    for triple in triples:
        groups.setdefault(get_term(triple), []).append(triple)
    return groups


def _extract_search_text(text: str) -> bytes:
    """Return the part of an IRI or literal that a file with it contains, unless it is escaped there."""
    local_name = re.split(r"[/#:]", text)[-1]
    return max(_ESCAPED.split(local_name), key=len).encode()


def _list_literal_spellings(text: str) -> list[bytes]:
    """Return byte strings, one of which occurs in canonical Turtle with a literal; an empty one always does.

    Numbers are common as parts of IRIs and texts, so they are searched with what is around them.
    """
    if _ESCAPED.search(text):
        return [_extract_search_text(text)]
    return [b' "%s"' % text.encode(), b" %s ;" % text.encode()]


def _to_iri(node: SourceTerm) -> str | None:
    return node.value if isinstance(node, ox.NamedNode) else None

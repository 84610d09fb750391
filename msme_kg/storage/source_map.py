"""On which line a statement stands: found again in the text, since parsers give no positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import Place
from msme_kg.rdf.bnode_alignment import Blank, aligned
from msme_kg.rdf.terms import Resource, Term, parts
from msme_kg.rdf.turtle_source import Nested, Node, Statement, is_blank
from msme_kg.rdf.turtle_source import statements as read
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.subject_index import Blocks

__all__ = ["Positions", "Statement", "shape_place", "statements"]

_CODE = re.compile(rb"\\[^\\\"tbnrf]")
_BASE = re.compile(rb"base\s*[<#]")
_CHEAP = 4
"""How many searches through a file's text cost less than an index of it."""


def statements(content: bytes, base: str | None = None) -> list[Statement]:
    """Return the statements of a well-formed Turtle file; blank nodes and lists in them are None."""
    return [
        replace(
            one,
            subject=None if is_blank(one.subject) else one.subject,
            value=None if is_blank(one.value) else one.value,
        )
        for one in read(content, base)
        if not _is_cell(one.subject)
    ]


class _File:
    """One file, of which only what is asked for is read."""

    def __init__(self, file: GraphFile) -> None:
        self.path = file.path
        self.graph = file.graph
        self._content = file.content
        self._key = file.key
        self._base = file.base
        self._is_turtle = file.is_turtle
        self.searched = 0

    @cached_property
    def statements(self) -> list[Statement]:
        """All statements, in order."""
        return read(self._content, self._base) if self._is_turtle else []

    @cached_property
    def by_subject(self) -> dict[Node, list[Statement]]:
        """All statements by what they are about."""
        found: dict[Node, list[Statement]] = {}
        for one in self.statements:
            found.setdefault(one.subject, []).append(one)
        return found

    @cached_property
    def _blocks(self) -> Blocks | None:
        return Blocks.of(self._content, self._key) if self._is_turtle else None

    @cached_property
    def _has_codes(self) -> bool:
        """Whether a name or a text may be written in another way than letter by letter."""
        return _CODE.search(self._content) is not None

    @cached_property
    def _has_base(self) -> bool:
        """Whether a name may be written as less than its end."""
        return self._base is not None or _BASE.search(self._content.lower()) is not None

    def index(self) -> None:
        """Read where its blocks begin; of a long file a cache keeps that."""
        _ = self._blocks

    def mentions(self, text: str) -> bool:
        """Tell whether a name or a text may stand in the file; a file that is asked often is indexed."""
        self.searched += 1
        if self.searched > _CHEAP and self._blocks is not None:
            return True
        return _needle(text) in self._content or self._has_codes or self._has_base

    def about(self, subject: Node) -> list[Statement]:
        """Return the statements about a node."""
        if isinstance(subject, ox.NamedNode) and self._blocks is not None:
            return self._blocks.about(subject.value)
        return self.by_subject.get(subject, [])

    def valued(self, value: Node) -> Iterator[Statement]:
        """Yield the statements whose object is a node."""
        among: Iterable[Statement] | None = None
        if isinstance(value, ox.NamedNode) and self._blocks is not None:
            among = self._blocks.naming(value.value)
        elif isinstance(value, ox.Literal) and self._blocks is not None and not self._has_codes:
            needle = _needle(value.value)
            among = self._blocks.mentioning(needle) if needle else None
        yield from (one for one in (self.statements if among is None else among) if one.value == value)


class Positions:
    """Finds the place of statements in the files of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._files = [_File(file) for file in dataset.files]
        self._quads: Sequence[ox.Quad] = ()
        self._known: dict[str, tuple[_File, Blank]] | None = None

    def learn(self, quads: Sequence[ox.Quad]) -> None:
        """Take the quads as they were parsed, each file's in its order: they name the blank nodes."""
        self._quads, self._known = quads, None

    def index(self) -> None:
        """Prepare for any question; what that takes long for is kept by a cache."""
        for file in self._files:
            file.index()

    def expect(self, number: int) -> None:
        """Prepare for as many questions."""
        if number > _CHEAP:
            for file in self._files:
                file.searched = _CHEAP

    def place(
        self,
        subject: str | Resource,
        predicate: str | None = None,
        value: Term | None = None,
        graph: str | None = None,
    ) -> Place | None:
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
        about = self._about(subject, graph)
        return (
            _stated(about, predicate, self._node(value)[1])
            or _stated(about, predicate, None)
            or next((Place(file.path, one.subject_line) for file, one in about), None)
        )

    def stated(self, subject: str | Resource, predicate: str, value: Term | None = None) -> Place | None:
        """Return where a statement stands, of any value if none is meant; None if there is no such."""
        wanted = self._node(value)[1]
        if value is not None and wanted is None:
            return None
        return _stated(self._about(subject, None), predicate, wanted)

    def valued(self, value: Term, predicate: str | None = None) -> Place | None:
        """Return where the first statement stands whose object is a value."""
        file, wanted = self._node(value)
        files = self._files if file is None else [file]
        text = getattr(wanted, "value", "") if file is None else ""
        for among in ([one for one in files if one.mentions(text)], files):
            for one in among:
                for found in one.valued(wanted):
                    if predicate is None or _iri(found.predicate) == predicate:
                        return Place(one.path, found.line)
        return None

    def blank_lines(self, path: str) -> list[int]:
        """Return the lines of a file on which a blank node or list is written."""
        found = {
            one.line
            for file in self._files
            if file.path == path
            for one in file.statements
            if (is_blank(one.subject) and not _is_cell(one.subject))
            or (is_blank(one.value) and not (_is_cell(one.subject) and _is_cell(one.value)))
        }
        return sorted(found)

    def _about(self, subject: str | Resource, graph: str | None) -> list[tuple[_File, Statement]]:
        if not subject:
            return []
        file, node = self._node(_named(subject) if isinstance(subject, str) else subject)
        if file is not None or node is None:
            return [] if file is None else [(file, one) for one in file.about(node)]
        files = [file for file in self._files if graph in {None, file.graph}]
        text = getattr(node, "value", "")
        for among in ([file for file in files if file.mentions(text)], files):
            found = [(file, one) for file in among for one in file.about(node)]
            if found:
                return found
        return []

    def _node(self, term: Term | None) -> tuple[_File | None, Node]:
        """Return a term as it stands in the files; a blank node that was learnt, with its file."""
        if not isinstance(term, ox.BlankNode):
            return None, term
        if self._known is None:
            self._known = self._learnt()
        if term.value in self._known:
            return self._known[term.value]
        # One whose name an earlier file has taken: `Dataset.quads` gave it the number of its file.
        label, _, number = term.value.rpartition(".")
        if label and number.isdecimal() and int(number) < len(self._files):
            file, node = self._files[int(number)], ox.BlankNode(label)
            if file.about(node):
                return file, node
        return None, term

    def _learnt(self) -> dict[str, tuple[_File, Blank]]:
        by_graph: dict[str, list[ox.Quad]] = {}
        for quad in self._quads:
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                by_graph.setdefault(getattr(quad.graph_name, "value", ""), []).append(quad)
        return {
            name: (file, node)
            for file in self._files
            if file.graph in by_graph
            for name, node in aligned(by_graph[file.graph], file.statements).items()
        }


def shape_place(positions: Positions, quads: Iterable[ox.Quad], shape: Resource) -> Place | None:
    """Return where a shape stands; one without IRI that is not found, where what it belongs to states it.

    Args:
        positions: of the shapes files.
        quads: the statements of the same files, as they were parsed.
        shape: the node of the shape.
    """
    owners: dict[object, tuple[Resource, str]] = {}
    found = positions.place(shape)
    if found is None and isinstance(shape, ox.BlankNode):
        for quad in quads:
            subject, predicate, value = parts(quad)
            owners.setdefault(value, (subject, predicate.value))
    seen: set[object] = set()
    node: object = shape
    while found is None and node in owners and node not in seen:
        seen.add(node)
        node, predicate_iri = owners[node]
        found = positions.place(node, predicate_iri)
    return found


def _stated(about: Sequence[tuple[_File, Statement]], predicate: str | None, value: Node) -> Place | None:
    for file, one in about:
        if predicate is not None and _iri(one.predicate) == predicate and value in {None, one.value}:
            return Place(file.path, one.line if value is not None else one.predicate_line)
    return None


def _needle(text: str) -> bytes:
    """Return the piece of a name or text that stands in a file that holds it, unless with escapes."""
    last = re.split(r"[/#:]", text)[-1]
    return max(re.split(r'[\\"\t\b\n\r\f]', last), key=len).encode()


def _is_cell(node: Node) -> bool:
    return isinstance(node, Nested) and node.is_cell


def _named(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _iri(node: Node) -> str | None:
    return node.value if isinstance(node, ox.NamedNode) else None

"""Canonical Turtle: one text per set of triples, with one triple per line for readable diffs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import RDF, RDFS, SKOS, XSD, PrefixMap
from msme_kg.rdf.ntriples import compute_sort_key, format_term, is_shorthand
from msme_kg.rdf.parser_guards import MAX_NESTING_DEPTH, build_nesting_error
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, list_bnodes, normalize_nfc, split_quad

_RDF_TYPE = f"{RDF}type"
_UNWRITTEN_DATATYPES = {f"{XSD}string", f"{RDF}langString"}
# The order of predicates: rdf:type, labels, then the others by CURIE.
_LABEL_PREDICATES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel")
_MAX_REMEMBERED_CURIES = 1 << 16
"""The most IRIs whose CURIE a writer remembers: predicates and classes come again and again."""


class CanonicalTurtleWriter:
    """Serializer of triples as canonical Turtle.

    Subjects are sorted by IRI and begin in column 1. Predicates are ordered: ``a``, labels, then by CURIE;
    objects by language and text. Each object has its own line and each block ends with a dot on its own
    line, so that a change of one triple changes one line. Blank nodes are written inline, as ``[ ]`` or
    ``( )``; text is in Unicode Normalization Form C.
    """

    def __init__(self, prefixes: PrefixMap) -> None:
        self._prefixes = prefixes
        self._shorten = lru_cache(maxsize=_MAX_REMEMBERED_CURIES)(prefixes.shorten)

    @property
    def preamble(self) -> str:
        """The ``@prefix`` lines of every file."""
        return "\n".join(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in self._prefixes.items())

    def serialize(self, quads: Iterable[ox.Quad], header_comment: str = "", name: str = "") -> str:
        """Return the text of a file.

        Args:
            quads: its triples; graph names are ignored.
            header_comment: a comment block for the top of the file, each line beginning with ``#``.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node is referenced twice, or blank nodes form a cycle.
            SafetyError: blank nodes nest deeper than ``MAX_NESTING_DEPTH``.
        """
        header = [header_comment.rstrip("\n")] if header_comment else []
        return "\n\n".join([*header, self.preamble, *self.format_blocks(quads, name)]) + "\n"

    def serialize_trig(self, quads: Iterable[ox.Quad]) -> str:
        """Return named graphs as TriG, with the triples of each graph in canonical form.

        Raises:
            InputError: a blank node is referenced twice, or blank nodes form a cycle.
            SafetyError: blank nodes nest deeper than ``MAX_NESTING_DEPTH``.
        """
        graphs: dict[str, list[ox.Quad]] = defaultdict(list)
        owners: dict[ox.BlankNode, str] = {}
        for quad in quads:
            graph = get_graph_iri(quad)
            graphs[graph].append(quad)
            if any(owners.setdefault(node, graph) != graph for node in list_bnodes(quad)):
                raise _build_bnode_error("a blank node is used in two places", SourceLocation(graph))
        parts = [self.preamble]
        for graph in sorted(graphs):
            inner = "\n\n".join(self.format_blocks(graphs[graph], graph))
            parts.append(f"{self._format_iri(graph) if graph else ''} {{\n\n{inner}\n\n}}".lstrip())
        return "\n\n".join(parts) + "\n"

    def format_blocks(self, quads: Iterable[ox.Quad], name: str = "") -> list[str]:
        """Return one block per subject, without the final line break.

        Args:
            quads: the triples; graph names are ignored.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node is referenced twice, or blank nodes form a cycle.
            SafetyError: blank nodes nest deeper than ``MAX_NESTING_DEPTH``.
        """
        by_subject: dict[Resource, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            by_subject[subject][predicate.value].add(value)
        nested = _InlineBnodes(by_subject, self, name)
        named = sorted(
            (node for node in by_subject if isinstance(node, ox.NamedNode)), key=lambda node: node.value
        )
        blocks = [self._format_block(node.value, by_subject[node], nested) for node in named]
        blocks += nested.format_unreferenced()
        nested.reject_cycles()
        return blocks

    def _format_block(self, subject: str, properties: dict[str, set[Term]], nested: _InlineBnodes) -> str:
        first, *rest = self.format_predicate_objects(properties, nested)
        lines = [f"{self._format_iri(subject)} {first} ;", *(f"{line} ;" for line in rest)]
        return "\n    ".join(lines) + "\n."

    def format_predicate_objects(self, properties: dict[str, set[Term]], nested: _InlineBnodes) -> list[str]:
        """Return ``predicate object`` for each triple of a subject, in canonical order."""
        lines = []
        for predicate in sorted(properties, key=self._compute_predicate_key):
            objects = []
            for value in properties[predicate]:
                if isinstance(value, ox.BlankNode):
                    text = nested.format_bnode(value)
                    objects.append((("", text, ""), text))
                else:
                    text, language, datatype = compute_sort_key(value)
                    objects.append(((language, text, datatype), self.format_term(value)))
            written: set[str] = set()
            for _, text in sorted(objects):
                # Two literals with one normalized form are one triple; two blank nodes never are.
                if text not in written or text[0] in "[(":
                    lines.append(f"{self._format_predicate(predicate)} {text}")
                written.add(text)
        return lines

    def _compute_predicate_key(self, predicate: str) -> tuple[int, str]:
        if predicate == _RDF_TYPE:
            return (0, "")
        if predicate in _LABEL_PREDICATES:
            return (1 + _LABEL_PREDICATES.index(predicate), "")
        return (9, self._format_predicate(predicate))

    def _format_predicate(self, predicate: str) -> str:
        return "a" if predicate == _RDF_TYPE else self._format_iri(predicate)

    def _format_iri(self, iri: str) -> str:
        return self._shorten(iri) or f"<{iri}>"

    def format_term(self, term: Term) -> str:
        """Return an IRI or literal as Turtle."""
        return format_term(normalize_nfc(term), self._shorten, is_shorthand)


def serialize_alone(quads: Iterable[ox.Quad], prefixes: PrefixMap) -> str:
    """Return canonical Turtle that declares only the prefixes it uses, for a text outside the graph.

    Args:
        quads: the triples; graph names are ignored.
        prefixes: those that may be used.

    Raises:
        InputError: a blank node is referenced twice, or blank nodes form a cycle.
    """
    quads = list(quads)
    curies = (prefixes.shorten(iri) for quad in quads for iri in _list_iris(quad))
    used = {curie.partition(":")[0] for curie in curies if curie}
    return CanonicalTurtleWriter(PrefixMap({name: prefixes[name] for name in used})).serialize(quads)


def _list_iris(quad: ox.Quad) -> Iterator[str]:
    """Yield the IRIs of a triple that are written out."""
    for term in split_quad(quad):
        if isinstance(term, ox.NamedNode) and term.value != _RDF_TYPE:
            yield term.value
        elif isinstance(term, ox.Literal) and not _has_bare_form(term):
            yield term.datatype.value


def _has_bare_form(literal: ox.Literal) -> bool:
    """Return True if Turtle writes a literal without the IRI of its datatype."""
    return is_shorthand(literal) or literal.datatype.value in _UNWRITTEN_DATATYPES


class _InlineBnodes:
    """The blank nodes of one graph, each written at its only reference: ``( )`` for lists, else ``[ ]``."""

    def __init__(
        self, by_subject: dict[Resource, dict[str, set[Term]]], writer: CanonicalTurtleWriter, name: str
    ) -> None:
        self._properties = {
            subject: properties
            for subject, properties in by_subject.items()
            if isinstance(subject, ox.BlankNode)
        }
        self._writer = writer
        self._location = SourceLocation(name) if name else None
        self._depth = 0
        self._written: set[Term] = set()
        self._reference_counts: dict[Term, int] = defaultdict(int)
        for properties in by_subject.values():
            for values in properties.values():
                for value in values:
                    if isinstance(value, ox.BlankNode):
                        self._reference_counts[value] += 1

    def format_bnode(self, node: ox.BlankNode) -> str:
        """Return a blank node and all that it contains as Turtle on one line."""
        if self._reference_counts[node] > 1:
            raise self._build_error("a blank node is used in two places")
        if self._depth == MAX_NESTING_DEPTH:
            raise build_nesting_error(self._location)
        self._depth += 1
        self._written.add(node)
        # A list that nothing references would not be a triple in the form ( ).
        members = self._collect_list_members(node) if self._reference_counts[node] else None
        if members is not None:
            text = "( " + "".join(f"{self._format_value(member)} " for member in members) + ")"
        else:
            lines = self._writer.format_predicate_objects(self._properties.get(node, {}), self)
            text = "[ " + " ; ".join(lines) + " ]" if lines else "[]"
        self._depth -= 1
        return text

    def format_unreferenced(self) -> list[str]:
        """Return the blocks of blank nodes that no triple references."""
        return sorted(
            f"{self.format_bnode(node)} ." for node in self._properties if not self._reference_counts[node]
        )

    def reject_cycles(self) -> None:
        """Raise InputError if blank nodes reference each other in a cycle."""
        if set(self._properties) - self._written:
            raise self._build_error("blank nodes point to each other in a circle")

    def _format_value(self, value: Term) -> str:
        return (
            self.format_bnode(value) if isinstance(value, ox.BlankNode) else self._writer.format_term(value)
        )

    def _collect_list_members(self, node: ox.BlankNode) -> Sequence[Term] | None:
        """Return the members of a well-formed list; None if the node is not the head of one."""
        members: list[Term] = []
        cells: dict[Term, None] = {}
        cell: Term = node
        while cell != ox.NamedNode(f"{RDF}nil"):
            properties = self._properties.get(cell, {}) if isinstance(cell, ox.BlankNode) else {}
            first, rest = properties.get(f"{RDF}first", set()), properties.get(f"{RDF}rest", set())
            if len(first) != 1 or len(rest) != 1 or len(properties) != 2 or cell in cells:
                return None
            if cells and self._reference_counts[cell] != 1:
                return None
            cells[cell] = None
            members += first
            cell = next(iter(rest))
        self._written.update(cells)
        return members

    def _build_error(self, what: str) -> InputError:
        return _build_bnode_error(what, self._location)


def _build_bnode_error(what: str, location: SourceLocation | None) -> InputError:
    hint = "give it an IRI: canonical Turtle writes blank nodes inline"
    return InputError(what, location=location, hint=hint)

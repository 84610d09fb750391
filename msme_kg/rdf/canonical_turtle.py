"""Canonical Turtle: the one form in which a file of the graph is written."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import RDF, RDFS, SKOS, XSD, PrefixMap, normalize_language_tag, quote_string
from msme_kg.rdf.terms import Resource, Term, compute_sort_key, split_quad

_RDF_TYPE = f"{RDF}type"
# After the type come the labels, then the other predicates by CURIE.
_LABEL_PREDICATES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel")
_BARE_LITERAL_PATTERNS = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}


class CanonicalTurtleWriter:
    """Writes statements as canonical Turtle.

    Subjects are sorted by IRI and stand in column 1; ``a`` comes first, then labels, then predicates by
    CURIE, objects by language and text; one object a line and a lone dot, so that one changed statement
    changes one line.
    """

    def __init__(self, prefixes: PrefixMap) -> None:
        self._prefixes = prefixes

    def serialize(self, quads: Iterable[ox.Quad], header_comment: str = "", name: str = "") -> str:
        """Return the text of a file.

        Args:
            quads: its statements; their graph names are left out of account.
            header_comment: a comment block to stand first, each line beginning with ``#``.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node that is used twice, or in a circle.
        """
        parts = ([header_comment.rstrip("\n")] if header_comment else []) + [
            self._format_preamble(),
            *self._format_blocks(quads, name),
        ]
        return "\n\n".join(parts) + "\n"

    def format_blocks(self, quads: Iterable[ox.Quad], name: str = "") -> list[str]:
        """Return the blocks of a file, each without the line break at its end.

        Args:
            quads: its statements.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node that is used twice, or in a circle.
        """
        return self._format_blocks(quads, name)

    @property
    def preamble(self) -> str:
        """The prefixes as they stand first in every file."""
        return self._format_preamble()

    def serialize_trig(self, quads: Iterable[ox.Quad]) -> str:
        """Return named graphs as TriG, each graph's statements in the same form.

        Raises:
            InputError: a blank node that is used twice, or in a circle.
        """
        graphs: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in quads:
            graphs["" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value].append(quad)
        parts = [self._format_preamble()]
        for graph in sorted(graphs):
            inner = "\n\n".join(self._format_blocks(graphs[graph], graph))
            parts.append(f"{self.format_iri(graph) if graph else ''} {{\n\n{inner}\n\n}}".lstrip())
        return "\n\n".join(parts) + "\n"

    def _format_preamble(self) -> str:
        return "\n".join(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in self._prefixes.items())

    def _format_blocks(self, quads: Iterable[ox.Quad], name: str) -> list[str]:
        by_subject: dict[Resource, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
        for quad in quads:
            subject, predicate, value = split_quad(quad)
            by_subject[subject][predicate.value].add(value)
        nested = _InlineBnodes(by_subject, self, name)
        named = sorted(
            (one for one in by_subject if isinstance(one, ox.NamedNode)), key=lambda one: one.value
        )
        blocks = [self._format_block(subject.value, by_subject[subject], nested) for subject in named]
        blocks += nested.format_unreferenced()
        nested.reject_cycles()
        return blocks

    def _format_block(self, subject: str, properties: dict[str, set[Term]], nested: _InlineBnodes) -> str:
        lines = self.format_predicate_objects(properties, nested)
        return (
            "\n    ".join([f"{self.format_iri(subject)} {lines[0]} ;", *(f"{line} ;" for line in lines[1:])])
            + "\n."
        )

    def format_predicate_objects(self, properties: dict[str, set[Term]], nested: _InlineBnodes) -> list[str]:
        """Return ``predicate object`` for each statement, in order."""
        lines = []
        for predicate in sorted(properties, key=self._compute_predicate_key):
            written = []
            for value in properties[predicate]:
                if isinstance(value, ox.BlankNode):
                    text = nested.format_bnode(value)
                    written.append((("", text, ""), text))
                else:
                    text, language, datatype = compute_sort_key(value)
                    written.append(((language, text, datatype), self.format_term(value)))
            said: set[str] = set()
            for _, text in sorted(written):
                # Two texts that are one in composed form are one statement; two blank nodes never are.
                if text not in said or text[0] in "[(":
                    lines.append(f"{self._format_predicate(predicate)} {text}")
                said.add(text)
        return lines

    def _compute_predicate_key(self, predicate: str) -> tuple[int, str]:
        if predicate == _RDF_TYPE:
            return (0, "")
        if predicate in _LABEL_PREDICATES:
            return (1 + _LABEL_PREDICATES.index(predicate), "")
        return (9, self._format_predicate(predicate))

    def _format_predicate(self, predicate: str) -> str:
        return "a" if predicate == _RDF_TYPE else self.format_iri(predicate)

    def format_iri(self, iri: str) -> str:
        """Return an IRI as Turtle: its CURIE where that needs no escape."""
        return self._prefixes.shorten(iri) or f"<{iri}>"

    def format_term(self, term: ox.NamedNode | ox.Literal) -> str:
        """Return a term that is not a blank node as Turtle."""
        if isinstance(term, ox.NamedNode):
            return self.format_iri(term.value)
        if term.language:
            text = unicodedata.normalize("NFC", term.value)
            return f"{quote_string(text)}@{normalize_language_tag(term.language)}"
        bare = _BARE_LITERAL_PATTERNS.get(term.datatype.value)
        if bare and bare.fullmatch(term.value):
            return term.value
        text = quote_string(unicodedata.normalize("NFC", term.value))
        return (
            text
            if term.datatype.value == f"{XSD}string"
            else f"{text}^^{self.format_iri(term.datatype.value)}"
        )


class _InlineBnodes:
    """The blank nodes of a file, each written where it is used: lists as ``( )``, others as ``[ ]``."""

    def __init__(
        self, by_subject: dict[Resource, dict[str, set[Term]]], writer: CanonicalTurtleWriter, name: str
    ) -> None:
        self._properties = {
            subject: found for subject, found in by_subject.items() if isinstance(subject, ox.BlankNode)
        }
        self._writer = writer
        self._name = name
        self._written: set[Term] = set()
        self._reference_counts: dict[Term, int] = defaultdict(int)
        for found in by_subject.values():
            for values in found.values():
                for value in values:
                    if isinstance(value, ox.BlankNode):
                        self._reference_counts[value] += 1

    def format_bnode(self, node: ox.BlankNode) -> str:
        """Return a blank node as Turtle of one line."""
        if self._reference_counts[node] > 1:
            raise self._build_error("a blank node is used in two places")
        self._written.add(node)
        # A list that nothing points to would be no statement when written as one.
        members = self._collect_list_members(node) if self._reference_counts[node] else None
        if members is not None:
            return "( " + "".join(f"{self._format_value(one)} " for one in members) + ")"
        lines = self._writer.format_predicate_objects(self._properties.get(node, {}), self)
        return "[ " + " ; ".join(lines) + " ]" if lines else "[]"

    def format_unreferenced(self) -> list[str]:
        """Return the blocks of blank nodes that nothing points to."""
        return sorted(
            f"{self.format_bnode(node)} ." for node in self._properties if not self._reference_counts[node]
        )

    def reject_cycles(self) -> None:
        """Raise InputError if blank nodes point to each other in a circle."""
        if set(self._properties) - self._written:
            raise self._build_error("blank nodes point to each other in a circle")

    def _format_value(self, value: Term) -> str:
        return (
            self.format_bnode(value) if isinstance(value, ox.BlankNode) else self._writer.format_term(value)
        )

    def _collect_list_members(self, node: ox.BlankNode) -> Sequence[Term] | None:
        """Return the members of a well-formed list, or None if the node is not the head of one."""
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
        return InputError(
            what,
            location=SourceLocation(self._name) if self._name else None,
            hint="give it an IRI: canonical Turtle has none",
        )

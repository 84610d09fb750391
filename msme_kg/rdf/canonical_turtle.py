"""Canonical Turtle: the one form in which a file of the graph is written."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from msme_kg.errors import InputError, Place
from msme_kg.namespaces import RDF, RDFS, SKOS, XSD, Prefixes, language_tag, quoted
from msme_kg.rdf.terms import Resource, Term, parts, term_key

_TYPE = f"{RDF}type"
# After the type come the labels, then the other predicates by CURIE.
_LABELS = (f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel")
_BARE = {
    f"{XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{XSD}double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
    f"{XSD}boolean": re.compile(r"true|false"),
}


class TurtleWriter:
    """Writes statements as canonical Turtle.

    Subjects are sorted by IRI and stand in column 1; ``a`` comes first, then labels, then predicates by
    CURIE, objects by language and text; one object a line and a lone dot, so that one changed statement
    changes one line.
    """

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes

    def write(self, quads: Iterable[ox.Quad], head: str = "", name: str = "") -> str:
        """Return the text of a file.

        Args:
            quads: its statements; their graph names are left out of account.
            head: a comment block to stand first, each line beginning with ``#``.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node that is used twice, or in a circle.
        """
        parts = ([head.rstrip("\n")] if head else []) + [self._preamble(), *self._blocks(quads, name)]
        return "\n\n".join(parts) + "\n"

    def blocks(self, quads: Iterable[ox.Quad], name: str = "") -> list[str]:
        """Return the blocks of a file, each without the line break at its end.

        Args:
            quads: its statements.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node that is used twice, or in a circle.
        """
        return self._blocks(quads, name)

    @property
    def preamble(self) -> str:
        """The prefixes as they stand first in every file."""
        return self._preamble()

    def write_trig(self, quads: Iterable[ox.Quad]) -> str:
        """Return named graphs as TriG, each graph's statements in the same form.

        Raises:
            InputError: a blank node that is used twice, or in a circle.
        """
        graphs: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in quads:
            graphs["" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value].append(quad)
        parts = [self._preamble()]
        for graph in sorted(graphs):
            inner = "\n\n".join(self._blocks(graphs[graph], graph))
            parts.append(f"{self.iri(graph) if graph else ''} {{\n\n{inner}\n\n}}".lstrip())
        return "\n\n".join(parts) + "\n"

    def _preamble(self) -> str:
        return "\n".join(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in self._prefixes.items())

    def _blocks(self, quads: Iterable[ox.Quad], name: str) -> list[str]:
        by_subject: dict[Resource, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
        for quad in quads:
            subject, predicate, value = parts(quad)
            by_subject[subject][predicate.value].add(value)
        nested = _Nested(by_subject, self, name)
        named = sorted(
            (one for one in by_subject if isinstance(one, ox.NamedNode)), key=lambda one: one.value
        )
        blocks = [self._block(subject.value, by_subject[subject], nested) for subject in named]
        blocks += nested.unreferenced()
        nested.check_all_written()
        return blocks

    def _block(self, subject: str, properties: dict[str, set[Term]], nested: _Nested) -> str:
        lines = self.properties(properties, nested)
        return (
            "\n    ".join([f"{self.iri(subject)} {lines[0]} ;", *(f"{line} ;" for line in lines[1:])]) + "\n."
        )

    def properties(self, properties: dict[str, set[Term]], nested: _Nested) -> list[str]:
        """Return ``predicate object`` for each statement, in order."""
        lines = []
        for predicate in sorted(properties, key=self._predicate_key):
            written = []
            for value in properties[predicate]:
                if isinstance(value, ox.BlankNode):
                    text = nested.text(value)
                    written.append((("", text, ""), text))
                else:
                    text, language, datatype = term_key(value)
                    written.append(((language, text, datatype), self.term(value)))
            said: set[str] = set()
            for _, text in sorted(written):
                # Two texts that are one in composed form are one statement; two blank nodes never are.
                if text not in said or text[0] in "[(":
                    lines.append(f"{self._predicate(predicate)} {text}")
                said.add(text)
        return lines

    def _predicate_key(self, predicate: str) -> tuple[int, str]:
        if predicate == _TYPE:
            return (0, "")
        if predicate in _LABELS:
            return (1 + _LABELS.index(predicate), "")
        return (9, self._predicate(predicate))

    def _predicate(self, predicate: str) -> str:
        return "a" if predicate == _TYPE else self.iri(predicate)

    def iri(self, iri: str) -> str:
        """Return an IRI as Turtle: its CURIE where that needs no escape."""
        return self._prefixes.shorten(iri) or f"<{iri}>"

    def term(self, term: ox.NamedNode | ox.Literal) -> str:
        """Return a term that is not a blank node as Turtle."""
        if isinstance(term, ox.NamedNode):
            return self.iri(term.value)
        if term.language:
            return f"{quoted(unicodedata.normalize('NFC', term.value))}@{language_tag(term.language)}"
        bare = _BARE.get(term.datatype.value)
        if bare and bare.fullmatch(term.value):
            return term.value
        text = quoted(unicodedata.normalize("NFC", term.value))
        return text if term.datatype.value == f"{XSD}string" else f"{text}^^{self.iri(term.datatype.value)}"


class _Nested:
    """The blank nodes of a file, each written where it is used: lists as ``( )``, others as ``[ ]``."""

    def __init__(
        self, by_subject: dict[Resource, dict[str, set[Term]]], writer: TurtleWriter, name: str
    ) -> None:
        self._of = {
            subject: found for subject, found in by_subject.items() if isinstance(subject, ox.BlankNode)
        }
        self._writer = writer
        self._name = name
        self._written: set[Term] = set()
        self._uses: dict[Term, int] = defaultdict(int)
        for found in by_subject.values():
            for values in found.values():
                for value in values:
                    if isinstance(value, ox.BlankNode):
                        self._uses[value] += 1

    def text(self, node: ox.BlankNode) -> str:
        """Return a blank node as Turtle of one line."""
        if self._uses[node] > 1:
            raise self._fault("a blank node is used in two places")
        self._written.add(node)
        # A list that nothing points to would be no statement when written as one.
        members = self._members(node) if self._uses[node] else None
        if members is not None:
            return "( " + "".join(f"{self._value(one)} " for one in members) + ")"
        lines = self._writer.properties(self._of.get(node, {}), self)
        return "[ " + " ; ".join(lines) + " ]" if lines else "[]"

    def unreferenced(self) -> list[str]:
        """Return the blocks of blank nodes that nothing points to."""
        return sorted(f"{self.text(node)} ." for node in self._of if not self._uses[node])

    def check_all_written(self) -> None:
        """Raise InputError if blank nodes point to each other in a circle."""
        if set(self._of) - self._written:
            raise self._fault("blank nodes point to each other in a circle")

    def _value(self, value: Term) -> str:
        return self.text(value) if isinstance(value, ox.BlankNode) else self._writer.term(value)

    def _members(self, node: ox.BlankNode) -> Sequence[Term] | None:
        """Return the members of a well-formed list, or None if the node is not the head of one."""
        members: list[Term] = []
        cells: dict[Term, None] = {}
        cell: Term = node
        while cell != ox.NamedNode(f"{RDF}nil"):
            properties = self._of.get(cell, {}) if isinstance(cell, ox.BlankNode) else {}
            first, rest = properties.get(f"{RDF}first", set()), properties.get(f"{RDF}rest", set())
            if len(first) != 1 or len(rest) != 1 or len(properties) != 2 or cell in cells:
                return None
            if cells and self._uses[cell] != 1:
                return None
            cells[cell] = None
            members += first
            cell = next(iter(rest))
        self._written.update(cells)
        return members

    def _fault(self, what: str) -> InputError:
        return InputError(
            what,
            place=Place(self._name) if self._name else None,
            hint="give it an IRI: canonical Turtle has none",
        )

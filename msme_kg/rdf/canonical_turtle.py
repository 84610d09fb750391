"""Canonical Turtle: one text per set of triples, with one triple per line for readable diffs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from unicodedata import is_normalized, normalize

import pyoxigraph as ox

from msme_kg.errors import InputError, SourceLocation
from msme_kg.namespaces import RDF, RDFS, SKOS, XSD, PrefixMap
from msme_kg.rdf.ntriples import is_shorthand, quote_string
from msme_kg.rdf.parser_guards import MAX_NESTING_DEPTH, build_nesting_error
from msme_kg.rdf.statement_lines import GraphLines, Properties, group_by_graph, group_by_subject, parse_lines
from msme_kg.rdf.terms import normalize_language_tag, split_quad, without_graph

_RDF_TYPE = f"<{RDF}type>"
# The order of predicates: rdf:type, labels, then the others by CURIE.
_RANKS = {_RDF_TYPE: 0, f"<{RDFS}label>": 1, f"<{SKOS}prefLabel>": 2, f"<{SKOS}altLabel>": 3}
_MAX_REMEMBERED = 1 << 16
"""The most IRIs whose CURIE a writer remembers: predicates and classes come again and again."""


class CanonicalTurtleWriter:
    """Serializer of triples as canonical Turtle.

    Subjects are sorted by IRI and begin in column 1. Predicates are ordered: ``a``, labels, then by CURIE;
    objects by language and text. Each object has its own line and each block ends with a dot on its own
    line, so that a change of one triple changes one line. Blank nodes are written inline, as ``[ ]`` or
    ``( )``; text is in Unicode Normalization Form C.

    Attributes:
        used_prefixes: those of the CURIEs written so far.
    """

    def __init__(self, prefixes: PrefixMap) -> None:
        self._prefixes = prefixes
        self.used_prefixes: set[str] = set()
        remember = lru_cache(maxsize=_MAX_REMEMBERED)
        self._format_resource = remember(self._build_resource)
        self._describe_predicate = remember(self._build_predicate)

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

    def serialize_trig(self, graphs: Iterable[GraphLines]) -> Iterator[str]:
        """Yield named graphs as TriG, each in canonical form; errors as of ``format_graph`` come first."""
        owners: dict[str, str] = {}
        blocks: dict[str, Iterator[str]] = {}
        for graph in sorted(graphs, key=lambda graph: graph.name[:-1]):
            name = graph.name[1:-1]
            words = (word for line in graph.bnode_lines for word in line.split(" ", 3)[:3:2])
            if any(owners.setdefault(word, name) != name for word in words if word.startswith("_:")):
                raise _build_bnode_error("a blank node is used in two places", SourceLocation(name))
            blocks[graph.name] = self.format_graph(graph, name)
        yield self.preamble
        for token, formatted in blocks.items():
            yield f"\n\n{self._format_resource(token)} {{" if token else "\n\n{"
            yield from (f"\n\n{block}" for block in formatted)
            yield "\n\n}"
        yield "\n"

    def format_blocks(self, quads: Iterable[ox.Quad], name: str = "") -> list[str]:
        """Return one block per subject, without the final line break.

        Args:
            quads: the triples; graph names are ignored.
            name: the file's name, for messages.

        Raises:
            InputError: a blank node is referenced twice, or blank nodes form a cycle.
            SafetyError: blank nodes nest deeper than ``MAX_NESTING_DEPTH``.
        """
        graphs = group_by_graph(map(without_graph, quads))
        return [block for graph in graphs for block in self.format_graph(graph, name)]

    def format_graph(self, graph: GraphLines, name: str = "") -> Iterator[str]:
        """Return the blocks of a graph whose batches are in the order of IRIs; see ``format_blocks``."""
        by_subject = group_by_subject(graph.bnode_lines)
        nested = _InlineBnodes(by_subject, self, name)
        for _ in self._format_named(by_subject, nested):
            pass  # whatever is wrong with blank nodes is raised before the first block is written
        unreferenced = nested.format_unreferenced()
        nested.reject_cycles()
        named = (self._format_named(group_by_subject(batch), nested) for batch in graph.batches)
        return chain(chain.from_iterable(named), unreferenced)

    def _format_named(self, by_subject: dict[str, Properties], nested: _InlineBnodes) -> Iterator[str]:
        named = (subject for subject in by_subject if subject[0] == "<")
        for subject in sorted(named, key=lambda subject: subject[1:-1]):
            first, *rest = self.format_predicate_objects(by_subject[subject], nested)
            lines = [f"{self._format_resource(subject)} {first} ;", *(f"{line} ;" for line in rest)]
            yield "\n    ".join(lines) + "\n."

    def format_predicate_objects(self, properties: Properties, nested: _InlineBnodes) -> list[str]:
        """Return ``predicate object`` for each triple of a subject, in canonical order."""
        lines = []
        for predicate in sorted(properties, key=self._describe_predicate):
            written: set[str] = set()
            for _, text in sorted([self.describe_value(value, nested) for value in properties[predicate]]):
                # Two literals with one normalized form are one triple; two blank nodes never are.
                if text not in written or text[0] in "[(":
                    lines.append(f"{self._describe_predicate(predicate)[1]} {text}")
                written.add(text)
        return lines

    def describe_value(self, value: str, nested: _InlineBnodes) -> tuple[tuple[str, str, str], str]:
        """Return the sort key of an object, which is language, text and datatype, and its text as Turtle."""
        if value[0] == "<":
            return ("", value, ""), self._format_resource(value)
        if value[0] == "_":
            text = nested.format_bnode(value)
            return ("", text, ""), text
        end = value.rindex('"') + 1
        quoted, suffix = value[:end], value[end:]
        if "\\b" in quoted or "\\f" in quoted:  # canonical Turtle has other escapes for them
            quoted = quote_string(_parse_string(quoted))
        text = quoted
        if not is_normalized("NFC", quoted):
            text = quote_string(normalize("NFC", _parse_string(quoted)))
        if suffix[:1] == "@":
            return (suffix[1:], quoted, ""), f"{text}@{normalize_language_tag(suffix[1:])}"
        datatype = suffix[3:-1] or f"{XSD}string"
        if is_shorthand(text[1:-1], datatype):
            text = text[1:-1]
        elif suffix:
            text += f"^^{self._format_resource(suffix[2:])}"
        return ("", quoted, datatype), text

    def _build_predicate(self, predicate: str) -> tuple[int, str]:
        """Return rank and text of a predicate."""
        text = "a" if predicate == _RDF_TYPE else self._format_resource(predicate)
        return _RANKS.get(predicate, len(_RANKS)), text

    def _build_resource(self, token: str) -> str:
        curie = self._prefixes.shorten(token[1:-1])
        self.used_prefixes.update([curie.partition(":")[0]] if curie else [])
        return curie or token


def _parse_string(quoted: str) -> str:
    (quad,) = parse_lines([f"<urn:x> <urn:x> {quoted} ."])
    return split_quad(quad)[2].value


def serialize_alone(quads: Iterable[ox.Quad], prefixes: PrefixMap) -> str:
    """Return canonical Turtle that declares only the prefixes it uses, for a text outside the graph.

    Args:
        quads: the triples; graph names are ignored.
        prefixes: those that may be used.

    Raises:
        InputError: a blank node is referenced twice, or blank nodes form a cycle.
    """
    quads = list(quads)
    writer = CanonicalTurtleWriter(prefixes)
    writer.format_blocks(quads)
    used = PrefixMap({name: prefixes[name] for name in writer.used_prefixes})
    return CanonicalTurtleWriter(used).serialize(quads)


class _InlineBnodes:
    """The blank nodes of one graph, each written at its only reference: ``( )`` for lists, else ``[ ]``."""

    def __init__(self, by_subject: dict[str, Properties], writer: CanonicalTurtleWriter, name: str) -> None:
        self._properties = {
            subject: properties for subject, properties in by_subject.items() if subject[0] == "_"
        }
        self._writer = writer
        self._location = SourceLocation(name) if name else None
        self._depth = 0
        self._written: set[str] = set()
        self._reference_counts = Counter(
            value for properties in by_subject.values() for values in properties.values() for value in values
        )

    def format_bnode(self, node: str) -> str:
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
            text = (
                "( " + "".join(f"{self._writer.describe_value(member, self)[1]} " for member in members) + ")"
            )
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

    def _collect_list_members(self, node: str) -> Sequence[str] | None:
        """Return the members of a well-formed list; None if the node is not the head of one."""
        members: list[str] = []
        cells: dict[str, None] = {}
        cell = node
        while cell != f"<{RDF}nil>":
            properties = self._properties.get(cell, {})
            first, rest = properties.get(f"<{RDF}first>", []), properties.get(f"<{RDF}rest>", [])
            if len(first) != 1 or len(rest) != 1 or len(properties) != 2 or cell in cells:
                return None
            if cells and self._reference_counts[cell] != 1:
                return None
            cells[cell] = None
            members += first
            (cell,) = rest
        self._written.update(cells)
        return members

    def _build_error(self, what: str) -> InputError:
        return _build_bnode_error(what, self._location)


def _build_bnode_error(what: str, location: SourceLocation | None) -> InputError:
    hint = "give it an IRI: canonical Turtle writes blank nodes inline"
    return InputError(what, location=location, hint=hint)

"""What changed, by thing: as text, JSON and Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from msme_kg.changes.graph_diff import CHANGE_KINDS, EntityDiff, GraphDiff
from msme_kg.errors import to_printable
from msme_kg.namespaces import RDF, RDFS, SKOS
from msme_kg.rdf.terms import Resource, compute_sort_key, split_quad
from msme_kg.rendering.bnode_notation import BnodeNotation
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.sparql.results_writer import measure_width, to_srj_term

_LEADING_PROPERTIES = [f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel"]
"""The properties that are told first, in order."""
_MARKDOWN_SYNTAX = re.compile(r"([\\`*_\[\]<>#|~&])")
"""What Markdown would take for more than text."""
_LABELS = {
    "en": {
        "new": "New",
        "removed": "Removed",
        "changed": "Changed",
        "none": "no differences",
        "nameless": "without a name",
        "comma": ", ",
    },
    "zh-Hant": {
        "new": "新增",
        "removed": "移除",
        "changed": "變更",
        "none": "無差異",
        "nameless": "無名節點",
        "comma": "，",
    },
}


def list_entities(difference: GraphDiff) -> set[ox.NamedNode]:
    """Return the things that a difference shows by their labels."""
    quads = (*difference.added, *difference.removed)
    terms = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object)}
    terms |= {one for change in difference.entities for one in change.classes}
    return {term for term in terms if isinstance(term, ox.NamedNode)}


def as_text(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Return a difference for people: new things, removed things, changed things, and how many."""
    lines: list[str] = []
    for kind, changes in groupby(difference.entities, key=lambda one: one.kind):
        same = list(changes)
        lines += [f"{_LABELS[formatter.lang][kind]} ({len(same)})", ""]
        for change in same:
            lines += [
                to_printable(_format_heading(change, formatter), 1000),
                *_format_lines(change, difference, formatter, "  "),
                "",
            ]
    return "\n".join([*lines, _format_summary(difference, formatter)]) + "\n"


def as_md(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Return a difference as Markdown, for a pull request or a page."""
    lines = [_format_summary(difference, formatter), ""]
    for kind, changes in groupby(difference.entities, key=lambda one: one.kind):
        same = list(changes)
        lines += [f"### {_LABELS[formatter.lang][kind]} ({len(same)})", ""]
        for change in same:
            heading = escape_markdown(to_printable(_format_heading(change, formatter), 1000))
            lines += [
                f"**{heading}**",
                "",
                "```diff",
                *_format_lines(change, difference, formatter, ""),
                "```",
                "",
            ]
    return "\n".join(lines[:-1]) + "\n"


def escape_markdown(text: str) -> str:
    """Return a text so that Markdown takes it for nothing else."""
    return _MARKDOWN_SYNTAX.sub(r"\\\1", text)


def as_json(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Return a difference as one object: how many statements, and the things."""
    whole = {
        "added": len(difference.added),
        "removed": len(difference.removed),
        "things": [
            {
                "thing": _format_node(change.entity),
                "label": formatter.find_label(change.entity.value)
                if isinstance(change.entity, ox.NamedNode)
                else None,
                "classes": [one.value for one in change.classes],
                "change": change.kind,
                "added": [_to_json_object(quad) for quad in change.added],
                "removed": [_to_json_object(quad) for quad in change.removed],
            }
            for change in difference.entities
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _to_json_object(quad: ox.Quad) -> dict[str, object]:
    subject, predicate, value = split_quad(quad)
    graph = quad.graph_name
    return {
        "subject": _format_node(subject),
        "predicate": predicate.value,
        "object": to_srj_term(value),
        "graph": None if isinstance(graph, ox.DefaultGraph) else _format_node(graph),
    }


def _format_node(term: ox.NamedNode | ox.BlankNode) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _format_summary(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Say how many things and statements differ."""
    words = _LABELS[formatter.lang]
    if not difference:
        return words["none"]
    added, removed = len(difference.added), len(difference.removed)
    counts = {kind: sum(one.kind == kind for one in difference.entities) for kind in CHANGE_KINDS}
    if formatter.lang == "zh-Hant":
        by_kind = "、".join(f"{words[kind]} {count} 項" for kind, count in counts.items() if count)
        return f"{by_kind}；陳述增 {added} 條、減 {removed} 條"
    by_kind = ", ".join(f"{count} {words[kind].lower()}" for kind, count in counts.items() if count)
    return f"{by_kind}; statements: {added} added, {removed} removed"


def _format_heading(change: EntityDiff, formatter: TermFormatter) -> str:
    """Return the thing by label and CURIE, with what it is."""
    words, thing = _LABELS[formatter.lang], change.entity
    called = (
        formatter.format_label_and_curie(thing.value)
        if isinstance(thing, ox.NamedNode)
        else words["nameless"]
    )
    return words["comma"].join(
        [called, *(formatter.format_label_or_curie(one.value) for one in change.classes)]
    )


def _format_lines(
    change: EntityDiff, difference: GraphDiff, formatter: TermFormatter, indent: str
) -> Iterator[str]:
    """Yield the statements of a thing, what went before what came; the file where there are several."""
    shown = [
        *_build_lines(change.entity, change.removed, "-", formatter),
        *_build_lines(change.entity, change.added, "+", formatter),
    ]
    shown.sort(key=lambda line: line.sort_key)
    several = len({line.graph for line in shown}) > 1
    to = max((measure_width(line.property_label) for line in shown), default=0)
    for line in shown:
        place = f"  [{_format_graph(line.graph, difference)}]" if several else ""
        padding = " " * (to - measure_width(line.property_label))
        text = f"{line.sign} {line.property_label}{padding}  {line.object_text}{place}"
        yield indent + to_printable(text, len(text))


def _format_graph(graph: object, difference: GraphDiff) -> str:
    """Return the path of the file that a graph is, else the graph's name."""
    files = (file for side in (difference.after, difference.before) for file in side.files)
    path = next((file.path for file in files if ox.NamedNode(file.graph) == graph), None)
    return path or (str(graph) if isinstance(graph, ox.NamedNode | ox.BlankNode) else "default graph")


@dataclass(frozen=True)
class _DiffLine:
    """A statement to show.

    Attributes:
        sort_key: by what it is sorted.
        sign: whether it came or went.
        property_label: its property.
        object_text: its object.
        graph: where it stands.
    """

    sort_key: tuple[str, int, str, str, bool, str]
    sign: str
    property_label: str
    object_text: str
    graph: object


def _build_lines(
    thing: Resource, quads: Sequence[ox.Quad], sign: str, formatter: TermFormatter
) -> Iterator[_DiffLine]:
    """Yield the statements about a thing; blank nodes that hang from it stand within, if they can."""
    brackets = BnodeNotation(quads, formatter.to_curie, formatter.format_term)
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        owner = ""
        if isinstance(subject, ox.BlankNode):
            if not brackets.is_top_level(subject):
                continue
            if subject != thing or brackets.is_referenced(subject):
                owner = f"{brackets.format_node(subject)} "
        if isinstance(value, ox.BlankNode):
            language, words = "", brackets.format_node(value)
        else:
            language, words = compute_sort_key(value)[1], formatter.format_term(value)
        curie = formatter.to_curie(predicate.value)
        first = predicate.value in _LEADING_PROPERTIES and _LEADING_PROPERTIES.index(predicate.value) - len(
            _LEADING_PROPERTIES
        )
        key = (owner, first, curie, language, sign == "+", words)
        yield _DiffLine(
            key, sign, f"{owner}{formatter.format_label_or_curie(predicate.value)}", words, quad.graph_name
        )

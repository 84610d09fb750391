"""Diff report: added and removed statements by entity, as text, JSON and Markdown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from msme_kg.changes.graph_diff import CHANGE_KINDS, EntityDiff, GraphDiff
from msme_kg.errors import to_printable
from msme_kg.message_catalog import format_message
from msme_kg.namespaces import RDF, RDFS, SKOS
from msme_kg.rdf.bnode_labels import has_bnodes
from msme_kg.rdf.ntriples import compute_sort_key
from msme_kg.rdf.source_excerpt import measure_width
from msme_kg.rdf.terms import Resource, split_quad
from msme_kg.rendering.bnode_notation import BnodeNotation
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.sparql.markdown_text import escape_markdown
from msme_kg.sparql.results_writer import to_srj_term

_LEADING_PROPERTIES = [f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel"]
"""The properties shown first, in order."""


def list_entities(difference: GraphDiff) -> set[ox.NamedNode]:
    """Return the entities whose labels a diff report shows."""
    quads = (*difference.added, *difference.removed)
    terms = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object)}
    terms |= {cls for change in difference.entities for cls in change.classes}
    return {term for term in terms if isinstance(term, ox.NamedNode)}


def as_text(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Render a diff as text: new, removed and changed entities, and a summary."""
    lines: list[str] = []
    for kind, changes in groupby(difference.entities, key=lambda one: one.kind):
        group = list(changes)
        lines += [format_message(f"diff.{kind}", formatter.lang, count=len(group)), ""]
        for change in group:
            lines += [
                to_printable(_format_heading(change, formatter), 1000),
                *_format_lines(change, difference, formatter, "  "),
                "",
            ]
    return "\n".join([*lines, _format_summary(difference, formatter)]) + "\n"


def as_md(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Render a diff as Markdown, for a pull request or a page."""
    lines = [_format_summary(difference, formatter), ""]
    for kind, changes in groupby(difference.entities, key=lambda one: one.kind):
        group = list(changes)
        lines += [f"### {format_message(f'diff.{kind}', formatter.lang, count=len(group))}", ""]
        for change in group:
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


def as_json(difference: GraphDiff, formatter: TermFormatter) -> str:
    """Render a diff as a JSON object: counts of statements, and the entities."""
    whole = {
        "added": len(difference.added),
        "removed": len(difference.removed),
        "things": [
            {
                "thing": _format_node(change.entity),
                "label": formatter.find_label(change.entity.value)
                if isinstance(change.entity, ox.NamedNode)
                else None,
                "classes": [cls.value for cls in change.classes],
                "change": change.kind,
                "added": [to_json_object(quad) for quad in change.added],
                "removed": [to_json_object(quad) for quad in change.removed],
            }
            for change in difference.entities
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def to_json_object(quad: ox.Quad) -> dict[str, object]:
    """Return a statement as a JSON object."""
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
    """Return the numbers of entities and statements that differ."""
    lang = formatter.lang
    if not difference:
        return format_message("diff.none", lang)
    counts = Counter(change.kind for change in difference.entities)
    return format_message(
        "diff.summary",
        lang,
        counts=format_message("diff.count-separator", lang).join(
            format_message(f"diff-count.{kind}", lang, count=counts[kind])
            for kind in CHANGE_KINDS
            if counts[kind]
        ),
        added=len(difference.added),
        removed=len(difference.removed),
    )


def _format_heading(change: EntityDiff, formatter: TermFormatter) -> str:
    """Return the label and CURIE of an entity, and the labels of its classes."""
    entity = change.entity
    name = (
        formatter.format_label_and_curie(entity.value)
        if isinstance(entity, ox.NamedNode)
        else format_message("diff.unnamed", formatter.lang)
    )
    classes = (formatter.format_label_or_curie(cls.value) for cls in change.classes)
    return format_message("diff.class-separator", formatter.lang).join([name, *classes])


def _format_lines(
    change: EntityDiff, difference: GraphDiff, formatter: TermFormatter, indent: str
) -> Iterator[str]:
    """Yield the lines of an entity, removed before added; with the file if there are several."""
    lines = [
        *_build_lines(change.entity, change.removed, "-", formatter),
        *_build_lines(change.entity, change.added, "+", formatter),
    ]
    lines.sort(key=lambda line: line.sort_key)
    has_several_graphs = len({line.graph for line in lines}) > 1
    width = max((measure_width(line.property_label) for line in lines), default=0)
    for line in lines:
        graph = f"  [{_format_graph(line.graph, difference)}]" if has_several_graphs else ""
        padding = " " * (width - measure_width(line.property_label))
        text = f"{line.sign} {line.property_label}{padding}  {line.object_text}{graph}"
        yield indent + to_printable(text, len(text))


def _format_graph(graph: object, difference: GraphDiff) -> str:
    """Return the path of the file with a named graph, else the name of the graph."""
    files = (file for side in (difference.after, difference.before) for file in side.files)
    path = next((file.path for file in files if ox.NamedNode(file.graph) == graph), None)
    return path or (str(graph) if isinstance(graph, ox.NamedNode | ox.BlankNode) else "default graph")


@dataclass(frozen=True)
class _DiffLine:
    """One line of a diff: a statement.

    Attributes:
        sort_key: the sort key.
        sign: ``+`` for an added and ``-`` for a removed statement.
        property_label: the property, after the subject if that is a nested blank node.
        object_text: the object.
        graph: the named graph.
    """

    sort_key: tuple[str, int, str, str, bool, str]
    sign: str
    property_label: str
    object_text: str
    graph: object


def _build_lines(
    entity: Resource, quads: Sequence[ox.Quad], sign: str, formatter: TermFormatter
) -> Iterator[_DiffLine]:
    """Yield the lines of an entity; blank nodes are nested where possible."""
    notation = BnodeNotation(filter(has_bnodes, quads), formatter.to_curie, formatter.format_term)
    for quad in quads:
        subject, predicate, value = split_quad(quad)
        owner = ""
        if isinstance(subject, ox.BlankNode):
            if not notation.is_top_level(subject):
                continue
            if subject != entity or notation.is_referenced(subject):
                owner = f"{notation.format_node(subject)} "
        if isinstance(value, ox.BlankNode):
            language, object_text = "", notation.format_node(value)
        else:
            language, object_text = compute_sort_key(value)[1], formatter.format_term(value)
        curie = formatter.to_curie(predicate.value)
        is_leading = predicate.value in _LEADING_PROPERTIES
        rank = _LEADING_PROPERTIES.index(predicate.value) - len(_LEADING_PROPERTIES) if is_leading else 0
        key = (owner, rank, curie, language, sign == "+", object_text)
        label = f"{owner}{formatter.format_label_or_curie(predicate.value)}"
        yield _DiffLine(key, sign, label, object_text, quad.graph_name)

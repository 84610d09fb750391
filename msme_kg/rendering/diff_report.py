"""What changed, by thing: as text, JSON and Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox

from msme_kg.changes.diff import KINDS, Difference, ThingChange
from msme_kg.errors import printable
from msme_kg.namespaces import RDF, RDFS, SKOS
from msme_kg.rdf.terms import Resource, parts, term_key
from msme_kg.rendering.bnode_notation import Brackets
from msme_kg.rendering.term_format import Names
from msme_kg.sparql.results_writer import srj_term, width

_FIRST = [f"{RDF}type", f"{RDFS}label", f"{SKOS}prefLabel", f"{SKOS}altLabel"]
"""The properties that are told first, in order."""
_MARKS = re.compile(r"([\\`*_\[\]<>#|~&])")
"""What Markdown would take for more than text."""
_WORDS = {
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


def named_in(difference: Difference) -> set[ox.NamedNode]:
    """Return the things that a difference shows by their labels."""
    quads = (*difference.added, *difference.removed)
    terms = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object)}
    terms |= {one for change in difference.things for one in change.classes}
    return {term for term in terms if isinstance(term, ox.NamedNode)}


def as_text(difference: Difference, names: Names) -> str:
    """Return a difference for people: new things, removed things, changed things, and how many."""
    lines: list[str] = []
    for kind, changes in groupby(difference.things, key=lambda one: one.kind):
        same = list(changes)
        lines += [f"{_WORDS[names.lang][kind]} ({len(same)})", ""]
        for change in same:
            lines += [printable(_heading(change, names), 1000), *_lines(change, difference, names, "  "), ""]
    return "\n".join([*lines, _summary(difference, names)]) + "\n"


def as_md(difference: Difference, names: Names) -> str:
    """Return a difference as Markdown, for a pull request or a page."""
    lines = [_summary(difference, names), ""]
    for kind, changes in groupby(difference.things, key=lambda one: one.kind):
        same = list(changes)
        lines += [f"### {_WORDS[names.lang][kind]} ({len(same)})", ""]
        for change in same:
            heading = escaped(printable(_heading(change, names), 1000))
            lines += [f"**{heading}**", "", "```diff", *_lines(change, difference, names, ""), "```", ""]
    return "\n".join(lines[:-1]) + "\n"


def escaped(text: str) -> str:
    """Return a text so that Markdown takes it for nothing else."""
    return _MARKS.sub(r"\\\1", text)


def as_json(difference: Difference, names: Names) -> str:
    """Return a difference as one object: how many statements, and the things."""
    whole = {
        "added": len(difference.added),
        "removed": len(difference.removed),
        "things": [
            {
                "thing": _name(change.thing),
                "label": names.label(change.thing.value) if isinstance(change.thing, ox.NamedNode) else None,
                "classes": [one.value for one in change.classes],
                "change": change.kind,
                "added": [_object(quad) for quad in change.added],
                "removed": [_object(quad) for quad in change.removed],
            }
            for change in difference.things
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _object(quad: ox.Quad) -> dict[str, object]:
    subject, predicate, value = parts(quad)
    graph = quad.graph_name
    return {
        "subject": _name(subject),
        "predicate": predicate.value,
        "object": srj_term(value),
        "graph": None if isinstance(graph, ox.DefaultGraph) else _name(graph),
    }


def _name(term: ox.NamedNode | ox.BlankNode) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _summary(difference: Difference, names: Names) -> str:
    """Say how many things and statements differ."""
    words = _WORDS[names.lang]
    if not difference:
        return words["none"]
    added, removed = len(difference.added), len(difference.removed)
    counts = {kind: sum(one.kind == kind for one in difference.things) for kind in KINDS}
    if names.lang == "zh-Hant":
        by_kind = "、".join(f"{words[kind]} {count} 項" for kind, count in counts.items() if count)
        return f"{by_kind}；陳述增 {added} 條、減 {removed} 條"
    by_kind = ", ".join(f"{count} {words[kind].lower()}" for kind, count in counts.items() if count)
    return f"{by_kind}; statements: {added} added, {removed} removed"


def _heading(change: ThingChange, names: Names) -> str:
    """Return the thing by label and CURIE, with what it is."""
    words, thing = _WORDS[names.lang], change.thing
    called = names.both(thing.value) if isinstance(thing, ox.NamedNode) else words["nameless"]
    return words["comma"].join([called, *(names.either(one.value) for one in change.classes)])


def _lines(change: ThingChange, difference: Difference, names: Names, indent: str) -> Iterator[str]:
    """Yield the statements of a thing, what went before what came; the file where there are several."""
    shown = [
        *_shown(change.thing, change.removed, "-", names),
        *_shown(change.thing, change.added, "+", names),
    ]
    shown.sort(key=lambda line: line.key)
    several = len({line.graph for line in shown}) > 1
    to = max((width(line.name) for line in shown), default=0)
    for line in shown:
        place = f"  [{_place(line.graph, difference)}]" if several else ""
        text = f"{line.sign} {line.name}{' ' * (to - width(line.name))}  {line.value}{place}"
        yield indent + printable(text, len(text))


def _place(graph: object, difference: Difference) -> str:
    """Return the path of the file that a graph is, else the graph's name."""
    files = (file for side in (difference.after, difference.before) for file in side.files)
    path = next((file.path for file in files if ox.NamedNode(file.graph) == graph), None)
    return path or (str(graph) if isinstance(graph, ox.NamedNode | ox.BlankNode) else "default graph")


@dataclass(frozen=True)
class _Line:
    """A statement to show.

    Attributes:
        key: by what it is sorted.
        sign: whether it came or went.
        name: its property.
        value: its object.
        graph: where it stands.
    """

    key: tuple[str, int, str, str, bool, str]
    sign: str
    name: str
    value: str
    graph: object


def _shown(thing: Resource, quads: Sequence[ox.Quad], sign: str, names: Names) -> Iterator[_Line]:
    """Yield the statements about a thing; blank nodes that hang from it stand within, if they can."""
    brackets = Brackets(quads, names.curie, names.term)
    for quad in quads:
        subject, predicate, value = parts(quad)
        owner = ""
        if isinstance(subject, ox.BlankNode):
            if not brackets.stands_apart(subject):
                continue
            if subject != thing or brackets.is_used(subject):
                owner = f"{brackets.text(subject)} "
        if isinstance(value, ox.BlankNode):
            language, words = "", brackets.text(value)
        else:
            language, words = term_key(value)[1], names.term(value)
        curie = names.curie(predicate.value)
        first = predicate.value in _FIRST and _FIRST.index(predicate.value) - len(_FIRST)
        key = (owner, first, curie, language, sign == "+", words)
        yield _Line(key, sign, f"{owner}{names.either(predicate.value)}", words, quad.graph_name)

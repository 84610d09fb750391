"""What an update may not do, whatever shapes say: things that vanish, files that are emptied, odd tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from msme_kg.changes.changeset import Update
from msme_kg.errors import Place
from msme_kg.namespaces import BASE, LANGUAGES, language_tag
from msme_kg.rdf.terms import Resource, Term, graph_of, parts
from msme_kg.shacl.prefilter import Delta
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import Positions

MOST_USERS = 20
"""How many of those who use a thing that would vanish are named."""

_GONE = {
    "en": "This thing would vanish. Keep its IRI, with owl:deprecated true and dcterms:isReplacedBy.",
    "zh-Hant": "此事物將消失。請保留其 IRI，改以 owl:deprecated true 及 dcterms:isReplacedBy 標示。",
}
_USED = {
    "en": "This statement names a thing that would vanish. Keep that thing, or change this statement too.",
    "zh-Hant": "此陳述引用將消失之事物。請保留該事物，或一併修改此陳述。",
}
_EMPTY = {
    "en": "Nothing would be left in this file. Remove less, or take the file out of the repository yourself.",
    "zh-Hant": "此檔案將無任何內容。請減少移除之陳述，或自行將該檔案移出儲存庫。",
}
_TAG = {
    "en": f"A text in another language than {' and '.join(LANGUAGES)}. Tag it with one of these.",
    "zh-Hant": f"文字之語言非 {' 或 '.join(LANGUAGES)}。請以兩者之一標示。",
}
_HOMELESS = {
    "en": "No class of this thing says in which file it belongs. Give it a class that is stored in one.",
    "zh-Hant": "此事物之類別未指明存放檔案。請給予已指明存放檔案之類別。",
}


def check(update: Update, delta: Delta, positions: Positions) -> Iterator[Finding]:
    """Yield what an update does that it may not do.

    Args:
        update: the update.
        delta: the same, in columns.
        positions: tells where statements stand, those of the graph and those that are brought.
    """
    yield from _vanishing(update, delta, positions)
    yield from _emptied(update, delta)
    for quad in update.added:
        subject, predicate, value = parts(quad)
        tag = language_tag(value.language or "") if isinstance(value, ox.Literal) else ""
        if tag and tag not in LANGUAGES:
            yield _finding("language", _TAG, positions, (subject, predicate, value))
    # Of blank nodes and of things of others house rules tell.
    named = (parts(quad) for quad in update.homeless)
    things = {one[0] for one in named if not any(isinstance(term, ox.BlankNode) for term in one)}
    for thing in sorted(things, key=str):
        if thing.value.startswith(BASE):
            yield _finding("homeless", _HOMELESS, positions, (thing, None, None))


def _vanishing(update: Update, delta: Delta, positions: Positions) -> Iterator[Finding]:
    stays = {quad.subject for quad in update.after}
    for thing in dict.fromkeys(parts(quad)[0] for quad in update.known):
        if thing in stays or not thing.value.startswith(BASE):
            continue
        yield _finding("vanished", _GONE, positions, (thing, None, None))
        for subject, predicate in delta.users(thing)[:MOST_USERS]:
            yield _finding("vanished", _USED, positions, (subject, predicate, thing))


def _emptied(update: Update, delta: Delta) -> Iterator[Finding]:
    lost = _count(update.removed)
    for file in update.before.files:
        left = delta.graph.table.count_in(delta.graphs.index(file.graph)) - lost.get(file.graph, 0)
        if file.graph in lost and left <= 0 and file.graph not in _count(update.added):
            yield Finding(
                severity="violation",
                message=_EMPTY,
                shape="policy/emptied",
                focus=None,
                place=Place(file.path, 1),
            )


def _count(quads: tuple[ox.Quad, ...]) -> Mapping[str, int]:
    return Counter(map(graph_of, quads))


def _finding(
    rule: str,
    message: Mapping[str, str],
    positions: Positions,
    about: tuple[Resource, ox.NamedNode | None, Term | None],
) -> Finding:
    subject, predicate, value = about
    return Finding(
        severity="violation",
        message=message,
        shape=f"policy/{rule}",
        focus=subject,
        path=f"<{predicate.value}>" if predicate else "",
        value=value,
        place=positions.place(subject, predicate.value if predicate else None, value),
    )

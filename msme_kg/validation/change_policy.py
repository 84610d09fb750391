"""What an update may not do, whatever shapes say: things that vanish, files that are emptied, odd tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.errors import SourceLocation
from msme_kg.namespaces import BASE, LANGUAGES, normalize_language_tag
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, split_quad
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap

MAX_REFERENCES = 20
"""How many of those who use a thing that would vanish are named."""

_REMOVED_ENTITY_MESSAGE = {
    "en": "This thing would vanish. Keep its IRI, with owl:deprecated true and dcterms:isReplacedBy.",
    "zh-Hant": "此事物將消失。請保留其 IRI，改以 owl:deprecated true 及 dcterms:isReplacedBy 標示。",
}
_DANGLING_REFERENCE_MESSAGE = {
    "en": "This statement names a thing that would vanish. Keep that thing, or change this statement too.",
    "zh-Hant": "此陳述引用將消失之事物。請保留該事物，或一併修改此陳述。",
}
_EMPTIED_FILE_MESSAGE = {
    "en": "Nothing would be left in this file. Remove less, or take the file out of the repository yourself.",
    "zh-Hant": "此檔案將無任何內容。請減少移除之陳述，或自行將該檔案移出儲存庫。",
}
_LANGUAGE_TAG_MESSAGE = {
    "en": f"A text in another language than {' and '.join(LANGUAGES)}. Tag it with one of these.",
    "zh-Hant": f"文字之語言非 {' 或 '.join(LANGUAGES)}。請以兩者之一標示。",
}
_UNPLACED_ENTITY_MESSAGE = {
    "en": "No class of this thing says in which file it belongs. Give it a class that is stored in one.",
    "zh-Hant": "此事物之類別未指明存放檔案。請給予已指明存放檔案之類別。",
}


def check_changeset(changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap) -> Iterator[Finding]:
    """Yield what an update does that it may not do.

    Args:
        changeset: the update.
        delta: the same, in columns.
        source_map: tells where statements stand, those of the graph and those that are brought.
    """
    yield from _check_removed_entities(changeset, delta, source_map)
    yield from _check_emptied_files(changeset, delta)
    for quad in changeset.added:
        subject, predicate, value = split_quad(quad)
        tag = normalize_language_tag(value.language or "") if isinstance(value, ox.Literal) else ""
        if tag and tag not in LANGUAGES:
            yield _build_finding("language", _LANGUAGE_TAG_MESSAGE, source_map, (subject, predicate, value))
    # Of blank nodes and of things of others house rules tell.
    named = (split_quad(quad) for quad in changeset.unplaced)
    things = {one[0] for one in named if not any(isinstance(term, ox.BlankNode) for term in one)}
    for thing in sorted(things, key=str):
        if thing.value.startswith(BASE):
            yield _build_finding("homeless", _UNPLACED_ENTITY_MESSAGE, source_map, (thing, None, None))


def _check_removed_entities(
    changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap
) -> Iterator[Finding]:
    stays = {quad.subject for quad in changeset.resulting_quads}
    for thing in dict.fromkeys(split_quad(quad)[0] for quad in changeset.prior_quads):
        if thing in stays or not thing.value.startswith(BASE):
            continue
        yield _build_finding("vanished", _REMOVED_ENTITY_MESSAGE, source_map, (thing, None, None))
        for subject, predicate in delta.find_references(thing)[:MAX_REFERENCES]:
            yield _build_finding(
                "vanished", _DANGLING_REFERENCE_MESSAGE, source_map, (subject, predicate, thing)
            )


def _check_emptied_files(changeset: Changeset, delta: ChangeOverlay) -> Iterator[Finding]:
    lost = _count_by_graph(changeset.removed)
    for file in changeset.before.files:
        left = delta.graph.table.count_triples(delta.graph_iris.index(file.graph)) - lost.get(file.graph, 0)
        if file.graph in lost and left <= 0 and file.graph not in _count_by_graph(changeset.added):
            yield Finding(
                severity="violation",
                message=_EMPTIED_FILE_MESSAGE,
                shape="policy/emptied",
                focus_node=None,
                location=SourceLocation(file.path, 1),
            )


def _count_by_graph(quads: tuple[ox.Quad, ...]) -> Mapping[str, int]:
    return Counter(map(get_graph_iri, quads))


def _build_finding(
    rule: str,
    message: Mapping[str, str],
    source_map: SourceMap,
    about: tuple[Resource, ox.NamedNode | None, Term | None],
) -> Finding:
    subject, predicate, value = about
    return Finding(
        severity="violation",
        message=message,
        shape=f"policy/{rule}",
        focus_node=subject,
        path=f"<{predicate.value}>" if predicate else "",
        value=value,
        location=source_map.locate(subject, predicate.value if predicate else None, value),
    )

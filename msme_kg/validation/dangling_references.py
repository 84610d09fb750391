"""Statements that name a thing of this graph which nobody describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.namespaces import BASE, RDF
from msme_kg.rdf.terms import split_quad
from msme_kg.shacl.prefilter import ChangeOverlay
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.entity_lookup import EntityLookup


def check_changeset(
    changeset: Changeset, delta: ChangeOverlay, source_map: SourceMap, earlier_findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield each added statement whose object is an IRI of this graph of which nothing is stated.

    Args:
        changeset: the update.
        delta: the same, in columns.
        source_map: tells where statements stand.
        earlier_findings: what was found already; what a shape says of a value is not said again.
    """
    told = {(one.focus_node, one.value) for one in earlier_findings}
    alike = EntityLookup(delta)
    described: dict[object, bool] = {
        value: True for value in map(ox.NamedNode, delta.graph_iris) if value.value
    }
    for quad in changeset.incoming:
        subject, predicate, value = split_quad(quad)
        if not isinstance(value, ox.NamedNode) or not value.value.startswith(BASE):
            continue
        # Of a class that is not declared a check tells.
        if predicate.value == f"{RDF}type" or (subject, value) in told:
            continue
        if value not in described:
            described[value] = alike.is_described(value)
        if not described[value]:
            yield _build_finding(quad, alike.find_similar_iris(value.value), changeset, source_map)


def _build_finding(
    quad: ox.Quad, similar_iris: list[str], changeset: Changeset, source_map: SourceMap
) -> Finding:
    subject, predicate, value = split_quad(quad)
    names = [changeset.before.prefixes.shorten(one) or f"<{one}>" for one in similar_iris]
    meant = (f" Did you mean {' or '.join(names)}?", f"是否指 {'、'.join(names)}？") if names else ("", "")
    return Finding(
        severity="violation",
        message={
            "en": "This names a thing that nobody describes. Correct the IRI, or describe the thing."
            f"{meant[0]}",
            "zh-Hant": f"所指事物無任何描述。請更正 IRI，或描述該事物。{meant[1]}",
        },
        shape="policy/unknown",
        focus_node=subject,
        path=f"<{predicate.value}>",
        value=value,
        location=source_map.locate(subject, predicate.value, value),
    )

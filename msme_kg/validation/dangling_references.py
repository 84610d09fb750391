"""Statements that name a thing of this graph which nobody describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.changes.changeset import Update
from msme_kg.namespaces import BASE, RDF
from msme_kg.rdf.terms import parts
from msme_kg.shacl.prefilter import Delta
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import Positions
from msme_kg.validation.entity_lookup import Alike


def check(update: Update, delta: Delta, positions: Positions, said: Iterable[Finding]) -> Iterator[Finding]:
    """Yield each added statement whose object is an IRI of this graph of which nothing is stated.

    Args:
        update: the update.
        delta: the same, in columns.
        positions: tells where statements stand.
        said: what was found already; what a shape says of a value is not said again.
    """
    told = {(one.focus, one.value) for one in said}
    alike = Alike(delta)
    described: dict[object, bool] = {value: True for value in map(ox.NamedNode, delta.graphs) if value.value}
    for quad in update.coming:
        subject, predicate, value = parts(quad)
        if not isinstance(value, ox.NamedNode) or not value.value.startswith(BASE):
            continue
        # Of a class that is not declared a check tells.
        if predicate.value == f"{RDF}type" or (subject, value) in told:
            continue
        if value not in described:
            described[value] = alike.is_described(value)
        if not described[value]:
            yield _finding(quad, alike.iris_like(value.value), update, positions)


def _finding(quad: ox.Quad, near: list[str], update: Update, positions: Positions) -> Finding:
    subject, predicate, value = parts(quad)
    names = [update.before.prefixes.shorten(one) or f"<{one}>" for one in near]
    meant = (f" Did you mean {' or '.join(names)}?", f"是否指 {'、'.join(names)}？") if names else ("", "")
    return Finding(
        severity="violation",
        message={
            "en": "This names a thing that nobody describes. Correct the IRI, or describe the thing."
            f"{meant[0]}",
            "zh-Hant": f"所指事物無任何描述。請更正 IRI，或描述該事物。{meant[1]}",
        },
        shape="policy/unknown",
        focus=subject,
        path=f"<{predicate.value}>",
        value=value,
        place=positions.place(subject, predicate.value, value),
    )

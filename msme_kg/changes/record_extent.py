"""Extent of the record: the day of its last change, and the last day that it covers."""

from __future__ import annotations

from datetime import date

import pyoxigraph as ox

from msme_kg.changes.attestations import DATASET_CLASS, MODIFIED, RECORD_ENDS, TYPE, Exemptions, group_classes
from msme_kg.changes.changeset import Changeset
from msme_kg.namespaces import XSD
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import DATASET_FILE

_DATE = ox.NamedNode(f"{XSD}date")


def update_extent(changeset: Changeset, exemptions: Exemptions, today: date) -> Changeset:
    """Return a changeset that also updates the description of the dataset.

    Its ``dcterms:modified`` becomes the current date. The end of the record becomes the latest date that
    comes in with a statement about a thing and is not to come. What the request says of them stays.

    Args:
        changeset: the changes of things.
        exemptions: distinguishes things from what describes them.
        today: the current date.
    """
    file = next((file for file in changeset.before.files if file.path == DATASET_FILE), None)
    quads = list(file.parse_quads()) if file is not None and changeset else []
    datasets = {quad.subject for quad in quads if (quad.predicate, quad.object) == (TYPE, DATASET_CLASS)}
    quads = [quad for quad in quads if quad.subject in datasets]
    requested = {(quad.subject, quad.predicate) for quad in changeset.requested}
    latest = _find_latest_date(changeset, exemptions, today.isoformat())
    added, removed = [], []
    for dataset in datasets:
        graph = quads[0].graph_name
        for predicate, day in ((MODIFIED, today.isoformat()), (RECORD_ENDS, latest)):
            old = [quad for quad in quads if (quad.subject, quad.predicate) == (dataset, predicate)]
            is_later = all(split_quad(quad)[2].value < day for quad in old)
            if is_later and (old or predicate == MODIFIED) and (dataset, predicate) not in requested:
                added.append(ox.Quad(dataset, predicate, ox.Literal(day, datatype=_DATE), graph))
                removed += old
    return changeset.extend(added, removed, quads)


def _find_latest_date(changeset: Changeset, exemptions: Exemptions, today: str) -> str:
    """Return the latest date that is added to a thing and is not to come; empty if there is none."""
    classes = group_classes(changeset.resulting_quads)
    days = (
        value.value
        for subject, _, value in map(split_quad, changeset.added)
        if isinstance(value, ox.Literal)
        and value.datatype == _DATE
        and not exemptions.is_outside_record(classes[subject])
    )
    return max((day for day in days if day <= today), default="")

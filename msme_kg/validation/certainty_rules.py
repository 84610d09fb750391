"""Certainty rule for updates: a changed date window makes uncertain what was certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, replace
from datetime import date, timedelta

import pyoxigraph as ox

from msme_kg.changes.changeset import Changeset
from msme_kg.entities.date_windows import DateWindow
from msme_kg.namespaces import BASE, OWL, RDF, XSD
from msme_kg.rdf.terms import Resource, split_quad
from msme_kg.shacl.report import Finding
from msme_kg.storage.source_map import SourceMap
from msme_kg.validation.change_policy import build_policy_finding

_ONTOLOGY = f"{BASE}ontology#"
_DATE = ox.NamedNode(f"{XSD}date")
_BOUNDS = tuple(f"{_ONTOLOGY}{name}" for name in ("notBefore", "notAfter", "endNotBefore", "endNotAfter"))
"""The properties of a date window, in the order of ``DateWindow``."""


def find_lost_certainty(changeset: Changeset, source_map: SourceMap) -> Iterator[Finding]:
    """Yield a warning for each entity that held on a day, and only possibly does after an update.

    Args:
        changeset: the update.
        source_map: gives the locations of statements.
    """
    later_windows = _read_windows(changeset.resulting_quads)
    for entity, window in _read_windows(changeset.prior_quads).items():
        later = later_windows.get(entity)
        day = _find_uncertain_day(window, later) if later is not None and later != window else None
        if day is None or later is None:
            continue
        pairs = zip(_BOUNDS, astuple(window), astuple(later), strict=True)
        # The start is uncertain until its last bound, the end from its first bound on.
        bounds = _BOUNDS[1:2] if later.not_after is None or day < later.not_after else _BOUNDS[2:]
        changed = [(iri, bound) for iri, old, bound in pairs if iri in bounds and old != bound]
        iri, bound = max(changed, key=lambda pair: pair[1] is not None)
        value = None if bound is None else ox.Literal(bound.isoformat(), datatype=_DATE)
        yield replace(
            build_policy_finding(
                "less-certain", source_map, entity, ox.NamedNode(iri), value, day=day.isoformat()
            ),
            severity="warning",
        )


def _find_uncertain_day(window: DateWindow, later: DateWindow) -> date | None:
    """Return the first day on which the one window is certain and the other one is only possible."""
    after_end = later.end_not_before
    if after_end is not None and after_end < date.max:
        after_end += timedelta(days=1)
    # One set of days begins with a bound of either window, or with the day after the last certain one.
    candidates = (day for day in (window.not_after, later.not_before, after_end) if day is not None)
    return min(
        (
            day
            for day in candidates
            if window.is_certain_on(day) and later.is_possible_on(day) and not later.is_certain_on(day)
        ),
        default=None,
    )


def _read_windows(quads: Iterable[ox.Quad]) -> dict[Resource, DateWindow]:
    """Return the date ranges of entities that count; bounds that are not dates are left out."""
    bounds: dict[Resource, dict[str, date]] = {}
    excluded: set[Resource] = set()
    for subject, predicate, value in map(split_quad, quads):
        own_bounds = bounds.setdefault(subject, {})
        if predicate.value in _BOUNDS:
            try:
                own_bounds[predicate.value] = date.fromisoformat(value.value)
            except ValueError:
                excluded.add(subject)  # reported by the shapes
        elif (predicate.value, value.value) in (
            (f"{RDF}type", f"{_ONTOLOGY}Attestation"),
            (f"{OWL}deprecated", "true"),
        ):
            excluded.add(subject)
    return {
        subject: DateWindow(*map(own_bounds.get, _BOUNDS))
        for subject, own_bounds in bounds.items()
        if subject not in excluded
    }

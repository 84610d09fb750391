"""Attestations after a correction: each source keeps the values that it gave, as own values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from msme_kg.changes.attestations import (
    ATTESTATION,
    ATTESTED_THING,
    ATTESTS,
    RECORD_SOURCED,
    SOURCE,
    TYPE,
    AttestedValues,
    Exemptions,
    build_attestation_iri,
    group_classes,
    is_own_value,
    read_attestations,
)
from msme_kg.changes.changeset import Changeset
from msme_kg.rdf.terms import Resource, Term, get_graph_iri, split_quad, without_graph

_Property = tuple[Resource, ox.NamedNode]
"""A thing and one of its properties."""
_ChangedValues = Mapping[Term, Mapping[ox.NamedNode, tuple[set[Term], set[Term]]]]
"""The values before and after of each changed property, by thing."""


def with_attestations(changeset: Changeset) -> Changeset:
    """Return a changeset extended by the attestations of the entities that it changes."""
    graphs = {split_quad(quad)[0].value: get_graph_iri(quad) for quad in changeset.prior_quads}
    files = [file for file in changeset.before.files if file.graph in set(graphs.values())]
    return changeset.extend(prior_quads=read_attestations(files, set(graphs)))


def keep_attested_values(changeset: Changeset, exemptions: Exemptions) -> Changeset:
    """Return a changeset in which no source attests a value that it did not give.

    Where a property of a thing gets or loses a value, its sources no longer attest the property, but have
    the former values as their own; an attestation by a basis keeps those that remain. What the request itself
    says of an attestation and a property stays as requested.

    Args:
        changeset: the changes that are requested, with the attestations of the things changed.
        exemptions: the properties with our own words, of which no source gives the wording.
    """
    values = _find_changed_values(changeset, exemptions)
    if not values:
        return changeset
    changeset = changeset.extend(*_rewrite_attestations(changeset, values))
    return changeset.extend(*_rewrite_records(changeset, values))


def list_kept_values(changeset: Changeset) -> list[tuple[Term, ox.Quad]]:
    """Return the values that sources keep as their own through a changeset, but not at its request.

    Returns:
        pairs of a source and a statement about the thing, which the source gave until now.
    """
    things: dict[Resource, Term] = {}
    sources: dict[Resource, Term] = {}
    for subject, predicate, value in map(split_quad, changeset.resulting_quads):
        if predicate == ATTESTED_THING:
            things[subject] = value
        elif predicate == SOURCE:
            sources[subject] = value
    kept = []
    for quad in changeset.added:
        attestation, predicate, value = split_quad(quad)
        thing, source = things.get(attestation), sources.get(attestation)
        is_requested = without_graph(quad) in changeset.requested
        if isinstance(thing, ox.NamedNode) and source and is_own_value(quad) and not is_requested:
            kept.append((source, ox.Quad(thing, predicate, value)))
    return kept


def _find_changed_values(changeset: Changeset, exemptions: Exemptions) -> _ChangedValues:
    """Return the changed properties of things that were in the graph and remain, with their values."""
    before, after = map(_group_values, (changeset.prior_quads, changeset.resulting_quads))
    classes = group_classes((*changeset.prior_quads, *changeset.resulting_quads))
    lasting = {thing for thing, _ in before} & {thing for thing, _ in after}
    changed = {split_quad(quad)[:2] for quad in (*changeset.added, *changeset.removed)}
    found: dict[Term, dict[ox.NamedNode, tuple[set[Term], set[Term]]]] = defaultdict(dict)
    for thing, predicate in changed:
        if (
            thing in lasting
            and ATTESTATION not in classes[thing]
            and not exemptions.is_own_words(predicate, classes[thing])
        ):
            found[thing][predicate] = (before[thing, predicate], after[thing, predicate])
    return found


def _group_values(quads: Iterable[ox.Quad]) -> dict[_Property, set[Term]]:
    values: dict[_Property, set[Term]] = defaultdict(set)
    for subject, predicate, value in map(split_quad, quads):
        values[subject, predicate].add(value)
    return values


def _rewrite_attestations(changeset: Changeset, values: _ChangedValues) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return the quads to add and remove so that attestations of changed properties have own values."""
    by_attestation: dict[Resource, set[ox.Quad]] = defaultdict(set)
    for quad in changeset.resulting_quads:
        by_attestation[split_quad(quad)[0]].add(quad)
    added: set[ox.Quad] = set()
    removed: set[ox.Quad] = set()
    for quads in by_attestation.values():
        rewritten = set(quads)
        for quad in quads:
            if quad.predicate == ATTESTED_THING and quad.object in values:
                _rewrite_attestation(rewritten, values[split_quad(quad)[2]], changeset.requested)
        if rewritten != quads and not any(one.predicate == ATTESTS or is_own_value(one) for one in rewritten):
            rewritten.clear()
        added |= rewritten - quads
        removed |= quads - rewritten
    return added, removed


def _rewrite_attestation(
    quads: set[ox.Quad],
    values: Mapping[ox.NamedNode, tuple[set[Term], set[Term]]],
    requested: frozenset[ox.Quad],
) -> None:
    """Replace changed properties that an attestation attests by own values.

    Args:
        quads: the statements of the attestation, which are changed.
        values: the values before and after of the changed properties of its thing.
        requested: statements to leave as they are.
    """
    is_source = any(quad.predicate == SOURCE for quad in quads)
    for quad in [one for one in quads if without_graph(one) not in requested]:
        attestation, predicate, value = split_quad(quad)
        if predicate == ATTESTS and isinstance(value, ox.NamedNode) and value in values:
            old, new = values[value]
            kept = old if is_source else old & new
            quads.remove(quad)
            quads |= {ox.Quad(attestation, value, one, quad.graph_name) for one in kept}
        elif not is_source and predicate in values and value not in values[predicate][1]:
            quads.discard(quad)


def _rewrite_records(changeset: Changeset, values: _ChangedValues) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return the quads to add and remove for changed properties that the sources of a thing state together.

    A single source keeps the former values. Of several, none can be said to have given them: together they
    stay the sources of values that have no other.
    """
    added: set[ox.Quad] = set()
    removed: set[ox.Quad] = set()
    sources = _group_values(changeset.prior_quads)
    attested = AttestedValues(changeset.resulting_quads)
    taken = {split_quad(quad)[0].value for quad in (*changeset.prior_quads, *changeset.resulting_quads)}
    for quad in changeset.resulting_quads:
        thing, predicate, attested_property = split_quad(quad)
        if (
            predicate != RECORD_SOURCED
            or not isinstance(attested_property, ox.NamedNode)
            or attested_property not in values.get(thing, {})
            or without_graph(quad) in changeset.requested
        ):
            continue
        old, new = values[thing][attested_property]
        if len(sources[thing, SOURCE]) == 1:
            iri = build_attestation_iri(thing.value, taken)
            taken.add(iri)
            (source,) = sources[thing, SOURCE]
            pairs: list[tuple[ox.NamedNode, Term]]
            pairs = [(TYPE, ATTESTATION), (ATTESTED_THING, thing), (SOURCE, source)]
            pairs += [(attested_property, value) for value in old]
            added |= {ox.Quad(ox.NamedNode(iri), one, value, quad.graph_name) for one, value in pairs}
        elif not all(attested.include(thing, attested_property, value) for value in new):
            continue
        removed.add(quad)
    return added, removed

"""Attestations of a new entity: by its source, and by the bases that its template names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from msme_kg.changes.attestations import (
    ATTESTATION,
    ATTESTED_THING,
    ATTESTS,
    BASIS,
    RECORD_SOURCED,
    SOURCE,
    TYPE,
    Exemptions,
    build_attestation_iri,
    group_classes,
)
from msme_kg.rdf.terms import Resource, Term, split_quad

_Statement = tuple[ox.NamedNode, Term]


def add_attestations(thing: ox.NamedNode, quads: Sequence[ox.Quad], exemptions: Exemptions) -> list[ox.Quad]:
    """Return the statements about a new entity, with attestations that have IRIs.

    A blank node with ``msme:basis`` and values of the entity stands for an attestation by this basis. The
    source of the entity attests all other values; several sources attest them as a record.

    Args:
        thing: the entity.
        quads: its statements, and those of the blank nodes.
        exemptions: the statements that need no attestation.
    """
    own = [quad for quad in quads if quad.subject == thing]
    classes = group_classes(own)[thing]
    statements = {split_quad(quad)[1:] for quad in own if not exemptions.covers(split_quad(quad)[1], classes)}
    grounds = _group_by_basis(quads, statements)
    rest = statements.difference(*grounds.values())
    sources = [split_quad(quad)[2] for quad in own if quad.predicate == SOURCE]
    attested = [((BASIS, basis), values) for basis, values in sorted(grounds.items(), key=str)]
    if len(set(sources)) == 1:
        attested.insert(0, ((SOURCE, sources[0]), rest))
    else:
        own += [ox.Quad(thing, RECORD_SOURCED, predicate) for predicate in {one for one, _ in rest}]
    iris: list[str] = []
    for ground, values in attested:
        if values:
            iris.append(build_attestation_iri(thing.value, iris))
            node = ox.NamedNode(iris[-1])
            pairs = [(TYPE, ATTESTATION), (ATTESTED_THING, thing), ground, *_summarize(values, statements)]
            own += [ox.Quad(node, predicate, value) for predicate, value in pairs]
    return own


def _group_by_basis(quads: Sequence[ox.Quad], statements: set[_Statement]) -> dict[Term, set[_Statement]]:
    """Return the statements that rest on each basis."""
    bases: dict[Resource, Term] = {
        split_quad(quad)[0]: split_quad(quad)[2]
        for quad in quads
        if quad.predicate == BASIS and isinstance(quad.subject, ox.BlankNode)
    }
    groups: dict[Term, set[_Statement]] = defaultdict(set)
    for subject, predicate, value in map(split_quad, quads):
        if subject in bases and (predicate, value) in statements:
            groups[bases[subject]].add((predicate, value))
    return groups


def _summarize(values: set[_Statement], statements: set[_Statement]) -> Iterator[_Statement]:
    """Yield the properties all of whose values are among some, and the other values as they are."""
    partial = {predicate for predicate, _ in statements - values}
    for predicate, value in values:
        yield (predicate, value) if predicate in partial else (ATTESTS, predicate)

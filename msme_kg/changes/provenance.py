"""Provenance of updates: one PROV activity per update, in the file of its year (PROV-O)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyoxigraph as ox

from msme_kg.changes.attestations import SOURCE
from msme_kg.changes.change_log import ACTIVITY_PREFIX, ADDED_STATEMENT, CHANGES_FOLDER, REMOVED_STATEMENT
from msme_kg.changes.changeset import Changeset
from msme_kg.namespaces import DCTERMS, FOAF, PROV, RDF, RDFS, XSD
from msme_kg.rdf.ntriples import to_sparql
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import to_graph_iri


@dataclass(frozen=True)
class ChangeActivity:
    """The ``prov:Activity`` of an update.

    Attributes:
        agent_name: the name of the person or tool that made it.
        ended_at: the time, with its zone.
        description: the reason given; empty for none.
        sequence_number: the number of the update on its day, from 1.
        sources: the sources that the added statements cite, sorted.
    """

    agent_name: str
    ended_at: datetime
    description: str
    sequence_number: int
    sources: tuple[ox.NamedNode, ...]

    @classmethod
    def create(
        cls,
        changeset: Changeset,
        agent_name: str,
        ended_at: datetime,
        description: str,
        recorded_quads: Iterable[ox.Quad],
    ) -> ChangeActivity:
        """Return the activity of an update.

        Args:
            changeset: the update.
            agent_name: the name of the person or tool that made it.
            ended_at: the time, with its zone.
            description: the reason; empty for none.
            recorded_quads: the quads in the file of the year.
        """
        start = f"{ACTIVITY_PREFIX}{ended_at.date().isoformat()}-"
        numbers = [
            int(rest)
            for quad in recorded_quads
            if (rest := split_quad(quad)[0].value.removeprefix(start)).isdecimal()
        ]
        cited = {quad.object for quad in changeset.added if quad.predicate == SOURCE}
        sources = sorted((one for one in cited if isinstance(one, ox.NamedNode)), key=str)
        return cls(agent_name, ended_at, description, max(numbers, default=0) + 1, tuple(sources))

    @property
    def iri(self) -> str:
        """The IRI of the activity."""
        return f"{ACTIVITY_PREFIX}{self.ended_at.date().isoformat()}-{self.sequence_number}"

    def to_quads(self, changeset: Changeset) -> Iterator[ox.Quad]:
        """Yield the quads of the activity, with each added and removed statement as N-Quads."""
        graph = ox.NamedNode(to_graph_iri(get_provenance_path(self.ended_at)))
        thing, agent = ox.NamedNode(self.iri), ox.NamedNode(f"{self.iri}/agent")
        day = self.ended_at.date().isoformat()
        ended = ox.Literal(
            self.ended_at.isoformat(timespec="seconds"), datatype=ox.NamedNode(f"{XSD}dateTime")
        )

        def build_quad(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
            return ox.Quad(subject, ox.NamedNode(predicate), value, graph)

        yield build_quad(thing, f"{RDF}type", ox.NamedNode(f"{PROV}Activity"))
        yield build_quad(
            thing, f"{RDFS}label", ox.Literal(f"Update {self.sequence_number} of {day}", language="en")
        )
        yield build_quad(
            thing, f"{RDFS}label", ox.Literal(f"{day} 第 {self.sequence_number} 號更新", language="zh-hant")
        )
        yield build_quad(thing, f"{PROV}endedAtTime", ended)
        yield build_quad(thing, f"{PROV}wasAssociatedWith", agent)
        yield build_quad(agent, f"{RDF}type", ox.NamedNode(f"{PROV}Agent"))
        yield build_quad(agent, f"{FOAF}name", ox.Literal(self.agent_name))
        if self.description:
            yield build_quad(thing, f"{DCTERMS}description", ox.Literal(self.description))
        if changeset.request.reverts is not None:
            reverted = ox.NamedNode(changeset.request.reverts.iri)
            yield build_quad(thing, f"{PROV}wasInformedBy", reverted)
        for source in self.sources:
            yield build_quad(thing, f"{PROV}used", source)
        for predicate, quads in (
            (ADDED_STATEMENT, changeset.added),
            (REMOVED_STATEMENT, changeset.removed),
        ):
            for quad in quads:
                value = split_quad(quad)[2]
                assert not isinstance(value, ox.BlankNode)  # noqa: S101 (updates with one are refused)
                line = f"{quad.subject} {quad.predicate} {to_sparql(value)} {quad.graph_name} ."
                yield ox.Quad(thing, predicate, ox.Literal(line), graph)


def get_provenance_path(timestamp: datetime) -> str:
    """Return the path of the file for a time."""
    return f"{CHANGES_FOLDER}/{timestamp.year}.ttl"

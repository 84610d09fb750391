"""What an update did, as PROV: one activity an update, in the file of its year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyoxigraph as ox

from msme_kg.changes.changeset import Update
from msme_kg.namespaces import BASE, DCTERMS, FOAF, PROV, RDF, RDFS, XSD, to_sparql
from msme_kg.rdf.terms import parts
from msme_kg.repository import graph_iri

FOLDER = "data/changes"
_CHANGE = f"{BASE}change/"
_ADDED, _REMOVED = (ox.NamedNode(f"{BASE}ontology#{name}") for name in ("addedStatement", "removedStatement"))
_SOURCE = ox.NamedNode(f"{DCTERMS}source")


@dataclass(frozen=True)
class Entry:
    """What is noted of an update.

    Attributes:
        who: the name of who made it.
        when: the time, with its zone.
        why: in the words of who made it; empty if nothing was said.
        number: which update of its day it is, from 1.
        sources: the sources that it brings, in order.
    """

    who: str
    when: datetime
    why: str
    number: int
    sources: tuple[ox.NamedNode, ...]

    @classmethod
    def of(cls, update: Update, who: str, when: datetime, why: str, known: Iterable[ox.Quad]) -> Entry:
        """Return what is noted of an update.

        Args:
            update: the update.
            who: the name of who made it.
            when: the time, with its zone.
            why: in the words of who made it.
            known: what the file of the year states.
        """
        start = f"{_CHANGE}{when.date().isoformat()}-"
        taken = [
            int(rest) for quad in known if (rest := parts(quad)[0].value.removeprefix(start)).isdecimal()
        ]
        cited = {quad.object for quad in update.added if quad.predicate == _SOURCE}
        sources = sorted((one for one in cited if isinstance(one, ox.NamedNode)), key=str)
        return cls(who, when, why, max(taken, default=0) + 1, tuple(sources))

    @property
    def iri(self) -> str:
        """The IRI of the activity."""
        return f"{_CHANGE}{self.when.date().isoformat()}-{self.number}"

    def quads(self, update: Update) -> Iterator[ox.Quad]:
        """Yield the activity: when, who, why, what it used, and each statement that came or went."""
        graph = ox.NamedNode(graph_iri(path_of(self.when)))
        thing, agent = ox.NamedNode(self.iri), ox.NamedNode(f"{self.iri}/agent")
        day = self.when.date().isoformat()
        ended = ox.Literal(self.when.isoformat(timespec="seconds"), datatype=ox.NamedNode(f"{XSD}dateTime"))

        def say(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
            return ox.Quad(subject, ox.NamedNode(predicate), value, graph)

        yield say(thing, f"{RDF}type", ox.NamedNode(f"{PROV}Activity"))
        yield say(thing, f"{RDFS}label", ox.Literal(f"Update {self.number} of {day}", language="en"))
        yield say(thing, f"{RDFS}label", ox.Literal(f"{day} 第 {self.number} 次更新", language="zh-hant"))
        yield say(thing, f"{PROV}endedAtTime", ended)
        yield say(thing, f"{PROV}wasAssociatedWith", agent)
        yield say(agent, f"{RDF}type", ox.NamedNode(f"{PROV}Agent"))
        yield say(agent, f"{FOAF}name", ox.Literal(self.who))
        if self.why:
            yield say(thing, f"{DCTERMS}description", ox.Literal(self.why))
        for source in self.sources:
            yield say(thing, f"{PROV}used", source)
        for predicate, quads in ((_ADDED, update.added), (_REMOVED, update.removed)):
            for quad in quads:
                value = parts(quad)[2]
                assert not isinstance(value, ox.BlankNode)  # noqa: S101 (no update with one goes in)
                line = f"{quad.subject} {quad.predicate} {to_sparql(value)} ."
                yield ox.Quad(thing, predicate, ox.Literal(line), graph)


def path_of(when: datetime) -> str:
    """Return the path of the file of a year."""
    return f"{FOLDER}/{when.year}.ttl"

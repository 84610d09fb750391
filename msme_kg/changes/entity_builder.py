"""New things: what is said of them becomes statements, by the query of their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.entity_input import Given
from msme_kg.entities.labels import Labels
from msme_kg.entities.resolver import Resolver
from msme_kg.errors import InputError, KGError, Place, SafetyError, UsageError
from msme_kg.namespaces import BASE, Prefixes
from msme_kg.rdf.canonical_turtle import TurtleWriter
from msme_kg.rdf.parser import is_address
from msme_kg.repository import Repository, graph_iri
from msme_kg.sparql import canned, parameters
from msme_kg.sparql.binding import Bindable, bind
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.results import Triples
from msme_kg.storage.dataset import Dataset, GraphFile

_KNOWN = """
SELECT ?in_thing WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing ?property ?value .
} LIMIT 1
"""
_MADE = "new.ttl"


@dataclass(frozen=True)
class Made:
    """New things.

    Attributes:
        quads: what is said of them.
        origins: for each thing what it was made from.
        faults: values that are missing, unknown or malformed, and things that are there already; of these
            nothing was made.
        prefixes: those of the graph.
    """

    quads: tuple[ox.Quad, ...]
    origins: Mapping[str, Given]
    faults: tuple[KGError, ...]
    prefixes: Prefixes


def make(repository: Repository, kind: CannedQuery, given: Sequence[Given], lang: str) -> Made:
    """Return the statements about new things, about those that an address in them stands for, and faults.

    Args:
        repository: where the graph, in which they are looked up, and the queries of the kinds lie.
        kind: the query that makes them.
        given: what is said of each; nothing else is.
        lang: the language of hints.

    Raises:
        InputError: the query of a kind is faulty.
    """
    return _Maker(repository, lang).make(kind, given)


class _Maker:
    """Makes new things, once, beside a graph in which it looks up what they name."""

    def __init__(self, repository: Repository, lang: str) -> None:
        self._repository = repository
        self._lang = lang
        self._files = Dataset.load(repository, repository.asked_files)
        self._use(self._files)
        self._addresses: dict[tuple[str, str], ox.NamedNode | KGError] = {}
        self._quads: list[ox.Quad] = []
        self._origins: dict[str, Given] = {}

    def _use(self, files: Dataset) -> None:
        self._engine = LocalEngine(files)
        self._prefixes = self._engine.prefixes
        self._resolver = Resolver(self._engine, self._prefixes)

    def make(self, kind: CannedQuery, given: Sequence[Given]) -> Made:
        for parameter in kind.parameters:
            for one in given if parameter.new else ():
                for text in one.texts(parameter):
                    self._learn_address(parameter, text, one)
        if self._quads:
            content = TurtleWriter(self._prefixes).write(self._quads).encode()
            self._use(Dataset((*self._files.files, GraphFile(_MADE, graph_iri(_MADE), content))))
        faults: list[KGError] = []
        for one in given:
            terms, wrong = self._bound(kind, one)
            faults += wrong
            if wrong or not one.whole:
                continue
            try:
                self._add(self._statements(kind, terms), one)
            except (UsageError, SafetyError) as error:
                faults.append(one.fault(error))
        return Made(tuple(self._quads), self._origins, tuple(faults), self._prefixes)

    def _learn_address(self, parameter: Parameter, text: str, given: Given) -> None:
        """Make the thing that an address stands for, unless it is there; a fault is told when it is used."""
        if parameter.new is None or not is_address(text) or text.startswith(BASE):
            return
        kind, option = parameter.new
        if (kind, text) in self._addresses:
            return
        query = canned.find_kind(self._repository, kind)
        terms, wrong = self._bound(query, Given({option: [text]}))
        try:
            quads = [] if wrong else self._statements(query, terms)
        except SafetyError as error:
            wrong = [error]
        if wrong:
            self._addresses[kind, text] = wrong[0]
            return
        thing = _subject(quads)
        self._addresses[kind, text] = thing
        if thing.value not in self._origins and not self._knows(thing):
            self._origins[thing.value] = given
            self._quads += quads

    def _bound(self, kind: CannedQuery, given: Given) -> tuple[dict[str, list[Bindable]], list[KGError]]:
        """Return the terms for each block of a query, and all that is wrong with what is given for them."""
        terms: dict[str, list[Bindable]] = {"lang": [ox.Literal(self._lang)]}
        faults: list[KGError] = []
        for parameter in kind.parameters:
            try:
                texts = self._texts(kind, parameter, given)
            except UsageError as error:
                faults.append(given.fault(error, parameter))
                continue
            for text in texts:
                try:
                    for name, found in parameters.bindings(parameter, text, self._resolve).items():
                        terms.setdefault(name, []).append(found)
                except KGError as error:
                    faults.append(given.fault(error, parameter))
        return terms, faults

    def _statements(self, kind: CannedQuery, terms: Mapping[str, Sequence[Bindable]]) -> Sequence[ox.Quad]:
        """Return what is said of one thing."""
        answer = self._engine.ask(bind(kind.text, terms))
        quads = answer.quads if isinstance(answer, Triples) else ()
        things = {quad.subject for quad in quads}
        if len(things) != 1 or not isinstance(next(iter(things)), ox.NamedNode):
            raise InputError(
                "the query does not make one thing",
                place=Place(kind.path),
                hint="it must CONSTRUCT statements about one thing, whatever is bound",
            )
        return quads

    def _texts(self, kind: CannedQuery, parameter: Parameter, given: Given) -> Sequence[str | None]:
        """Return what stands for a parameter; None where nothing does."""
        by_name = {one.name: one for one in kind.parameters}
        others = [by_name[name] for name in parameter.unless]
        spared = any(given.texts(one) for one in others)
        texts = given.texts(parameter)
        for name in () if spared else parameter.like:
            texts = texts or given.texts(by_name[name])
        if not texts and parameter.default is not None:
            texts = [parameter.default]
        if not texts and given.whole and (parameter.required or (others and not spared)):
            options = " or ".join(f"--{one.option}" for one in (parameter, *others))
            raise UsageError(f"{options} is needed", hint=parameter.help[self._lang])
        return texts or [None]

    def _resolve(self, text: str, parameter: Parameter) -> ox.NamedNode:
        found = self._addresses.get((parameter.new[0], text)) if parameter.new else None
        if isinstance(found, KGError):
            raise found
        return found or self._resolver.resolve(
            text, f"--{parameter.option}", of_class=parameter.of_class, scheme=parameter.scheme
        )

    def _add(self, quads: Sequence[ox.Quad], given: Given) -> None:
        """Take a thing that was made; it is a fault if it is there already, or made twice."""
        thing = _subject(quads)
        name = self._prefixes.shorten(thing.value) or thing.value
        if thing.value in self._origins:
            raise UsageError(
                f"{name} is made by row {self._origins[thing.value].row} already",
                hint="remove one of the two rows, or tell the two apart",
            )
        if self._knows(thing):
            label = Labels(self._engine, self._prefixes, self._lang).of(thing.value)
            raise UsageError(
                f"{name} is there already: {label}", hint=f"msme-kg describe {name} shows what is said of it"
            )
        self._origins[thing.value] = given
        self._quads += quads

    def _knows(self, thing: ox.NamedNode) -> bool:
        return bool(self._engine.select(bind(_KNOWN, {"thing": [thing]})).rows)


def _subject(quads: Sequence[ox.Quad]) -> ox.NamedNode:
    """Return what statements are about: one thing, and no blank node."""
    subject = quads[0].subject
    assert isinstance(subject, ox.NamedNode)  # noqa: S101 (told where they were made)
    return subject

"""New things: what is said of them becomes statements, by the query of their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.entity_input import EntityInput
from msme_kg.entities.labels import Labels
from msme_kg.entities.resolver import Resolver
from msme_kg.errors import InputError, KGError, SafetyError, SourceLocation, UsageError
from msme_kg.namespaces import BASE, PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.parser import is_url
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.sparql import parameters
from msme_kg.sparql.binding import Bindable, bind_values
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.query_catalog import TEMPLATES, QueryCatalog
from msme_kg.sparql.results import GraphResult
from msme_kg.storage.dataset import Dataset, GraphFile

_EXISTS_QUERY = """
SELECT ?in_thing WHERE {
  VALUES ?in_thing { UNDEF }  # param
  ?in_thing ?property ?value .
} LIMIT 1
"""
_NEW_ENTITIES_FILE = "new.ttl"


@dataclass(frozen=True)
class BuiltEntities:
    """New things.

    Attributes:
        quads: what is said of them.
        inputs_by_iri: for each thing what it was made from.
        errors: values that are missing, unknown or malformed, and things that are there already; of these
            nothing was made.
        prefixes: those of the graph.
    """

    quads: tuple[ox.Quad, ...]
    inputs_by_iri: Mapping[str, EntityInput]
    errors: tuple[KGError, ...]
    prefixes: PrefixMap


def build_entities(
    repository: Repository, template: CannedQuery, inputs: Sequence[EntityInput], lang: str
) -> BuiltEntities:
    """Return the statements about new things, about those that an address in them stands for, and faults.

    Args:
        repository: where the graph, in which they are looked up, and the queries of the kinds lie.
        template: the query that makes them.
        inputs: what is said of each; nothing else is.
        lang: the language of hints.

    Raises:
        InputError: the query of a kind is faulty.
    """
    return _EntityBuilder(repository, lang).build(template, inputs)


class _EntityBuilder:
    """Makes new things, once, beside a graph in which it looks up what they name."""

    def __init__(self, repository: Repository, lang: str) -> None:
        self._catalog = QueryCatalog(repository)
        self._lang = lang
        self._dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
        self._load_engine(self._dataset)
        self._entities_by_url: dict[tuple[str, str], ox.NamedNode | KGError] = {}
        self._quads: list[ox.Quad] = []
        self._inputs_by_iri: dict[str, EntityInput] = {}

    def _load_engine(self, files: Dataset) -> None:
        self._engine = LocalEngine(files)
        self._prefixes = self._engine.prefixes
        self._resolver = Resolver(self._engine, self._prefixes)

    def build(self, template: CannedQuery, inputs: Sequence[EntityInput]) -> BuiltEntities:
        for parameter in template.parameters:
            for one in inputs if parameter.creates else ():
                for text in one.get_values(parameter):
                    self._build_entity_for_url(parameter, text, one)
        if self._quads:
            content = CanonicalTurtleWriter(self._prefixes).serialize(self._quads).encode()
            self._load_engine(
                Dataset(
                    (
                        *self._dataset.files,
                        GraphFile(_NEW_ENTITIES_FILE, to_graph_iri(_NEW_ENTITIES_FILE), content),
                    )
                )
            )
        faults: list[KGError] = []
        for one in inputs:
            terms, wrong = self._convert_values(template, one)
            faults += wrong
            if wrong or not one.is_complete:
                continue
            try:
                self._add_entity(self._construct_quads(template, terms), one)
            except (UsageError, SafetyError) as error:
                faults.append(one.locate_error(error))
        return BuiltEntities(tuple(self._quads), self._inputs_by_iri, tuple(faults), self._prefixes)

    def _build_entity_for_url(self, parameter: Parameter, url: str, entity_input: EntityInput) -> None:
        """Make the thing that an address stands for, unless it is there; a fault is told when it is used."""
        if parameter.creates is None or not is_url(url) or url.startswith(BASE):
            return
        kind, option = parameter.creates
        if (kind, url) in self._entities_by_url:
            return
        query = self._catalog.get(TEMPLATES, kind)
        terms, wrong = self._convert_values(query, EntityInput({option: [url]}))
        try:
            quads = [] if wrong else self._construct_quads(query, terms)
        except SafetyError as error:
            wrong = [error]
        if wrong:
            self._entities_by_url[kind, url] = wrong[0]
            return
        thing = _extract_subject(quads)
        self._entities_by_url[kind, url] = thing
        if thing.value not in self._inputs_by_iri and not self._has_entity(thing):
            self._inputs_by_iri[thing.value] = entity_input
            self._quads += quads

    def _convert_values(
        self, template: CannedQuery, entity_input: EntityInput
    ) -> tuple[dict[str, list[Bindable]], list[KGError]]:
        """Return the terms for each block of a query, and all that is wrong with what is given for them."""
        terms: dict[str, list[Bindable]] = {"lang": [ox.Literal(self._lang)]}
        faults: list[KGError] = []
        for parameter in template.parameters:
            try:
                texts = self._collect_values(template, parameter, entity_input)
            except UsageError as error:
                faults.append(entity_input.locate_error(error, parameter))
                continue
            for text in texts:
                try:
                    for name, found in parameters.convert_value(parameter, text, self._resolve).items():
                        terms.setdefault(name, []).append(found)
                except KGError as error:
                    faults.append(entity_input.locate_error(error, parameter))
        return terms, faults

    def _construct_quads(
        self, template: CannedQuery, terms: Mapping[str, Sequence[Bindable]]
    ) -> Sequence[ox.Quad]:
        """Return what is said of one thing."""
        answer = self._engine.query(bind_values(template.text, terms))
        quads = answer.quads if isinstance(answer, GraphResult) else ()
        things = {quad.subject for quad in quads}
        if len(things) != 1 or not isinstance(next(iter(things)), ox.NamedNode):
            raise InputError(
                "the query does not make one thing",
                location=SourceLocation(template.path),
                hint="it must CONSTRUCT statements about one thing, whatever is bound",
            )
        return quads

    def _collect_values(
        self, template: CannedQuery, parameter: Parameter, entity_input: EntityInput
    ) -> Sequence[str | None]:
        """Return what stands for a parameter; None where nothing does."""
        by_name = {one.name: one for one in template.parameters}
        others = [by_name[name] for name in parameter.required_unless]
        spared = any(entity_input.get_values(one) for one in others)
        texts = entity_input.get_values(parameter)
        for name in () if spared else parameter.fallback:
            texts = texts or entity_input.get_values(by_name[name])
        if not texts and parameter.default is not None:
            texts = [parameter.default]
        if not texts and entity_input.is_complete and (parameter.required or (others and not spared)):
            options = " or ".join(f"--{one.option}" for one in (parameter, *others))
            raise UsageError(f"{options} is needed", hint=parameter.help[self._lang])
        return texts or [None]

    def _resolve(self, text: str, parameter: Parameter) -> ox.NamedNode:
        found = self._entities_by_url.get((parameter.creates[0], text)) if parameter.creates else None
        if isinstance(found, KGError):
            raise found
        return found or self._resolver.resolve(
            text, f"--{parameter.option}", of_class=parameter.of_class, scheme=parameter.scheme
        )

    def _add_entity(self, quads: Sequence[ox.Quad], entity_input: EntityInput) -> None:
        """Take a thing that was made; it is a fault if it is there already, or made twice."""
        thing = _extract_subject(quads)
        name = self._prefixes.shorten(thing.value) or thing.value
        if thing.value in self._inputs_by_iri:
            raise UsageError(
                f"{name} is made by row {self._inputs_by_iri[thing.value].row_number} already",
                hint="remove one of the two rows, or tell the two apart",
            )
        if self._has_entity(thing):
            label = Labels(self._engine, self._prefixes, self._lang).get_label(thing.value)
            raise UsageError(
                f"{name} is there already: {label}", hint=f"msme-kg describe {name} shows what is said of it"
            )
        self._inputs_by_iri[thing.value] = entity_input
        self._quads += quads

    def _has_entity(self, entity: ox.NamedNode) -> bool:
        return bool(self._engine.select(bind_values(_EXISTS_QUERY, {"thing": [entity]})).rows)


def _extract_subject(quads: Sequence[ox.Quad]) -> ox.NamedNode:
    """Return what statements are about: one thing, and no blank node."""
    subject = quads[0].subject
    assert isinstance(subject, ox.NamedNode)  # noqa: S101 (told where they were made)
    return subject

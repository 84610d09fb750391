"""Builder of new entities: input values become quads by the template query of a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.attestations import Exemptions
from msme_kg.changes.entity_attestations import add_attestations
from msme_kg.changes.entity_input import EntityInput
from msme_kg.entities.labels import Labels
from msme_kg.entities.resolver import Resolver
from msme_kg.errors import InputError, KGError, SafetyError, SourceLocation, UsageError, to_printable
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
    """New entities.

    Attributes:
        quads: the quads about them.
        inputs_by_iri: the input of each entity.
        errors: missing, unknown or malformed values, and entities that exist already; no quads are built
            for their inputs.
        prefixes: those of the graph.
    """

    quads: tuple[ox.Quad, ...]
    inputs_by_iri: Mapping[str, EntityInput]
    errors: tuple[KGError, ...]
    prefixes: PrefixMap


def build_entities(
    repository: Repository, template: CannedQuery, inputs: Sequence[EntityInput], lang: str
) -> BuiltEntities:
    """Return quads for new entities, and for those that a URL among their values creates.

    Args:
        repository: the graph, in which names are looked up, and the template queries.
        template: the template query of the entities.
        inputs: the input of each entity.
        lang: the language of hints.

    Raises:
        InputError: a template query is malformed.
    """
    return _EntityBuilder(repository, lang).build(template, inputs)


class _EntityBuilder:
    """Builds entities for one list of inputs; names are looked up in the graph and the new entities."""

    def __init__(self, repository: Repository, lang: str) -> None:
        self._catalog = QueryCatalog(repository)
        self._lang = lang
        self._dataset = Dataset.from_repository(repository, repository.list_default_graph_files)
        self._exemptions = Exemptions(self._dataset)
        self._load_engine(self._dataset)
        self._entities_by_url: dict[tuple[str, str], ox.NamedNode | KGError] = {}
        self._quads: list[ox.Quad] = []
        self._inputs_by_iri: dict[str, EntityInput] = {}

    def _load_engine(self, files: Dataset) -> None:
        self._engine = LocalEngine(files)
        self._prefixes = self._engine.prefixes
        self._resolver = Resolver(self._engine, self._prefixes, self._lang)

    def build(self, template: CannedQuery, inputs: Sequence[EntityInput]) -> BuiltEntities:
        """Return the new entities; see ``build_entities``."""
        for parameter in template.parameters:
            for entity_input in inputs if parameter.creates else ():
                for text in entity_input.get_values(parameter):
                    self._build_entity_for_url(parameter, text, entity_input)
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
        errors: list[KGError] = []
        for entity_input in inputs:
            terms, value_errors = self._convert_values(template, entity_input)
            errors += value_errors
            if value_errors or not entity_input.is_complete:
                continue
            try:
                self._add_entity(self._construct_quads(template, terms), entity_input)
            except (UsageError, SafetyError) as error:
                errors.append(entity_input.locate_error(error))
        return BuiltEntities(tuple(self._quads), self._inputs_by_iri, tuple(errors), self._prefixes)

    def _build_entity_for_url(self, parameter: Parameter, url: str, entity_input: EntityInput) -> None:
        """Build the entity of a URL unless it exists; an error is raised where the URL is resolved."""
        if parameter.creates is None or not is_url(url) or url.startswith(BASE):
            return
        kind, option = parameter.creates
        if (kind, url) in self._entities_by_url:
            return
        query = self._catalog.get(TEMPLATES, kind)
        terms, errors = self._convert_values(query, EntityInput({option: [url]}))
        try:
            quads = [] if errors else self._construct_quads(query, terms)
        except SafetyError as error:
            errors = [error]
        if errors:
            self._entities_by_url[kind, url] = errors[0]
            return
        entity = _extract_subject(quads)
        self._entities_by_url[kind, url] = entity
        if entity.value not in self._inputs_by_iri and not self._has_entity(entity):
            self._inputs_by_iri[entity.value] = entity_input
            self._quads += quads

    def _convert_values(
        self, template: CannedQuery, entity_input: EntityInput
    ) -> tuple[dict[str, list[Bindable]], list[KGError]]:
        """Return the terms for each ``VALUES`` block of a template, and the errors of the values."""
        terms: dict[str, list[Bindable]] = {"lang": [ox.Literal(self._lang)]}
        errors: list[KGError] = []
        for parameter in template.parameters:
            try:
                texts = self._collect_values(template, parameter, entity_input)
            except UsageError as error:
                errors.append(entity_input.locate_error(error, parameter))
                continue
            for text in texts:
                try:
                    for name, term in parameters.convert_value(parameter, text, self._resolve).items():
                        terms.setdefault(name, []).append(term)
                except KGError as error:
                    errors.append(entity_input.locate_error(error, parameter))
        return terms, errors

    def _construct_quads(
        self, template: CannedQuery, terms: Mapping[str, Sequence[Bindable]]
    ) -> Sequence[ox.Quad]:
        """Return the quads of one entity and its attestations; those of the entity come first."""
        answer = self._engine.query(bind_values(template.text, terms))
        quads = answer.quads if isinstance(answer, GraphResult) else ()
        subjects = [one for one in {quad.subject for quad in quads} if isinstance(one, ox.NamedNode)]
        if len(subjects) != 1:
            raise InputError(
                "the query does not construct one entity",
                location=SourceLocation(template.path),
                hint="it must CONSTRUCT statements about one entity for any values",
            )
        return add_attestations(subjects[0], quads, self._exemptions)

    def _collect_values(
        self, template: CannedQuery, parameter: Parameter, entity_input: EntityInput
    ) -> Sequence[str | None]:
        """Return the values of a parameter with fallback and default; a single None for none."""
        by_name = {one.name: one for one in template.parameters}
        alternatives = [by_name[name] for name in parameter.required_unless]
        is_spared = any(map(entity_input.get_values, alternatives))
        texts = entity_input.get_values(parameter)
        for name in () if is_spared else parameter.fallback:
            texts = texts or entity_input.get_values(by_name[name])
        if not texts and parameter.default is not None:
            texts = [parameter.default]
        is_required = parameter.required or (alternatives and not is_spared)
        if not texts and entity_input.is_complete and is_required:
            options = " or ".join(one.shown_name for one in (parameter, *alternatives))
            raise UsageError(f"{options} is needed", hint=parameter.help[self._lang])
        return texts or [None]

    def _resolve(self, text: str, parameter: Parameter) -> ox.NamedNode:
        entity = self._entities_by_url.get((parameter.creates[0], text)) if parameter.creates else None
        if isinstance(entity, KGError):
            raise entity
        entity = entity or self._resolver.resolve(text, parameter.shown_name, parameter.entities)
        replacements = self._resolver.find_replacements([entity.value]).get(entity.value)
        if replacements is not None:
            names = [self._prefixes.shorten(iri) or iri for iri in replacements]
            hint = f"it is replaced by {' and '.join(names)}" if names else "nothing replaces it"
            raise UsageError(f"{to_printable(text)!r} in {parameter.shown_name} is deprecated", hint=hint)
        return entity

    def _add_entity(self, quads: Sequence[ox.Quad], entity_input: EntityInput) -> None:
        """Add a new entity.

        Raises:
            UsageError: it exists already, or another input has the same IRI.
        """
        entity = _extract_subject(quads)
        name = self._prefixes.shorten(entity.value) or entity.value
        if entity.value in self._inputs_by_iri:
            raise UsageError(
                f"row {self._inputs_by_iri[entity.value].row_number} creates {name} already",
                hint="remove one of the two rows, or change one so that its IRI differs",
            )
        if self._has_entity(entity):
            label = Labels(self._engine, self._prefixes, self._lang).get_label(entity.value)
            raise UsageError(f"{name} exists already: {label}", hint=f"msme-kg describe {name} shows it")
        self._inputs_by_iri[entity.value] = entity_input
        self._quads += quads

    def _has_entity(self, entity: ox.NamedNode) -> bool:
        return bool(self._engine.select(bind_values(_EXISTS_QUERY, {"thing": [entity]})).rows)


def _extract_subject(quads: Sequence[ox.Quad]) -> ox.NamedNode:
    """Return the subject of quads about an entity, which come before those of its attestations."""
    subject = quads[0].subject
    assert isinstance(subject, ox.NamedNode)  # noqa: S101 (checked in _construct_quads)
    return subject

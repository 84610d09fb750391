"""Contents of pages made from the parts of a site: entities, the home page, forms of services."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from msme_kg.namespaces import BASE
from msme_kg.publish.site import entity_pages, home_page, ontology_pages
from msme_kg.publish.site.entity_pages import EntityFiles
from msme_kg.publish.site.page_builder import PageFiles
from msme_kg.publish.site.page_context import PageContext
from msme_kg.publish.site.query_form import FormField, build_form_fields
from msme_kg.publish.site.query_pages import QueryPageData
from msme_kg.publish.site.site_parts import ONTOLOGY, SiteParts
from msme_kg.rendering.review_summary import ReviewSummary
from msme_kg.sparql.canned import CannedQuery, EntitySet


def choose_entity_template(parts: SiteParts, iri: str) -> str:
    """Return the name of the template for the page of an entity."""
    return "ontology" if ONTOLOGY in parts.graph_index.list_types(iri) else "thing"


def fill_entity(
    parts: SiteParts, iri: str, entity_files: EntityFiles, view: PageContext
) -> dict[str, object]:
    """Return the template context of the page of an entity.

    Args:
        parts: the parts of the site.
        iri: the entity.
        entity_files: its triples.
        view: the page.
    """
    context = entity_pages.build_entity_context(
        view,
        iri,
        parts.facts,
        parts.dataset_info,
        parts.headings[view.lang],
        entity_files.embedded,
        parts.answers.find(iri).compose_parts(iri, view.lang, view.site.day),
        parts.citations.find(iri).get(iri, ()),
    )
    if choose_entity_template(parts, iri) == "ontology":
        context |= ontology_pages.build_ontology_context(view, iri)
    return context


def fill_home(parts: SiteParts, view: PageContext) -> dict[str, object]:
    """Return the template context of the home page: the state on its day, else when the record ends."""
    return home_page.build_home_context(
        view,
        parts.dataset_info,
        parts.facts.subject,
        parts.answers.find(parts.facts.subject).compose_parts(
            parts.facts.subject, view.lang, view.site.day, is_brief=True
        ),
        partial(parts.queries.list_rows, view.lang),
        view.site.as_of or parts.statistics.record_ends,
        parts.browse_lists,
        parts.headings[view.lang],
        parts.queries.canned.values(),
        lambda name: not view.site.as_of and parts.queries.has_chart(name),
    )


def _build_api_forms(parts: SiteParts, lang: str) -> list[tuple[CannedQuery, list[FormField]]]:
    """Return the canned queries with the fields of their forms, without the names that long ones suggest."""

    def list_names(entities: EntitySet, lang: str) -> list[str]:
        return parts.input.list_names(entities, lang) if entities.is_closed else []

    return [
        (query, build_form_fields(QueryPageData(query, {}, False, {}, {}), lang, list_names))
        for query in parts.queries.canned.values()
    ]


def build_service_page(
    parts: SiteParts, name: str, fields: Mapping[str, str] | None = None, summary: ReviewSummary | None = None
) -> PageFiles:
    """Return the page with the form of a service.

    Args:
        parts: the parts of the site.
        name: the service.
        fields: the texts that were sent, by field.
        summary: the summary of a review of what was sent; None if nothing was.
    """

    def fill(view: PageContext) -> dict[str, object]:
        return view.build_template_context(
            view.messages[f"service-{name}"],
            [(view.messages["home"], "")],
            queries=parts.queries.canned.values(),
            prefixes=parts.config.prefixes,
            base=BASE,
            summary=summary,
            fields=fields or {},
            forms=_build_api_forms(parts, view.lang) if name == "api" else (),
        )

    return parts.pages.build(name, name, fill)

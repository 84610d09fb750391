"""Generated tables in the READMEs of data and ontology, between two marker comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.namespaces import LANGUAGES, OWL, RDF, PrefixMap
from msme_kg.rdf.characters import escape_controls
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.markdown_text import escape_markdown, write_markdown_table
from msme_kg.sparql.results import QueryEngine
from msme_kg.storage.dataset import Dataset

BEGIN_MARKER = "<!-- made by msme-kg fmt: begin -->"
END_MARKER = "<!-- made by msme-kg fmt: end -->"

_LICENCE_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
SELECT ?licence WHERE { ?dataset a dcat:Dataset ; dcterms:license ?licence } ORDER BY STR(?licence)
"""
_CITED_SOURCES_QUERY = """
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?graph (COUNT(DISTINCT ?whole) AS ?sources) WHERE {
  GRAPH ?graph { ?thing dcterms:source ?cited }
  OPTIONAL { ?cited dcterms:isPartOf ?parent }
  BIND(IF(BOUND(?parent), ?parent, ?cited) AS ?whole)
} GROUP BY ?graph ORDER BY STR(?graph)
"""
_ONTOLOGY_TERMS_QUERY = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?term ?type ?definition ?parent WHERE {
  VALUES ?type { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }
  ?term a ?type ; rdfs:isDefinedBy ?ontology ; skos:definition ?definition .
  FILTER(langMatches(LANG(?definition), "en"))
  FILTER NOT EXISTS { ?term owl:deprecated true }
  OPTIONAL { ?term rdfs:subClassOf|rdfs:subPropertyOf ?parent }
} ORDER BY STR(?term) STR(?parent)
"""


def refresh_readmes(
    readmes: Mapping[str, str], default_graph: Dataset, shapes: Dataset, queries: Sequence[CannedQuery]
) -> dict[str, str]:
    """Return READMEs with regenerated tables.

    Args:
        readmes: the current texts by path.
        default_graph: ontology, vocabularies and data.
        shapes: the shapes.
        queries: the canned queries.
    """
    if not readmes:
        return {}
    engine = LocalEngine(default_graph)
    tables = {
        "data/README.md": _render_data_tables(
            default_graph, engine, Labels(engine, engine.prefixes, LANGUAGES[0]), queries
        ),
        "ontology/README.md": _render_ontology_tables(
            Dataset((*default_graph.files, *shapes.files)), engine, engine.prefixes
        ),
    }
    return {path: _replace_generated_part(text, tables[path]) for path, text in readmes.items()}


def _replace_generated_part(readme: str, tables: str) -> str:
    """Return a README with the text between the markers replaced; unchanged if it has none."""
    if BEGIN_MARKER not in readme or END_MARKER not in readme:
        return readme
    before, _, rest = readme.partition(BEGIN_MARKER)
    return f"{before}{BEGIN_MARKER}\n\n{tables}\n{END_MARKER}{rest.partition(END_MARKER)[2]}"


def _render_data_tables(
    dataset: Dataset, engine: QueryEngine, labels: Labels, queries: Sequence[CannedQuery]
) -> str:
    """Render the table of data files and the table of canned queries.

    Args:
        dataset: ontology, vocabularies and data.
        engine: a query engine over the same files.
        labels: the labels of classes.
        queries: the canned queries.
    """
    cited = {
        graph.value: count.value
        for graph, count in engine.select(_CITED_SOURCES_QUERY).rows
        if graph is not None and count is not None
    }
    rows = []
    for file in dataset.files:
        if not file.path.startswith("data/"):
            continue
        quads = list(file.parse_quads())
        deprecated = {
            quad.subject
            for quad in quads
            if quad.predicate.value == f"{OWL}deprecated" and quad.object == ox.Literal(True)
        }
        class_counts = Counter(
            quad.object.value
            for quad in quads
            if quad.predicate.value == f"{RDF}type"
            and isinstance(quad.object, ox.NamedNode)
            and quad.subject not in deprecated
        )
        entities = ", ".join(
            f"{count} {labels.get_label(cls)}" for cls, count in sorted(class_counts.items())
        )
        rows.append((_format_code(file.path), _escape(entities), str(len(quads)), cited.get(file.graph, "0")))
    licence = next((row[0].value for row in engine.select(_LICENCE_QUERY).rows if row[0] is not None), "")
    questions = [
        (_escape(query.description["en"]), _format_code(f"msme-kg query {query.name}"))
        for query in sorted(queries, key=lambda one: one.name)
    ]
    return (
        f"Licence of the data: <{licence}>.\n\n"
        + write_markdown_table(("file", "entities by class", "statements", "sources cited"), rows)
        + "\n## Questions it answers\n\n"
        + write_markdown_table(("question", "query"), questions)
    )


def _render_ontology_tables(dataset: Dataset, engine: QueryEngine, prefixes: PrefixMap) -> str:
    """Render the tables of classes, properties, vocabularies and shapes.

    Args:
        dataset: ontology, vocabularies, data and shapes.
        engine: a query engine over ontology, vocabularies and data.
        prefixes: the prefixes of CURIEs.
    """
    rows: dict[str, dict[str, tuple[str, list[str]]]] = {"class": {}, "property": {}}
    for term, kind, definition, parent in engine.select(_ONTOLOGY_TERMS_QUERY).rows:
        if term is None or kind is None or definition is None:
            continue
        group = "class" if kind.value.endswith("#Class") else "property"
        _, parents = rows[group].setdefault(term.value, (_escape(definition.value), []))
        if parent is not None:
            parents.append(_format_curie(prefixes, parent.value))
    schemes = [
        (
            _format_code(file.path),
            str(sum(quad.predicate.value.endswith("#inScheme") for quad in file.parse_quads())),
        )
        for file in dataset.files
        if file.path.startswith("ontology/vocab/")
    ]
    shapes = [
        (
            _format_code(file.path),
            str(len({quad.subject for quad in file.parse_quads() if isinstance(quad.subject, ox.NamedNode)})),
        )
        for file in dataset.files
        if file.path.startswith("ontology/shapes/")
    ]
    parts = [
        f"## {title}\n\n"
        + write_markdown_table(
            (group, "specialises", "is"),
            [
                (_format_curie(prefixes, iri), " ".join(parents), definition)
                for iri, (definition, parents) in rows[group].items()
            ],
        )
        for title, group in (("Classes", "class"), ("Properties", "property"))
    ]
    parts.append("## Vocabularies\n\n" + write_markdown_table(("file", "concepts"), schemes))
    parts.append("## Shapes\n\n" + write_markdown_table(("file", "shapes"), shapes))
    return "\n".join(parts)


def _format_curie(prefixes: PrefixMap, iri: str) -> str:
    return _format_code(prefixes.shorten(iri) or iri)


def _format_code(text: str) -> str:
    """Return text as a code span (CommonMark §6.1), in a cell."""
    return f"`{escape_controls(text).replace('`', ' ').replace('|', ' ')}`"


def _escape(text: str) -> str:
    return escape_markdown(text, running_text=True).replace("|", "\\|")

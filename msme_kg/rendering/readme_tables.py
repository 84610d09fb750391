"""The tables in the READMEs of data and ontology, made from the graph between two marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from msme_kg.entities.labels import Labels
from msme_kg.namespaces import LANGUAGES, Prefixes
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.sparql.results import Engine
from msme_kg.storage.dataset import Dataset

BEGIN = "<!-- made by msme-kg fmt: begin -->"
END = "<!-- made by msme-kg fmt: end -->"

_LICENCE = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
SELECT ?licence WHERE { ?dataset a dcat:Dataset ; dcterms:license ?licence } ORDER BY STR(?licence)
"""
_CITED = """
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?graph (COUNT(DISTINCT ?whole) AS ?sources) WHERE {
  GRAPH ?graph { ?thing dcterms:source ?cited }
  OPTIONAL { ?cited dcterms:isPartOf ?parent }
  BIND(IF(BOUND(?parent), ?parent, ?cited) AS ?whole)
} GROUP BY ?graph ORDER BY STR(?graph)
"""
_TERMS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?term ?type ?definition ?parent WHERE {
  VALUES ?type { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }
  ?term a ?type ; rdfs:isDefinedBy ?ontology ; skos:definition ?definition .
  FILTER(langMatches(LANG(?definition), "en"))
  OPTIONAL { ?term rdfs:subClassOf|rdfs:subPropertyOf ?parent }
} ORDER BY STR(?term) STR(?parent)
"""


def renewed_readmes(
    readmes: Mapping[str, str], asked: Dataset, shapes: Dataset, queries: Sequence[CannedQuery]
) -> dict[str, str]:
    """Return READMEs with their tables as the graph makes them.

    Args:
        readmes: the texts by path.
        asked: ontology, vocabularies and data.
        shapes: the shapes.
        queries: the canned queries.
    """
    if not readmes:
        return {}
    engine = LocalEngine(asked)
    made = {
        "data/README.md": _data_tables(asked, engine, Labels(engine, engine.prefixes, LANGUAGES[0]), queries),
        "ontology/README.md": _ontology_tables(
            Dataset((*asked.files, *shapes.files)), engine, engine.prefixes
        ),
    }
    return {path: _renewed(text, made[path]) for path, text in readmes.items()}


def _renewed(readme: str, tables: str) -> str:
    """Return a README with its made part replaced; unchanged if it has no marks."""
    if BEGIN not in readme or END not in readme:
        return readme
    before, _, rest = readme.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{tables}\n{END}{rest.partition(END)[2]}"


def _data_tables(dataset: Dataset, engine: Engine, labels: Labels, queries: Sequence[CannedQuery]) -> str:
    """Return the files of data with what is in them, and the questions with the query that answers each.

    Args:
        dataset: ontology, vocabularies and data.
        engine: the same, for asking.
        labels: the words for classes.
        queries: the canned queries.
    """
    cited = {
        graph.value: count.value
        for graph, count in engine.select(_CITED).rows
        if graph is not None and count is not None
    }
    rows = []
    for file in dataset.files:
        if not file.path.startswith("data/"):
            continue
        quads = list(file.quads())
        kinds = Counter(
            quad.object.value
            for quad in quads
            if quad.predicate.value.endswith("#type") and isinstance(quad.object, ox.NamedNode)
        )
        things = ", ".join(f"{count} {labels.of(kind)}" for kind, count in sorted(kinds.items()))
        rows.append((f"`{file.path}`", things, str(len(quads)), cited.get(file.graph, "0")))
    licence = next((row[0].value for row in engine.select(_LICENCE).rows if row[0] is not None), "")
    questions = [
        (query.description["en"], f"`msme-kg query {query.name}`")
        for query in sorted(queries, key=lambda one: one.name)
    ]
    return (
        f"Licence of the data: <{licence}>.\n\n"
        + _table(("file", "things by class", "statements", "sources cited"), rows)
        + "\n## Questions it answers\n\n"
        + _table(("question", "query"), questions)
    )


def _ontology_tables(dataset: Dataset, engine: Engine, prefixes: Prefixes) -> str:
    """Return classes, properties, vocabularies and shapes as tables.

    Args:
        dataset: ontology, vocabularies, data and shapes.
        engine: ontology, vocabularies and data, for asking.
        prefixes: for names.
    """
    rows: dict[str, dict[str, tuple[str, list[str]]]] = {"class": {}, "property": {}}
    for term, kind, definition, parent in engine.select(_TERMS).rows:
        if term is None or kind is None or definition is None:
            continue
        group = "class" if kind.value.endswith("#Class") else "property"
        _, parents = rows[group].setdefault(term.value, (definition.value, []))
        if parent is not None:
            parents.append(_name(prefixes, parent.value))
    schemes = [
        (f"`{file.path}`", str(sum(quad.predicate.value.endswith("#inScheme") for quad in file.quads())))
        for file in dataset.files
        if file.path.startswith("ontology/vocab/")
    ]
    shapes = [
        (
            f"`{file.path}`",
            str(len({quad.subject for quad in file.quads() if isinstance(quad.subject, ox.NamedNode)})),
        )
        for file in dataset.files
        if file.path.startswith("ontology/shapes/")
    ]
    parts = [
        f"## {title}\n\n"
        + _table(
            (group, "specialises", "is"),
            [
                (_name(prefixes, iri), " ".join(parents), words)
                for iri, (words, parents) in rows[group].items()
            ],
        )
        for title, group in (("Classes", "class"), ("Properties", "property"))
    ]
    parts.append("## Vocabularies\n\n" + _table(("file", "concepts"), schemes))
    parts.append("## Shapes\n\n" + _table(("file", "shapes"), shapes))
    return "\n".join(parts)


def _name(prefixes: Prefixes, iri: str) -> str:
    return f"`{prefixes.shorten(iri) or iri}`"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = (" | ".join(cell.replace("|", "\\|") for cell in line) for line in lines)
    return "".join(f"| {line} |\n" for line in cells)

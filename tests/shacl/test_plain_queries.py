"""A query that is read without rdflib has the groups that rdflib reads; others are left to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from random_graphs import EX, QUERIES
from rdflib.plugins.sparql import prepareQuery

from msme_kg.namespaces import SHACL
from msme_kg.shacl.plain_queries import read_plain_query
from msme_kg.shacl.query_algebra import read_algebra
from msme_kg.shacl.query_groups import QueryGroup
from msme_kg.sparql.query_lexer import read_prefixes

PREFIXES = {"ex": EX, "": f"{EX}empty/"}
PLAIN = [
    *(query.format(p=f"{EX}p", q=f"{EX}q") for query in QUERIES[:10]),
    "SELECT ?value $this { $this a ex:C ; ex:p :a, true, 0 ; ex:q.r ?value }",
    "select reduced $this where { ?v :p $this . optional { $this ex:p ?b } filter(bound(?b)) filter(1 < 2) }",
    "SELECT $this { $this ex:p ?b FILTER regex(STR(?b), '^\\\\d+$', \"i\") }",
    "SELECT $this { $this ex:p ?b FILTER(?b NOT IN (ex:a, 1.5, 'x'@en)) }",
    "SELECT $this { OPTIONAL { $this ex:p ?b OPTIONAL { ?b ex:p ?c FILTER(?c<?b||!isIRI(?c)) } } }",
    "SELECT $this { $this ex:p ?b FILTER EXISTS { ?b ex:q ?c FILTER NOT EXISTS { ?c ex:q $this } } }",
]
OTHERS = [
    *(query.format(p=f"{EX}p", q=f"{EX}q") for query in QUERIES[10:]),
    "SELECT * { $this ex:p ?b }",
    "SELECT ?b { $this ex:p ?b }",
    "SELECT $this FROM ex:g { $this ex:p ?b }",
    "SELECT $this { $this ex:p ?b } ORDER BY ?b",
    "ASK { $this ex:p ?b }",
    "SELECT $this { $this ex:p ?b # what follows } is a remark\n}",
    "SELECT $this { $this ex:p 'a' }",
    "SELECT $this { $this ex:p 01 }",
    "SELECT $this { $this ex:p ex:a\\,b }",
    "SELECT $this { $this ex:p <http://example.org/\\u0061> }",
    "SELECT $this { $this ex:p [ ex:q ?b ] }",
    "SELECT $this { $this ex:p _:b }",
    "SELECT $this { $this ex:p+ ?b }",
    "SELECT $this { $this ex:p? ?b }",
    "SELECT $this { $this ^ex:p ?b }",
    "SELECT $this { $this !ex:p ?b }",
    "SELECT $this { $this ex:p ?b { ?b ex:p ?c } }",
    "SELECT $this { $this ex:p ?b MINUS { ?b ex:p ?c } }",
    "SELECT $this { VALUES ?b { 1 } $this ex:p ?b }",
    "SELECT $this { $this ex:p ?b BIND(?b AS ?c) }",
    "SELECT $this { GRAPH ex:g { $this ex:p ?b } }",
    "SELECT $this { OPTIONAL { $this ex:p ?b } ?b ex:p ?c }",
    "SELECT $this { $this ex:p ?b FILTER(ex:f(?b)) }",
    "SELECT $this { $this ex:p ?b FILTER(<http://example.org/f>(?b)) }",
    "SELECT $this { $this ex:p ?b FILTER(?b = 'a'^^ex:own) }",
    "SELECT $this { $this ex:p ?b FILTER(!EXISTS { ?b ex:p ?c }) }",
    "SELECT $this { $this ex:p ?b FILTER(?b = RAND()) }",
]  # fmt: skip


def describe(group: QueryGroup) -> tuple[object, ...]:
    """Return a group for comparison: rdflib sorts the triple patterns."""
    return (
        sorted(map(str, group.triples)),
        group.tested_names,
        [describe(inner) for inner in group.optional],
        [describe(inner) for inner in group.existence],
    )


def read_by_rdflib(text: str, prefixes: Iterable[tuple[str, str]]) -> QueryGroup:
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes)
    return read_algebra(prepareQuery(head + text).algebra)


@pytest.mark.parametrize("text", PLAIN)
def test_groups_of_plain_queries_are_those_of_rdflib(text: str) -> None:
    group = read_plain_query(text, PREFIXES)
    assert group is not None
    assert describe(group) == describe(read_by_rdflib(text, PREFIXES.items()))


@pytest.mark.parametrize("text", OTHERS)
def test_other_queries_are_left_to_rdflib(text: str) -> None:
    assert read_plain_query(text, PREFIXES) is None


def test_the_queries_of_the_shipped_shapes_are_plain(root: Path) -> None:
    main = (root / "ontology" / "msme.ttl").read_bytes()
    prefixes = read_prefixes(main.decode().replace("@prefix", "PREFIX"))
    texts = [
        quad.object.value
        for path in sorted((root / "ontology" / "shapes").glob("*.ttl"))
        for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE)
        if quad.predicate.value == f"{SHACL}select"
    ]
    assert len(texts) == 3
    for text in texts:
        group = read_plain_query(text, prefixes)
        assert group is not None
        assert describe(group) == describe(read_by_rdflib(text, prefixes.items()))

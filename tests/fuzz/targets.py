"""Fuzz targets: the strategy for the inputs of each, and the property that must hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from random import Random
from typing import Any
from unicodedata import category

import pyoxigraph as ox
from hypothesis import strategies as st

import msme_kg
from fuzz import seeds
from fuzz.command_lines import calls
from fuzz.mutations import changed, rewired
from fuzz.queries import QueryGenerator, compare_readings
from fuzz.sandbox import check_call
from msme_kg.api import KnowledgeGraph
from msme_kg.errors import SourceLocation
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.parser import BOM, parse
from msme_kg.rdf.terms import split_quad
from msme_kg.rdf.turtle_source import parse_located
from msme_kg.rendering.validation_report import FORMATS, ReportRenderer
from msme_kg.shacl.report import SEVERITIES, Finding, ValidationReport
from msme_kg.sparql.canned import CannedQuery
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap, locate_shape
from msme_kg.storage.subject_index import SubjectIndex
from msme_kg.validation.graph_validation import validate_files_with_lint

BASE = "http://example.org/base"
COMMANDING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories of characters that control a terminal."""

QUERIES_PER_SEED = 500
"""Queries and updates generated for one input of the target ``guards``."""

SOME = 40
"""Statements of an input that are looked up."""


@dataclass(frozen=True)
class Target:
    """A fuzz target.

    Attributes:
        inputs: returns the strategy for its inputs.
        holds: raises an exception if the property does not hold; a `KGError` is right.
        shrinks: whether to look for a smaller input that fails, where that takes no long time.
    """

    inputs: Callable[[], st.SearchStrategy[Any]]
    holds: Callable[[Any], None]
    shrinks: bool = True


def _turtle(content: bytes) -> None:
    """Check that each parsed statement is located on a line of the file, by both parsers."""
    file = GraphFile("a.ttl", "urn:graph", content, BASE)
    quads = list(file.parse_quads())
    positions = SourceMap(Dataset((file,)))
    lines = content.count(b"\n") + 1
    for quad in quads[:SOME]:
        subject, predicate, value = split_quad(quad)
        place = positions.locate_triple(subject, predicate.value, value)
        assert place is not None, f"no place for {quad}"
        assert 0 < place.line <= lines
        valued = positions.locate_object(value, predicate.value)
        assert valued is not None
        assert 0 < valued.line <= lines
        assert locate_shape(positions, quads, subject) is not None
    assert all(0 < line <= lines for line in positions.find_bnode_lines("a.ttl"))
    content = content.removeprefix(BOM)
    blocks = SubjectIndex.from_file(GraphFile("fuzzed.ttl", "urn:fuzzed", content), allows_anonymous=True)
    if blocks is not None:
        whole = parse_located(content, BASE)
        for iri in {one.subject.value for one in whole if isinstance(one.subject, ox.NamedNode)}:
            mine = [
                one for one in whole if isinstance(one.subject, ox.NamedNode) and one.subject.value == iri
            ]
            assert blocks.find_triples_of(iri) == mine, iri


def _other(given: tuple[str, bytes]) -> None:
    """Check that bytes in another format are parsed or refused."""
    ending, content = given
    for quad in parse(content, f"a.{ending}", BASE):
        assert quad.predicate.value


def _shapes(given: tuple[bytes, bytes]) -> None:
    """Check that any shapes validate any data, and that each report can be rendered."""
    files = [
        GraphFile(f"{name}.ttl", f"urn:{name}", content, BASE)
        for name, content in zip("sd", given, strict=True)
    ]
    report = validate_files_with_lint(files[:1], [files[1], files[0]])[0]
    for form in FORMATS:
        ReportRenderer("zh-Hant", "1", PrefixMap({}), show_details=True).render(report, form)


@cache
def _graph() -> KnowledgeGraph:
    return msme_kg.open(seeds.ROOT)


def _options() -> st.SearchStrategy[Any]:
    repository = _graph().repository
    queries = QueryCatalog(repository).get_all(CANNED)
    kinds = {
        "date": st.dates().map(str) | st.sampled_from(["today", "2023-02-30", "0000-01-01", "99999-01-01"]),
        "year": st.integers(-1, 10_000).map(str),
        "integer": st.integers().map(str) | st.floats().map(str),
        "lang": st.sampled_from(["en", "zh-Hant", "zh", "*"]),
    }
    odd = st.text(max_size=40) | st.sampled_from(
        ['" } #', "<urn:a>", "member/us", "UNDEF", "} UNION {", "\\u0022", "\ud800", "\0", "a" * 2000, "中文"]
    )

    def given(query: CannedQuery) -> st.SearchStrategy[Any]:
        values = {
            parameter.name: st.none()
            | kinds.get(parameter.type, odd)
            | odd
            | st.sampled_from([*parameter.choices, parameter.default or "us"])
            for parameter in query.parameters
        }
        return st.tuples(st.just(query.name), st.fixed_dictionaries({}, optional=values))

    return st.sampled_from(queries).flatmap(given)


def _query(given: tuple[str, dict[str, str | None]]) -> None:
    """Check that a result has the columns of the query for any values of the options."""
    name, options = given
    graph = _graph()
    query = QueryCatalog(graph.repository).get(CANNED, name)
    table = graph.run_query(query, options)
    assert all(len(row) == len(table.columns) for row in islice(table, SOME))


def _findings() -> st.SearchStrategy[Any]:
    odd = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
        [
            "::error::x",
            "%0A",
            "a\nb",
            "\x1b[31m",
            "\u202e",
            "\x85",
            "{0}",
            "[a](1)",
            "<a b>",
            "^ex:p/ex:q",
            "\0",
        ]
    )
    names = st.text(st.characters(), max_size=12).map(lambda text: text or "a")
    iris = st.sampled_from(["http://example.org/a", "urn:b", "http://example.org/甲?q#f", "x:y%20z"])
    terms = iris.map(ox.NamedNode) | odd.map(ox.Literal) | st.builds(ox.BlankNode)
    messages = st.fixed_dictionaries({"en": odd, "zh-Hant": odd})
    places = st.none() | st.builds(SourceLocation, names, st.integers(0, 9), st.integers(0, 9))
    common = {
        "severity": st.sampled_from(SEVERITIES),
        "message": messages,
        "shape": iris | odd,
        "focus_node": st.none() | terms,
        "path": odd | iris,
        "value": st.none() | terms,
        "constraint_component": odd | iris,
        "location": places,
        "rule_message": st.just({}) | messages,
    }
    inner = st.lists(st.builds(Finding, **common), max_size=2).map(tuple)
    return st.lists(st.builds(Finding, **common, details=inner), max_size=4)


def _rendered(findings: list[Finding]) -> None:
    """Check that each format of a report is valid, and that text controls no terminal."""
    report = ValidationReport.from_findings(findings)
    for lang in ("en", "zh-Hant"):
        for full in (False, True):
            renderer = ReportRenderer(lang, "1", PrefixMap({"ex": "http://example.org/"}), show_details=full)
            text = renderer.render(report, "text")
            lines = text.split("\n")
            assert full or len(lines) == len(report.findings) + 2
            github = renderer.render(report, "github")
            assert github.count("\n") == len(report.findings)
            for shown in (text, github):
                assert {category(char) for char in shown if char != "\n"}.isdisjoint(COMMANDING)
            assert len(json.loads(renderer.render(report, "json").encode())["findings"]) == len(
                report.findings
            )
            (log,) = json.loads(renderer.render(report, "sarif").encode())["runs"]
            assert len({one["partialFingerprints"]["finding/v1"] for one in log["results"]}) == len(
                report.findings
            )
            list(ox.parse(renderer.render(report, "turtle").encode(), format=ox.RdfFormat.TURTLE))


def _guards(seed: int) -> None:
    """Check for many generated queries and updates that guard and engine read the same keywords."""
    generator = QueryGenerator(Random(seed))  # noqa: S311 (not for secrets)
    for _ in range(QUERIES_PER_SEED):
        compare_readings(*generator.generate())


TARGETS = {
    "guards": Target(lambda: st.integers(0, 2**63), _guards),
    "turtle": Target(lambda: changed(seeds.turtle()), _turtle),
    "query": Target(_options, _query),
    "shapes": Target(
        lambda: st.tuples(
            changed(seeds.shapes(), 2) | rewired(seeds.shapes()) | rewired(seeds.shapes()),
            st.sampled_from(seeds.data()) | rewired(seeds.data()),
        ),
        _shapes,
    ),
    "formats": Target(
        lambda: st.sampled_from(["jsonld", "rdf"]).flatmap(
            lambda ending: st.tuples(st.just(ending), changed(seeds.other(ending)))
        ),
        _other,
    ),
    "findings": Target(_findings, _rendered),
    "cli": Target(calls, check_call, shrinks=False),
}

"""New entities have the given values and nothing else, and entities of every kind conform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.api import KnowledgeGraph
from msme_kg.changes import entity_builder
from msme_kg.changes.entity_builder import BuiltEntities
from msme_kg.changes.entity_input import EntityInput
from msme_kg.namespaces import BASE
from msme_kg.rdf.ntriples import format_term, is_shorthand
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import TEMPLATES, QueryCatalog
from msme_kg.sparql.results import GraphResult

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = Repository.find(ROOT)
KINDS = ["award", "claim", "document", "event", "initiative", "membership", "observation", "organization"]
KINDS += ["person", "source", "status", "tenure"]
URL = "https://www.wto.org/english/news_e/news25_e/made_up_e.htm"
TITLES = {"title": "A made-up title", "title_zh": "虛構之標題"}


def make(
    kind: str, *things: Mapping[str, str | Sequence[str]], repository: Repository = REPOSITORY
) -> BuiltEntities:
    """Make things that rows of a table might say."""
    rows = [
        EntityInput({key: [one] if isinstance(one, str) else one for key, one in thing.items()}, None, number)
        for number, thing in enumerate(things, 2)
    ]
    return entity_builder.build_entities(
        repository, QueryCatalog(repository).get(TEMPLATES, kind), rows, "en"
    )


def said(kg: KnowledgeGraph, quads: Iterable[ox.Quad], subject: str) -> set[str]:
    """Return the statements about a thing as ``predicate object``, in short."""

    def is_bare(literal: ox.Literal) -> bool:
        return is_shorthand(literal.value, literal.datatype.value)

    def text_of(*terms: Any) -> str:
        return " ".join(format_term(term, kg.prefixes.shorten, is_bare) for term in terms)

    return {
        text_of(quad.predicate, quad.object) for quad in quads if quad.subject == ox.NamedNode(BASE + subject)
    }


def test_list_of_kinds() -> None:
    assert list(QueryCatalog(REPOSITORY).list(TEMPLATES)) == KINDS


def test_kinds_of_documents_are_the_classes_of_the_ontology(kg: KnowledgeGraph) -> None:
    answer = kg.sparql("SELECT DISTINCT ?class WHERE { ?class rdfs:subClassOf* msme:Document }")
    classes = {row[0].value.split("#")[1] for row in answer.rows}  # type: ignore[union-attr]
    (kind,) = (
        one for one in QueryCatalog(REPOSITORY).get(TEMPLATES, "document").parameters if one.name == "kind"
    )
    assert {one.replace("-", "") for one in kind.choices} == {one.lower() for one in classes}


@pytest.mark.parametrize(
    ("kind", "option", "scheme"),
    [
        ("membership", "evidence", "evidence-level"),
        ("document", "status", "document-status"),
        ("event", "status", "event-status"),
    ],
)
def test_choices_are_the_concepts_of_a_scheme(
    kind: str, option: str, scheme: str, kg: KnowledgeGraph
) -> None:
    answer = kg.sparql(
        f"SELECT ?notation WHERE {{ ?one skos:inScheme <{BASE}vocab/{scheme}> ; skos:notation ?notation }}"
    )
    notations = {row[0].value for row in answer.rows}  # type: ignore[union-attr]
    (found,) = (one for one in QueryCatalog(REPOSITORY).get(TEMPLATES, kind).parameters if one.name == option)
    assert set(found.choices) == notations


@pytest.mark.parametrize("kind", KINDS)
def test_template_runs_as_pasted(kind: str, kg: KnowledgeGraph) -> None:
    answer = kg.sparql(QueryCatalog(REPOSITORY).get(TEMPLATES, kind).text)
    assert isinstance(answer, GraphResult)
    assert len({quad.subject for quad in answer.quads if isinstance(quad.subject, ox.NamedNode)}) == 1


@pytest.mark.parametrize("kind", ["award", "membership", "observation", "status", "tenure"])
def test_composed_labels_are_those_of_the_graph(kind: str, kg: KnowledgeGraph) -> None:
    made = kg.sparql(QueryCatalog(REPOSITORY).get(TEMPLATES, kind).text)
    labels = [quad for quad in made.quads if quad.predicate.value.endswith("#label")]  # type: ignore[union-attr]
    known = kg.sparql(f"SELECT ?label WHERE {{ {labels[0].subject} rdfs:label ?label }}")
    assert {(quad.object,) for quad in labels} == set(known.rows)  # type: ignore[union-attr]


def test_membership_has_the_given_values_and_composed_labels(kg: KnowledgeGraph) -> None:
    made = make("membership", {"member": "IN", "since": "2025-03", "source": [URL, "brief"]})
    source = "source/wto-org-english-news-e-news25-e-made-up-e-htm"
    assert made.errors == ()
    assert set(made.inputs_by_iri) == {f"{BASE}membership/in", BASE + source}
    assert said(kg, made.quads, "membership/in") == {
        "msme:recordSourced org:member",
        "msme:recordSourced org:organization",
        "msme:recordSourced msme:notBefore",
        "msme:recordSourced msme:notAfter",
        "msme:recordSourced msme:evidence",
        "rdf:type msme:Membership",
        'rdfs:label "Membership in the Group: India"@en',
        'rdfs:label "印度之小組會員資格"@zh-Hant',
        "org:member member:in",
        "org:organization organization:iwg-msmes",
        "msme:evidence evidence-level:shown",
        'msme:notBefore "2025-03-01"^^xsd:date',
        'msme:notAfter "2025-03-31"^^xsd:date',
        "dcterms:source source:brief",
        f"dcterms:source source:{source.removeprefix('source/')}",
    }
    assert said(kg, made.quads, source) == {
        "rdf:type msme:Source",
        'rdfs:label "wto.org: english/news_e/news25_e/made_up_e.htm"@en',
        'rdfs:label "wto.org：english/news_e/news25_e/made_up_e.htm"@zh-Hant',
        f"schema:url <{URL}>",
    }


def test_labels_of_memberships_in_the_graph_follow_the_same_rule(kg: KnowledgeGraph) -> None:
    answer = kg.sparql(
        "SELECT ?label ?name WHERE { ?one a msme:Membership ; rdfs:label ?label ; "
        "org:member/rdfs:label ?name FILTER(LANG(?label) = LANG(?name)) }"
    )
    rows = answer.rows  # type: ignore[union-attr]
    assert len(rows) > 150
    for label, name in rows:
        chinese = normalize_language_tag(name.language) == "zh-Hant"
        rule = f"{name.value}之小組會員資格" if chinese else f"Membership in the Group: {name.value}"
        assert label.value == rule


def test_every_url_of_the_graph_resolves_to_its_source(kg: KnowledgeGraph) -> None:
    answer = kg.sparql("SELECT ?source ?url WHERE { ?source a msme:Source ; schema:url ?url }")
    rows = answer.rows  # type: ignore[union-attr]
    assert len(rows) > 150
    urls = [url.value for _, url in rows]
    made = make("membership", {"member": "IN", "since": "2025", "source": urls})
    cited = {quad.object for quad in made.quads if quad.predicate.value.endswith("/source")}
    assert made.errors == ()
    assert set(made.inputs_by_iri) == {f"{BASE}membership/in"}
    assert cited == {source for source, _ in rows}


def test_template_of_sources_reproduces_the_graph(kg: KnowledgeGraph, copy_of_graph: Path) -> None:
    """In a graph without sources, the addresses give the IRIs and labels that the graph has.

    A source with a title has it in its label too.
    """
    answer = kg.sparql("DESCRIBE ?source WHERE { ?source a msme:Source }")
    before = {(one.subject, one.predicate, one.object) for one in answer.quads}  # type: ignore[union-attr]
    urls = [value.value for _, predicate, value in before if predicate.value == "https://schema.org/url"]
    (copy_of_graph / "data/sources.ttl").unlink()
    repository = Repository.find(copy_of_graph)
    made = make("source", *({"url": url} for url in urls), repository=repository)
    assert made.errors == ()
    assert len(made.inputs_by_iri) == len(urls) > 150
    titled = {subject for subject, predicate, _ in before if predicate.value.endswith("/terms/title")}
    assert 10 < len(titled) < 20
    lacking = {(quad.subject, quad.predicate, quad.object) for quad in made.quads} - before
    assert {subject for subject, _, _ in lacking} <= titled
    assert {predicate.value.rpartition("#")[2] for _, predicate, _ in lacking} == {"label"}


@pytest.mark.parametrize(
    "spelt",
    [
        "http://www.wto.org/english/tratop_e/msmes_e/msmes_e.htm",
        "https://wto.org/english/tratop_e/msmes_e/msmes_e.htm/",
        "source:wto-org-english-tratop-e-msmes-e-msmes-e-htm",
        f"{BASE}source/wto-org-english-tratop-e-msmes-e-msmes-e-htm",
        "wto.org: english/tratop_e/msmes_e/msmes_e.htm",
    ],
)
def test_source_is_found_in_any_spelling(spelt: str, kg: KnowledgeGraph) -> None:
    made = make("membership", {"member": "India", "since": "2025", "source": spelt})
    wanted = "dcterms:source source:wto-org-english-tratop-e-msmes-e-msmes-e-htm"
    assert wanted in said(kg, made.quads, "membership/in")
    assert len(made.inputs_by_iri) == 1


def test_different_urls_give_different_iris() -> None:
    urls = ["https://example.org/a_b", "https://example.org/a-b", "https://example.org/頁", "https://例.tw"]
    known = (
        "https://www.wto.org/english/tratop-e/msmes-e/msmes-e.htm"  # with hyphens: not the one in the graph
    )
    made = make("membership", {"member": "IN", "since": "2025", "source": [known, *urls[1:]]})
    assert made.errors == ()
    assert len(made.inputs_by_iri) == 5
    assert all(one.isascii() for one in made.inputs_by_iri)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-03-12", "2025-03-12", "2025-03-12"),
        ("2024-01-01/2024-06-30", "2024-01-01", "2024-06-30"),
        ("2024/2025-06", "2024-01-01", "2025-06-30"),
        ("2017-12-13/..", "2017-12-13", None),
        ("../2025-03", None, "2025-03-31"),
        (" 9999-12 ", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_period_is_a_window(written: str, first: str | None, last: str | None, kg: KnowledgeGraph) -> None:
    made = make("membership", {"member": "IN", "since": written, "source": "brief"})
    found = said(kg, made.quads, "membership/in")
    dates = {one for one in found if "xsd:date" in one}
    bounds = (("msme:notBefore", first), ("msme:notAfter", last))
    assert dates == {f'{name} "{day}"^^xsd:date' for name, day in bounds if day}


@pytest.mark.parametrize(
    "written",
    [
        *(
            "2025-13",
            "2025-02-30",
            "25",
            "2025/3/12",
            "Mar-25",
            "../..",
            "..",
            "2025/2024",
            "２０２５",
            "0000",
        ),
        *("2025-3", "2025-03-12T00:00:00", "/2025", "2025/"),
    ],
)
def test_malformed_period_is_refused(written: str) -> None:
    made = make("membership", {"member": "IN", "since": written, "source": "brief"})
    assert [fault.exit_code for fault in made.errors] == [2]
    assert "not a period for since" in made.errors[0].message
    assert made.quads == ()


@pytest.mark.parametrize(
    ("options", "slug"),
    [
        ({"symbol": "INF/MSME/4/Rev.9"}, "inf-msme-4-rev-9"),
        ({"symbol": "WT/MIN(29)/58/Add.1"}, "wt-min-29-58-add-1"),
        ({"issued": "2026-03"}, "2026-a-made-up-title"),
        ({"issued": "2026", "short": "2026 Café, été: report"}, "2026-cafe-ete-report"),
        ({"issued": "../2026-05", "short": "x"}, "2026-x"),
        ({"issued": "2026", "title": "word " * 30}, f"2026{'-word' * 12}"),
        ({"issued": "2026", "title": "Coordinator's O’Brien"}, "2026-coordinators-obrien"),
        ({"symbol": "INF/MSME/X", "title": "標題"}, "inf-msme-x"),
    ],
)
def test_a_document_is_named_by_its_symbol_else_by_year_and_title(options: dict[str, str], slug: str) -> None:
    made = make("document", {**TITLES, "source": "brief", **options})
    assert made.errors == ()
    assert list(made.inputs_by_iri) == [f"{BASE}document/{slug}"]


@pytest.mark.parametrize(
    ("official", "basis", "titles"),
    [
        (None, {"descriptive-title"}, set()),
        ("en", {"translated-label"}, {"en"}),
        ("zh-Hant", {"translated-label"}, {"zh-Hant"}),
        ("both", set(), {"en", "zh-Hant"}),
    ],
)
def test_unofficial_title_is_marked(
    official: str | None, basis: set[str], titles: set[str], kg: KnowledgeGraph
) -> None:
    options = {**TITLES, "symbol": "INF/X", "source": "brief", **({"official": official} if official else {})}
    quads = make("document", options).quads
    found = said(kg, quads, "document/inf-x")
    bases = {quad.object.value for quad in quads if quad.predicate.value == f"{BASE}ontology#basis"}
    assert {one.rpartition("/")[2] for one in bases} == basis
    assert {one.split("@")[1] for one in found if one.startswith("dcterms:title")} == titles


@pytest.mark.parametrize(
    ("known", "follows_up", "options"),
    [
        ("annex-5-2021-06-ca", "document:inf-msme-4-rev-2-annex-5", {"reported_by": "CA", "date": "2021-06"}),
        ("annex-5-2022-04-07", "document:inf-msme-4-rev-2-annex-5", {"date": "2022-04-07"}),
        ("package-2023-12-eu", "INF/MSME/4/Rev.2", {"reported_by": "European Union", "date": "2023-12"}),
    ],
)
def test_follow_ups_are_named_as_those_of_the_graph(
    known: str, follows_up: str, options: dict[str, str], kg: KnowledgeGraph
) -> None:
    texts = {"gist": "It was reported.", "gist_zh": "曾報告。", "source": "brief"}
    # With another year, since one that is in the graph is refused.
    later = {key: value.replace("202", "203") for key, value in options.items()}
    made = make("status", {"follows_up": follows_up, **texts, **later})
    assert made.errors == ()
    name = known.replace("-202", "-203")
    labels = {quad.object.value for quad in made.quads if quad.predicate.value.endswith("#label")}
    answer = kg.sparql(f"SELECT ?label WHERE {{ <{BASE}status/{known}> rdfs:label ?label }}")
    assert f"{BASE}status/{name}" in made.inputs_by_iri
    assert {one.replace("203", "202") for one in labels} == {label.value for (label,) in answer.rows}
    (error,) = make("status", {"follows_up": follows_up, **texts, **options}).errors
    assert "exists already" in error.message


def test_a_status_is_of_an_item_or_a_document(kg: KnowledgeGraph) -> None:
    texts = {"gist": "It was reported.", "gist_zh": "曾報告。", "date": "2031-05-06", "source": URL}
    (error,) = make("status", texts).errors
    assert "item or follows_up is needed" in error.message
    made = make("status", {**texts, "follows_up": "INF/MSME/W/36", "reported_by": "CA"})
    statements = said(kg, made.quads, "status/inf-msme-w-36-2031-05-06-ca")
    assert {
        'rdfs:label "Follow-up to INF/MSME/W/36 (Canada, 2031-05-06)"@en',
        'rdfs:label "INF/MSME/W/36 後續執行（加拿大，2031-05-06）"@zh-Hant',
        "msme:followsUp document:inf-msme-w-36",
        "msme:reportedBy member:ca",
    } <= statements
    assert not any(one.startswith("msme:statusOf") for one in statements)
    made = make("status", {**texts, "item": "work-item:2023-2-2", "reported_by": "CA"})
    label = "Status of item 2.2 of the 2023 work programme (Canada, 2031-05-06)"
    assert f'rdfs:label "{label}"@en' in said(kg, made.quads, "status/2023-2-2-2031-05-06-ca")


def test_an_event_is_named_by_its_day_or_month_or_year() -> None:
    common = {**TITLES, "kind": "workshop", "status": "held", "source": "brief", "short": "x"}
    dates = ["2026-01-05", "2026-02", "2027", "2028-01-05/2028-01-07", "../2029-01-05"]
    made = make("event", *({**common, "date": date} for date in dates))
    assert made.errors == ()
    wanted = ["2026-01-05-x", "2026-02-x", "2027-x", "2028-x", "2029-x"]
    assert list(made.inputs_by_iri) == [f"{BASE}event/{one}" for one in wanted]


@pytest.mark.parametrize(
    ("options", "en", "chinese", "slug"),
    [
        (
            {"value": "105", "as_of": "2026-03", "publisher": "WTO news"},
            "105 members of the Group (2026-03), WTO news",
            "小組會員數 105（2026-03），WTO news",
            "members-2026-03-105-wto-news",
        ),
        (
            {"at_least": "91", "publisher": "X", "scope": "african"},
            "at least 91 members of the Group (undated, African WTO Members), X",
            "小組會員數至少 91（日期不詳，非洲 WTO 會員），X",
            "members-undated-at-least-91-x",
        ),
        (
            {"at_most": "99", "as_of": "../2026-01-31", "publisher": "X", "short": "y"},
            "at most 99 members of the Group (by 2026-01-31), X",
            "小組會員數至多 99（2026-01-31 以前），X",
            "members-2026-at-most-99-y",
        ),
        (
            {"value": "9", "scope": "all", "title": "Nine", "title_zh": "九", "short": "z"},
            "Nine",
            "九",
            "members-undated-9-z",
        ),
    ],
)
def test_labels_of_counts_are_composed(
    options: dict[str, str], en: str, chinese: str, slug: str, kg: KnowledgeGraph
) -> None:
    made = make("claim", {"quantity": "members", "source": "brief", **options})
    assert made.errors == ()
    assert list(made.inputs_by_iri) == [f"{BASE}claim/{slug}"]
    labels = {one for one in said(kg, made.quads, f"claim/{slug}") if one.startswith("rdfs:label")}
    assert labels == {f'rdfs:label "{en}"@en', f'rdfs:label "{chinese}"@zh-Hant'}


def test_a_statistic_has_no_quantity_and_no_scope(kg: KnowledgeGraph) -> None:
    made = make(
        "claim",
        {
            **TITLES,
            "indicator": "msme-share-of-firms",
            "value": "95.5",
            "unit": "percent",
            "source": URL,
            "approximate": "yes",
        },
    )
    found = said(kg, made.quads, "claim/a-made-up-title")
    assert {"msme:value 95.5", "msme:unit unit:percent", "msme:approximate true"} <= found
    assert 'dc:publisher "wto.org: english/news_e/news25_e/made_up_e.htm"' in found
    assert not any(one.startswith(("msme:quantity", "msme:scope")) for one in found)


def test_all_errors_are_reported_at_once() -> None:
    made = make(
        "membership",
        {"member": "Indja", "since": "2025-13"},
        {"member": "US", "since": "2025", "source": "brief"},
        {"member": "IN", "since": "2025", "source": "https://"},
        {"member": "AO", "since": "2025", "source": "brief"},
        {"member": "Angola", "since": "2026", "source": "brief"},
    )
    assert [fault.message.split(":")[0] for fault in made.errors] == [
        "row 2, column member",
        "row 2, column since",
        "row 2, column source",
        "row 3",
        "row 4, column source",
        "row 6",
    ]
    assert "India (member:in)" in str(made.errors[0])
    assert "membership:us exists already" in made.errors[3].message
    assert "row 5" in made.errors[5].message
    assert list(made.inputs_by_iri) == [f"{BASE}membership/ao"]


def test_errors_name_each_of_several_values() -> None:
    long = f"https://example.org/{'x' * 100_001}"
    made = make(
        "membership", {"member": "IN", "since": "2025", "source": ["nowhere", "https://", long, "brief"]}
    )
    assert [fault.exit_code for fault in made.errors] == [2, 2, 4]
    assert all(fault.message.startswith("row 2, column source: ") for fault in made.errors)


def test_missing_option_is_reported_with_its_alternatives() -> None:
    made = make("claim", {"source": "brief"})
    assert [fault.message.split(": ")[1] for fault in made.errors] == [
        "indicator or quantity is needed",
        "title or quantity is needed",
        "title_zh or quantity is needed",
        "value or at_least or at_most is needed",
        "unit or quantity is needed",
    ]


@settings(max_examples=scale_examples(30), deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_text_stays_text(text: str) -> None:
    """Whatever is typed comes out as a literal of just that text, or is refused; it never is SPARQL."""
    made = make(
        "document", {"title_zh": text, "title": text, "symbol": "INF/X", "source": "brief", "note": text}
    )
    if not text.strip():
        assert made.errors
        return
    literals = {
        quad.object.value
        for quad in made.quads
        if isinstance(quad.object, ox.Literal) and quad.object.language
    }
    assert literals == {text.strip()}
    assert list(made.inputs_by_iri) == [f"{BASE}document/inf-x"]

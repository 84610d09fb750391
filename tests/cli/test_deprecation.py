"""Deprecated entities: out of answers, notes and counts; found when named; taken back byte for byte."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Run
from triple_stores import matrix, oxigraph
from triple_stores.process import AbsentError

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.namespaces import BASE, LANGUAGES

PREFIXES = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
    "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
    f"@base <{BASE}> .\n"
)
REPLACED = {
    "initiative/trade4msmes-guides": ("initiative/trade4msmes",),
    "event/2024-03-meeting": ("event/2024-02-26-mc13",),
    "document/inf-msme-w-52": ("document/inf-msme-w-51", "document/inf-msme-w-54"),
    "claim/members-2024-06-103-cea-africa": ("claim/members-2024-07-01-103-wtocenter-400731",),
}
"""An initiative, an event, a document and a count, with what takes their place in this test."""
UPDATE = PREFIXES + "".join(
    f"<{old}> owl:deprecated true ; dcterms:isReplacedBy {' , '.join(f'<{new}>' for new in several)} .\n"
    for old, several in REPLACED.items()
)
LAST_DAY = "2025-12-31"
REQUIRED = {"evidence": {"thing": "member/us"}, "member-profile": {"member": "GB"}}
LISTING = {"initiatives", "timeline", "meetings", "documents", "growth", "changes"}
"""Queries that list one of the four, or count by it."""


def read_data(root: Path) -> dict[str, bytes]:
    """Return the files of the data but for the records of updates and the date of the last."""
    of_date = (b"    dcterms:modified ", b"| `data/dataset.ttl` |")
    return {
        path.relative_to(root).as_posix(): b"".join(
            line for line in path.read_bytes().splitlines(keepends=True) if not line.startswith(of_date)
        )
        for path in (root / "data").rglob("*.*")
        if path.is_file() and path.name != "CHANGELOG.md" and path.parent.name != "changes"
    }


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the graph in which the four are deprecated."""
    folder = tmp_path_factory.mktemp("deprecated")
    for part in ("ontology", "data", "queries", "briefing"):
        shutil.copytree(ROOT / part, folder / "graph" / part)
    (folder / "update.ttl").write_text(UPDATE)
    applied = msme_kg.open(folder / "graph").apply(add=folder / "update.ttl", author="Test", message="Test")
    assert applied.files
    return folder / "graph"


@pytest.fixture(scope="module")
def names(kg: KnowledgeGraph) -> set[str]:
    """Return the IRIs and CURIEs of the four and their labels in both languages."""
    iris = {f"{BASE}{name}" for name in REPLACED}
    labels = {kg.with_language(lang).labels.get_label(iri) for iri in iris for lang in LANGUAGES}
    return iris | labels | {name.replace("/", ":") for name in REPLACED}


def find_names(table: str, names: set[str]) -> list[str]:
    """Return the cells of a table that are one of the names, or contain it among others."""
    cells = (cell for row in csv.reader(table.splitlines()) for cell in row)
    return [cell for cell in cells if not names.isdisjoint(cell.split("|"))]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_canned_query_lists_them_unless_asked_for(
    graph: Path, kg: KnowledgeGraph, names: set[str], lang: str
) -> None:
    now, before = msme_kg.open(graph, lang=lang), kg.with_language(lang)
    changed = set()
    for query in kg.queries():
        options: dict[str, str | int | None] = {**REQUIRED.get(query.name, {})}
        options |= {one.name: LAST_DAY for one in query.parameters if one.default == "today"}
        answer, earlier = now.query(query.name, **options), before.query(query.name, **options)
        for labels in (True, False):
            assert find_names(answer.render("csv", labels=labels), names) == [], query.name
            every = now.query(query.name, deprecated=True, **options)
            # The data have deprecated entities of their own.
            all_before = before.query(query.name, deprecated=True, **options)
            assert every.render("csv", labels=labels) == all_before.render("csv", labels=labels), query.name
        changed |= {query.name} if list(answer) != list(earlier) else set()
    assert changed >= LISTING
    assert len(now.query("growth")) == len(before.query("growth")) - 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_note_does_not_mention_them(graph: Path, kg: KnowledgeGraph, names: set[str], lang: str) -> None:
    def write(source: KnowledgeGraph, *, deprecated: bool) -> str:
        text = source.brief(LAST_DAY, lang, "2023-08-01", deprecated=deprecated)
        return str(text).replace("\\", "")

    now = msme_kg.open(graph)
    before = write(kg, deprecated=False)
    assert {name for name in names if name in before} != set()
    after = write(now, deprecated=False)
    assert {name for name in names if name in after} == set()
    assert write(now, deprecated=True) == write(kg, deprecated=True)


def test_tables_leave_them_and_links_to_them_out_and_dumps_keep_them(
    graph: Path, names: set[str], run: Run, tmp_path: Path
) -> None:
    def export(*options: str) -> str:
        ended = run("export", "csv", "--output", tmp_path / "tables", "--root", graph, *options)
        assert ended.code == 0, ended
        return "".join(path.read_text("utf-8") for path in (tmp_path / "tables").glob("*.csv"))

    table = export()
    assert find_names(table, names) == []
    assert "language-edition/trade4msmes-guides-en" not in table, "it is an edition of nothing else"
    assert "attestation/initiative-trade4msmes-guides-1" not in table
    every = export("--deprecated")
    assert all(f"\n{BASE}{name}," in every for name in REPLACED)
    dump = run("export", "ntriples", "--root", graph)
    assert all(f"<{BASE}{name}> <http://www.w3.org/2002/07/owl#deprecated>" in dump.out for name in REPLACED)
    refused = run("export", "turtle", "--deprecated", "--root", graph)
    assert (refused.code, refused.out) == (2, "")


def test_search_leaves_them_out_and_info_counts_them_apart(graph: Path, run: Run) -> None:
    def search(*options: str) -> list[str]:
        found = run("search", "INF/MSME/W/52", "--format", "json", "--root", graph, *options)
        return [hit["thing"] for hit in json.loads(found.out)]

    assert f"{BASE}document/inf-msme-w-52" not in search()
    assert search("--deprecated")[0] == f"{BASE}document/inf-msme-w-52"
    after = json.loads(run("info", "--format", "json", "--root", graph).out)
    before = json.loads(run("info", "--format", "json").out)
    assert after["deprecated"] - before["deprecated"] == 4
    fewer = {iri.partition("#")[2] for iri, count in before["things"].items() if after["things"][iri] < count}
    assert fewer == {"Initiative", "Event", "Document", "CountClaim"}


@pytest.mark.parametrize("name", REPLACED)
@pytest.mark.parametrize(
    ("lang", "begin", "end"),
    [("en", "Deprecated, replaced by ", "\n"), ("zh-Hant", "已停用，由 ", " 取代\n")],
)
def test_a_description_opens_with_what_replaces_it(
    graph: Path, run: Run, name: str, lang: str, begin: str, end: str
) -> None:
    labels = msme_kg.open(graph, lang=lang).labels
    ended = run("describe", name, "--lang", lang, "--root", graph)
    separator = {"en": "; ", "zh-Hant": "；"}[lang]
    named = separator.join(f"{labels.get_label(BASE + new)} <{BASE}{new}>" for new in REPLACED[name])
    assert ended.out.startswith(f"{begin}{named}{end}\n{labels.get_label(BASE + name)}\n{BASE}{name}\n\n")
    rows = json.loads(run("describe", name, "--format", "json", "--root", graph).out)
    assert [row["value"] for row in rows[: len(REPLACED[name])]] == [BASE + new for new in REPLACED[name]]
    markdown = run("describe", name, "--lang", lang, "--format", "md", "--root", graph).out
    assert markdown.startswith(begin)


def test_an_option_that_names_one_says_what_replaces_it(graph: Path, run: Run) -> None:
    ended = run("query", "sponsors", "--symbol", "inf/msme/w/52", "--root", graph)
    assert ended.code == 0
    assert ended.err.startswith("note: Proposal on good regulatory practices for MSMEs <")
    assert "Deprecated, replaced by Proposal on small businesses' links" in ended.err
    assert f"<{BASE}document/inf-msme-w-54>\n" in ended.err
    evidence = run("query", "evidence", "--thing", "event/2024-03-meeting", "--root", graph)
    assert f"<{BASE}event/2024-02-26-mc13>" in evidence.err
    assert "2024-03" in evidence.out
    assert run("query", "sponsors", "--symbol", "INF/MSME/W/51", "--root", graph).err == ""


def test_a_new_entity_cannot_name_one(graph: Path, run: Run) -> None:
    options = ("--title", "A launch", "--title-zh", "發布", "--kind", "launch", "--date", "2023-03-05")
    options += ("--status", "held", "--short", "a-launch", "--source", "source:brief")
    ended = run("new", "event", *options, "--concerns", "initiative/trade4msmes-guides", "--root", graph)
    assert (ended.code, ended.out) == (2, "")
    assert "'initiative/trade4msmes-guides' in --concerns is deprecated" in ended.err
    assert "hint: it is replaced by initiative:trade4msmes\n" in ended.err
    assert run("new", "event", *options, "--concerns", "Trade4MSMEs", "--root", graph).code == 0


def test_the_table_of_files_counts_current_entities(graph: Path) -> None:
    counts = {"ROOT": ROOT, "graph": graph}
    rows = {
        name: re.findall(r"counts\.ttl`.* (\d+) count claim", (root / "data/README.md").read_text("utf-8"))
        for name, root in counts.items()
    }
    claims = (ROOT / "data/claims/counts.ttl").read_text("utf-8")
    current = claims.count(" a msme:CountClaim ;") - claims.count("owl:deprecated true")
    assert rows == {"ROOT": [str(current)], "graph": [str(current - 1)]}


def test_a_name_that_a_current_entity_has_too_means_the_current_one(
    graph: Path, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(graph, copy)
    events = copy / "data" / "events" / "events.ttl"
    text = events.read_text("utf-8")
    label = '"Meeting of March 2024: way forward after MC13"@en'
    assert label in text
    block = text[text.index("event:2024-03-meeting a ") :].partition("\n.\n")[0]
    current = block.replace("event:2024-03-meeting a ", "event:2024-03-meeting-again a ")
    lines = [
        line for line in current.split("\n") if "owl:deprecated" not in line and "isReplacedBy" not in line
    ]
    events.write_text(f"{text}\n" + "\n".join(lines) + "\n.\n", "utf-8")
    ended = run("describe", "Meeting of March 2024: way forward after MC13", "--root", copy)
    assert f"\n{BASE}event/2024-03-meeting-again\n" in ended.out
    assert not ended.out.startswith("Deprecated")


@pytest.fixture(scope="module")
def endpoint(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the graph with the deprecated entities by a store."""
    try:
        with oxigraph.serve(tmp_path_factory.mktemp("store")) as server:
            pushed = matrix.push(server, root=graph)
            assert pushed.returncode == 0, pushed.stderr
            yield server.query
    except AbsentError as absent:
        pytest.skip(str(absent))


def test_a_store_answers_as_the_files_do(graph: Path, run: Run, endpoint: str) -> None:
    for command in (
        *(("query", name, "--format", "csv") for name in sorted(LISTING)),  # hints are given of files only
        ("query", "initiatives", "--deprecated"),
        ("query", "sponsors", "--symbol", "INF/MSME/W/52", "--format", "csv"),
        ("search", "Trade4MSMEs guides"),
        ("search", "Trade4MSMEs guides", "--deprecated"),
        ("describe", "initiative:trade4msmes-guides"),
        ("brief", "--as-of", LAST_DAY),
    ):
        here = run(*command, "--root", graph, today=LAST_DAY)
        assert here.code == 0, here
        assert run(*command, "--root", graph, "--endpoint", endpoint, today=LAST_DAY) == here, command


def test_taking_it_back_restores_every_byte(graph: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(graph, copy)
    assert read_data(copy) != read_data(ROOT)
    (tmp_path / "update.ttl").write_text(UPDATE)
    assert msme_kg.open(copy).apply(remove=tmp_path / "update.ttl", author="Test", message="Back").files
    assert read_data(copy) == read_data(ROOT)


MEETING, LATER = "<event/2024-03-meeting>", "<event/2024-07-01-meeting>"
SEEDS = {
    "no replacement": (f"{MEETING} owl:deprecated true .", "unreplaced", "event/2024-03-meeting"),
    "a reason in one language": (
        f'{MEETING} owl:deprecated true ; skos:changeNote "It was not held."@en .',
        "unreplaced",
        "event/2024-03-meeting",
    ),
    "a replacement that is not described": (
        f"{MEETING} owl:deprecated true ; dcterms:isReplacedBy <event/none> .",
        "outdated-replacement",
        "event/2024-03-meeting",
    ),
    "a replacement that is deprecated": (
        f"{MEETING} owl:deprecated true ; dcterms:isReplacedBy {LATER} .\n"
        f"{LATER} owl:deprecated true ; dcterms:isReplacedBy <event/2024-10-18-meeting> .",
        "outdated-replacement",
        "event/2024-03-meeting",
    ),
    "a reference from a current entity": (
        "<document/inf-msme-w-52> owl:deprecated true ; dcterms:isReplacedBy <document/inf-msme-w-51> .",
        "deprecated-value",
        "sponsorship/inf-msme-w-52-gb",
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_checks_find_what_is_wrong_with_a_deprecated_entity(
    kg: KnowledgeGraph, tmp_path: Path, seed: str
) -> None:
    statements, check, focus = SEEDS[seed]
    (tmp_path / "update.ttl").write_text(PREFIXES + statements)
    found = kg.check(add=tmp_path / "update.ttl").proposal.report.findings
    assert (f"queries/checks/{check}.rq", f"{BASE}{focus}") in {
        (one.shape, one.focus_node.value) for one in found if one.focus_node is not None
    }


def test_a_new_reference_to_a_deprecated_entity_is_found(graph: Path, tmp_path: Path) -> None:
    (tmp_path / "update.ttl").write_text(
        f"{PREFIXES}@prefix msme: <{BASE}ontology#> .\n"
        "<event/2024-07-01-meeting> msme:concerns <initiative/trade4msmes-guides> ; "
        "msme:recordSourced msme:concerns ."
    )
    found = msme_kg.open(graph).check(add=tmp_path / "update.ttl").proposal.report.findings
    assert [(one.shape, one.severity) for one in found] == [("queries/checks/deprecated-value.rq", "warning")]


def test_a_reason_in_both_languages_stands_for_a_replacement(kg: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "update.ttl").write_text(
        f"{PREFIXES}{MEETING} owl:deprecated true ; "
        'skos:changeNote "It was not held."@en , "未舉行。"@zh-Hant .'
    )
    found = kg.check(add=tmp_path / "update.ttl").proposal.report.findings
    assert [one.shape for one in found if one.severity == "violation"] == []

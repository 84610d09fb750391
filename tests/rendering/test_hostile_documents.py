"""Notes, pages, pictures, tables and reports keep every text, or show what they cannot hold as escapes."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from conftest import ROOT, Run
from hostile_text import CHARACTERS, CONTROLS, EXCLUDED_BY_XML, LONG
from site_pages.small import small_root

import msme_kg
from msme_kg.errors import InputError
from msme_kg.operations.site import Site
from msme_kg.publish.atomic_folder import TargetFolder
from msme_kg.rdf.characters import escape_controls
from msme_kg.rendering.timeline_chart import ChartEvent, build_timeline_chart
from msme_kg.repository import Repository

BASE = "https://w3id.org/msme-kg/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
TEXTS = {f"h-{ord(char):x}": f"left{char}right" for char in CHARACTERS} | {"h-long": f"left{LONG}right"}
FORBIDDEN = set(CONTROLS) - set("\t\n")
"""What no page, note or terminal gets."""


def to_turtle(texts: dict[str, str]) -> str:
    """Return members with these labels, all characters written as escapes."""
    escaped = {name: "".join(f"\\U{ord(char):08X}" for char in text) for name, text in texts.items()}
    return "".join(
        f'<{BASE}member/{name}> a <{BASE}ontology#WTOMember> ;\n  <{LABEL}> "{text}"@en .\n'
        for name, text in escaped.items()
    )


def read_labels(data: str | bytes, syntax: ox.RdfFormat) -> dict[str, str]:
    quads = ox.parse(data.encode() if isinstance(data, str) else data, format=syntax)
    return {
        quad.subject.value.rpartition("/")[2]: quad.object.value
        for quad in quads
        if quad.predicate.value == LABEL and "/h-" in quad.subject.value
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a small graph in which each text is the label of a member."""
    folder = small_root(tmp_path_factory.mktemp("hostile"))
    (folder / "data/actors/evil.ttl").unlink()
    excluded = {name: text for name, text in TEXTS.items() if set(text) & EXCLUDED_BY_XML}
    others = {name: text for name, text in TEXTS.items() if name not in excluded}
    (folder / "data/actors/excluded.ttl").write_text(to_turtle(excluded), encoding="utf-8")
    (folder / "data/actors/hostile.ttl").write_text(to_turtle(others), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("turtle", ox.RdfFormat.TURTLE),
        ("ntriples", ox.RdfFormat.N_TRIPLES),
        ("nquads", ox.RdfFormat.N_QUADS),
        ("trig", ox.RdfFormat.TRIG),
        ("jsonld", ox.RdfFormat.JSON_LD),
        ("rdfxml", ox.RdfFormat.RDF_XML),
    ],
)
def test_exports_keep_each_text_or_name_it(root: Path, name: str, syntax: ox.RdfFormat) -> None:
    kg = msme_kg.open(root)
    if name != "rdfxml":
        assert read_labels(kg.export(name), syntax) == TEXTS
        return
    with pytest.raises(InputError, match=r"U\+0000 in rdfs:label of member:h-0\n") as refusal:
        kg.export(name)
    assert refusal.value.exit_code == 3
    writable = {key: text for key, text in TEXTS.items() if not set(text) & EXCLUDED_BY_XML}
    assert read_labels(kg.export(name, graphs=["data/actors/hostile"]), syntax) == writable


def test_tables_keep_each_text(root: Path, tmp_path: Path) -> None:
    msme_kg.open(root).export_tables(tmp_path / "tables")
    content = (tmp_path / "tables/member.csv").read_bytes().decode()
    rows = {row["iri"].rpartition("/")[2]: row for row in csv.DictReader(io.StringIO(content, newline=""))}
    assert {name: rows[name]["rdfs:label@en"] for name in TEXTS} == TEXTS


def test_pages_keep_each_text_or_show_an_escape(root: Path, tmp_path: Path) -> None:
    repository = Repository.find(root)
    Site.read(repository).write(TargetFolder.from_path(tmp_path / "site", repository))
    pages = {path: path.read_bytes().decode() for path in (tmp_path / "site").rglob("*.html")}
    assert [path for path, page in pages.items() if set(page) & FORBIDDEN] == []
    for name, text in TEXTS.items():
        folder = tmp_path / "site/member" / name
        page = pages[folder / "index.html"]
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert heading is not None
        assert escape_controls(text) in unescape(heading[1])
        script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert script is not None
        assert read_labels(json.dumps(json.loads(script[1])), ox.RdfFormat.JSON_LD) == {name: text}
        assert read_labels((folder / "index.ttl").read_bytes(), ox.RdfFormat.TURTLE) == {name: text}
        assert read_labels((folder / "index.jsonld").read_bytes(), ox.RdfFormat.JSON_LD) == {name: text}


@pytest.fixture(scope="module")
def hostile_note(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Create a graph with hostile labels, and return it with the label of the Group."""
    folder = tmp_path_factory.mktemp("note") / "graph"
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, folder / part)
    markup = "<script>alert(1)</script>[x](javascript:y)"
    event = f"left{''.join(f'({char})' for char in CHARACTERS)}{markup}"
    labels = {"actors/organizations": ("Informal Working Group on Micro.*", f"{event}{LONG}right")}
    labels["events/events"] = (".*", event)
    for file, (old, new) in labels.items():
        path = folder / f"data/{file}.ttl"
        escaped = "".join(char if char.isalnum() else f"\\U{ord(char):08X}" for char in new)
        parts = re.split(rf'(?<=rdfs:label "){old}(?="@en )', path.read_text(encoding="utf-8"))
        path.write_text(escaped.join(parts), encoding="utf-8")
    return folder, labels["actors/organizations"][1]


@pytest.mark.parametrize("form", ["md", "html", "docx"])
def test_notes_keep_each_text_or_show_an_escape(hostile_note: tuple[Path, str], form: str) -> None:
    root, label = hostile_note
    remarks: list[str] = []
    note = msme_kg.open(root).brief("2023-08-01", "en", format_name=form, length="full", warn=remarks.append)
    assert any(
        re.fullmatch(r"the label of \S+/organization/\S+ has the character U\+0000, written as \\u0000", each)
        for each in remarks
    )
    shown = escape_controls(label)
    if form == "docx":
        docx = pytest.importorskip("docx", reason="the extra docx is not installed")
        assert isinstance(note, bytes)
        document = docx.Document(io.BytesIO(note))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        # A docx has line breaks in place of line feeds and carriage returns.
        assert shown.replace("\r", "\n") in text.replace("\r", "\n")
        return
    assert isinstance(note, str)
    assert not set(note) & FORBIDDEN
    if form == "html":
        assert shown in unescape(note)
        assert "<script>alert(1)" not in note
        assert "left(\\u0000)" in re.findall(r"<svg.*?</svg>", note, re.DOTALL)[-1]
        return
    assert "javascript:y" in note
    assert not re.search(r"(?<!\\)<script|\]\(javascript", note)
    lines = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", note)
    assert re.sub(r"\s+", " ", shown.replace("\\", "")) in re.sub(r"\s+", " ", lines.replace("\\", ""))


def test_brief_names_what_it_writes_as_an_escape(run: Run, hostile_note: tuple[Path, str]) -> None:
    ended = run("brief", "--root", hostile_note[0], "--as-of", "2023-08-01")
    assert ended.code == 0
    assert re.search(
        r"^note: the label of \S+/organization/\S+ has the character U\+0000", ended.err, re.MULTILINE
    )
    assert not set(ended.out + ended.err) & FORBIDDEN


def test_pictures_are_well_formed() -> None:
    events = [ChartEvent(text, date(2020, 1, 1), date(2020, 2, 1), text, "held") for text in TEXTS.values()]
    chart = build_timeline_chart("".join(CHARACTERS), events, date(2020, 12, 31), {"held": "\x0b"})
    found = ElementTree.fromstring(chart.to_svg_file())  # noqa: S314
    texts = [element.text or "" for element in found.iter()]
    for text in TEXTS.values():
        assert escape_controls(text) in texts
        assert f"2020-01-01 / 2020-02-01: {escape_controls(text)}" in texts
    assert texts.count("\\u000b") == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "turtle"])
def test_reports_keep_each_text_or_show_an_escape(tmp_path: Path, form: str) -> None:
    sh = "http://www.w3.org/ns/shacl#"
    (tmp_path / "shapes.ttl").write_text(
        f"<urn:s> a <{sh}NodeShape> ; <{sh}targetSubjectsOf> <{LABEL}> ; <{sh}property> <urn:p> .\n"
        f"<urn:p> <{sh}path> <{LABEL}> ; <{sh}maxLength> 1 .",
        encoding="utf-8",
    )
    (tmp_path / "data.ttl").write_text(to_turtle(TEXTS), encoding="utf-8")
    report = (
        msme_kg.open(ROOT).validate([tmp_path / "data.ttl"], shapes=[tmp_path / "shapes.ttl"]).render(form)
    )
    assert not set(report) & FORBIDDEN
    if form == "json":
        assert {each["value"] for each in json.loads(report)["findings"]} == set(TEXTS.values())
    elif form == "sarif":
        (found,) = json.loads(report)["runs"]
        lines = [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in found["results"]]
        assert sorted(lines) == [2 * number for number in range(1, len(TEXTS) + 1)]
    elif form == "turtle":
        quads = ox.parse(report.encode(), format=ox.RdfFormat.TURTLE)
        values = {quad.object.value for quad in quads if quad.predicate.value == f"{sh}value"}
        assert values == set(TEXTS.values())
    else:
        assert report.count("rdfs:label “left") == len(TEXTS)


SURROGATES = {
    "a.ttl": rb'<urn:a> <urn:b> "\uD800" .',
    "b.ttl": rb'<urn:a> <urn:b> "\uD83D\uDE00" .',
    "c.nt": rb'<urn:a> <urn:b> "\U0000DFFF" .',
    "d.ttl": b'<urn:a> <urn:b> "\xed\xa0\x80" .',
    "e.jsonld": rb'[{"@id": "urn:a", "urn:b": [{"@value": "\ud800"}]}]',
    "f.jsonld": rb'[{"@id": "urn:a", "urn:b": [{"@value": "\udc00x"}]}]',
    "g.jsonld": rb'[{"@id": "urn:a\ud800", "urn:b": [{"@value": "x"}]}]',
    "h.rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
    b'<rdf:Description rdf:about="urn:a"><e:b>&#xD800;</e:b></rdf:Description></rdf:RDF>',
}


@pytest.mark.parametrize("name", SURROGATES)
def test_lone_surrogates_are_refused_with_the_line(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SURROGATES[name])
    for command in (("validate", name), ("check", "--add", name)):
        ended = run(*command)
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.startswith(f"{name}:1:")

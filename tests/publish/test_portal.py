"""The portal folder is complete, equal to the graph, and reproducible."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import yaml
from conftest import ROOT, SPECIAL, Run

BASE = "https://w3id.org/msme-kg/"
SITE, ENDPOINT = "https://data.example.org/msme/", "https://data.example.org/sparql"
DATASET = f"{BASE}dataset/msme-kg"
SH, RDF = "http://www.w3.org/ns/shacl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def meant(quads: Iterable[ox.Quad]) -> ox.Dataset:
    """Return triples with canonical blank node labels."""
    found = ox.Dataset(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


def parsed(path: Path, ending: str | None = None) -> list[ox.Quad]:
    return list(ox.parse(path.read_bytes(), format=FORMATS[ending or path.suffix[1:]]))


def content(*parts: str) -> list[Path]:
    return [
        path for part in parts for path in sorted((ROOT / part).rglob("*.ttl")) if "changes" not in path.parts
    ]


@pytest.fixture(scope="module")
def graph() -> list[ox.Quad]:
    """Return the published quads, read without the package."""
    return [
        quad for path in content("ontology", "data") if "shapes" not in path.parts for quad in parsed(path)
    ]


def test_manifest_has_the_hash_of_every_file(portal: Path) -> None:
    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=portal, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    listed = [line.partition("  ")[2] for line in (portal / "SHA256SUMS").read_text().splitlines()]
    assert listed == sorted(set(tree(portal)) - {"SHA256SUMS"})


@pytest.mark.parametrize("ending", FORMATS)
def test_each_dump_equals_the_graph(portal: Path, graph: list[ox.Quad], ending: str) -> None:
    path = portal / f"dump/msme-kg.{ending}"
    assert meant(parsed(path)) == meant(graph)
    packed = (portal / f"dump/msme-kg.{ending}.gz").read_bytes()
    assert gzip.decompress(packed) == path.read_bytes()
    assert packed[4:8] == b"\0\0\0\0", "no time in it"
    assert path.stat().st_size < 50_000_000, "CKAN reads no more"


def test_each_file_is_a_named_graph(portal: Path) -> None:
    graphs = {quad.graph_name.value for quad in parsed(portal / "dump/msme-kg.trig")}
    files = [path for path in content("ontology", "data") if "shapes" not in path.parts]
    assert graphs == {f"{BASE}graph/{path.relative_to(ROOT).with_suffix('').as_posix()}" for path in files}


def test_files_are_published_unchanged_and_in_other_formats(portal: Path) -> None:
    for path in content("ontology", "data"):
        name = path.relative_to(ROOT)
        assert (portal / name).read_bytes() == path.read_bytes()
        whole = meant(parsed(path))
        for ending in ("nt", "jsonld"):
            assert meant(parsed(portal / name.with_suffix(f".{ending}"))) == whole, name
    for name in ("catalog", "queries"):
        whole = meant(parsed(portal / f"{name}.ttl"))
        for ending in ("nt", "jsonld"):
            assert meant(parsed(portal / f"{name}.{ending}")) == whole


def test_hash_is_that_of_the_canonical_graph(portal: Path, graph: list[ox.Quad]) -> None:
    lines = sorted((portal / "dump/msme-kg.nt").read_bytes().splitlines(keepends=True))
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    assert digest in (portal / "graph-hash.txt").read_text()
    # By the engine, which writes language tags in lower case.
    canonical = sorted(f"{quad} .\n".replace("@zh-hant ", "@zh-Hant ") for quad in meant(graph))
    assert hashlib.sha256("".join(canonical).encode()).hexdigest() == digest
    notes = [
        quad.object.value for quad in parsed(portal / "catalog.ttl") if "versionNotes" in quad.predicate.value
    ]
    assert len(notes) == 2
    assert all(digest in note and "RDFC-1.0" in note for note in notes)


def test_queries_are_published_unchanged(portal: Path) -> None:
    said: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
    for quad in parsed(portal / "queries.ttl"):
        said.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object)
    files = {path.stem: path for path in (ROOT / "queries").rglob("*.rq") if path.parent.name not in SPECIAL}
    assert {one for one, p in said if p == f"{SH}select"} == {f"{BASE}query/{name}" for name in files}
    for name, path in files.items():
        node = f"{BASE}query/{name}"
        text = path.read_text(encoding="utf-8")
        assert [one.value for one in said[node, f"{SH}select"]] == [text]
        assert (portal / path.relative_to(ROOT)).read_text(encoding="utf-8") == text
        types = {one.value for one in said[node, f"{RDF}type"]}
        assert types == {f"{SH}SPARQLExecutable", f"{SH}SPARQLSelectExecutable"}
        header = yaml.safe_load("\n".join(line[3:] for line in text.splitlines() if line.startswith("#+")))
        for key, property_ in (("title", "label"), ("description", "comment")):
            shown = {one.value for one in said[node, f"http://www.w3.org/2000/01/rdf-schema#{property_}"]}
            assert shown == set(header[key].values())
        asked = header.get("params", {})
        nodes = [one.value for one in said.get((node, f"{SH}parameter"), [])]
        assert {one.rpartition("/")[2] for one in nodes} == {one.replace("_", "-") for one in asked}
        for one in nodes:
            (path_of,) = said[one, f"{SH}path"]
            help_ = asked[path_of.value.rpartition("#in_")[2]]["help"]
            assert {text.value for text in said[one, f"{SH}description"]} == set(help_.values())
    assert (portal / ".well-known/sparql-examples").read_bytes() == (portal / "queries.ttl").read_bytes()


def test_choices_of_a_parameter_are_an_rdf_list(portal: Path) -> None:
    read = rdflib.Graph().parse(portal / "queries.ttl")
    node = rdflib.URIRef(f"{BASE}query/members/parameter/certainty")
    head = read.value(node, rdflib.SH["in"])
    assert head is not None
    assert [str(one) for one in read.items(head)] == ["certain", "possible"]
    assert str(read.value(node, rdflib.SH.defaultValue)) == "certain"


def test_citation_file_conforms_to_cff(portal: Path) -> None:
    said = yaml.safe_load((portal / "CITATION.cff").read_text(encoding="utf-8"))
    assert said["cff-version"] == "1.2.0"
    assert said["message"]
    assert said["title"].startswith("msme-kg: knowledge graph")
    assert said["authors"] == [{"name": "the msme-kg contributors"}]
    assert (said["type"], said["license"], said["url"]) == ("dataset", "CC-BY-4.0", DATASET)
    assert said["version"] == "0.1.0"
    assert said["date-released"] == "2026-11-22"
    assert set(said) <= {
        *("cff-version", "message", "type", "title", "abstract", "authors", "version", "date-released"),
        *("license", "url", "keywords"),
    }, "keys of Citation File Format 1.2.0"


def test_schema_org_description_of_the_dataset(portal: Path) -> None:
    said = json.loads((portal / "dataset.jsonld").read_text(encoding="utf-8"))
    assert said["@context"] == {"@vocab": "https://schema.org/"}, "nothing is to be fetched"
    assert {one["@language"] for one in said["name"]} == {"en", "zh-Hant"}
    assert {one["@language"] for one in said["description"]} == {"en", "zh-Hant"}
    assert said["temporalCoverage"] == "2017-12-13/2025-12-31"
    downloads = {one["contentUrl"]["@id"]: one["contentSize"] for one in said["distribution"]}
    dumps = {f"{SITE}dump/{path.name}": f"{path.stat().st_size} B" for path in (portal / "dump").iterdir()}
    assert downloads == dumps
    read = rdflib.Graph().parse(portal / "dataset.jsonld", format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    assert (rdflib.URIRef(DATASET), rdflib.RDF.type, schema.Dataset) in read
    licence = read.value(rdflib.URIRef(DATASET), schema.license)
    assert licence == rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")


def test_licences_are_stated_and_linked(portal: Path) -> None:
    text = (portal / "README.md").read_text(encoding="utf-8")
    assert text.count("https://creativecommons.org/licenses/by/4.0/legalcode") == 2
    assert text.count("https://www.apache.org/licenses/LICENSE-2.0") == 2
    assert "授權" in text
    licence = (portal / "LICENSE").read_text(encoding="utf-8")
    assert "<https://creativecommons.org/licenses/by/4.0/legalcode>" in licence
    assert licence.endswith("SPDX-License-Identifier: CC-BY-4.0\n")
    assert "Apache" not in licence
    named = set(re.findall(r"`([\w.-]+(?:\.\w+|/|SUMS))`", text)) - {".ttl", ".nt", ".trig", ".jsonld", ".rq"}
    assert [one for one in sorted(named - {".well-known/"}) if not (portal / one).exists()] == []


def test_versions_agree(portal: Path) -> None:
    versions = {
        (quad.subject.value, quad.object.value)
        for quad in [*parsed(portal / "catalog.ttl"), *parsed(portal / "ontology/msme.ttl")]
        if quad.predicate.value
        in {"http://www.w3.org/ns/dcat#version", "http://www.w3.org/2002/07/owl#versionInfo"}
    }
    assert versions == {(DATASET, "0.1.0"), (f"{BASE}ontology", "0.1.0")}


def test_output_is_reproducible(portal: Path, copy_of_graph: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "deep" / "other"
    folder.parent.mkdir()
    words = ("--root", copy_of_graph, "--base-url", SITE.rstrip("/"), "--endpoint", ENDPOINT)
    there = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "0"}
    ended = run("portal", folder, *words, seed=4242, env=there)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert tree(folder) == tree(portal)
    # Written once more, on a day that is told.
    ended = run("portal", folder, *words, seed=7, env={"SOURCE_DATE_EPOCH": "1893456000"})
    assert (ended.code, ended.err) == (0, "")
    later = tree(folder)
    changed = {name for name, text in later.items() if text != tree(portal)[name]}
    assert changed == {
        *("CITATION.cff", "SHA256SUMS", "catalog.jsonld", "catalog.nt", "catalog.ttl", "dataset.jsonld"),
        *("void.ttl", ".well-known/void"),
    }
    assert b'date-released: "2030-01-01"' in later["CITATION.cff"]
    assert b'dcterms:issued "2026-11-22"^^xsd:date' in later["catalog.ttl"]


def test_without_urls_nothing_is_invented(plain: Path, tmp_path: Path, run: Run) -> None:
    text = "".join(
        (plain / name).read_text(encoding="utf-8") for name in ("catalog.ttl", "void.ttl", "queries.ttl")
    )
    assert not re.search("DataService|endpoint|schema:target|example\\.org", text, re.IGNORECASE)
    assert f"<{BASE}dump/msme-kg.ttl.gz>" in text
    assert "sd:Service" not in (plain / "service-description.ttl").read_text(encoding="utf-8")
    assert not (plain / "w3id").exists()
    ended = run("portal", tmp_path / "folder")
    assert (ended.code, ended.out) == (0, "")
    assert "--base-url" in ended.err


def test_service_is_described_if_there_is_an_endpoint(portal: Path) -> None:
    read = rdflib.Graph().parse(portal / "service-description.ttl")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = read.subjects(rdflib.RDF.type, sd.Service)
    assert read.value(service, sd.endpoint) == rdflib.URIRef(ENDPOINT)
    named = {str(one) for one in read.objects(None, sd.name)}
    assert f"{BASE}graph/data/sources" in named
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    for node in read.subjects(rdflib.RDF.type, sd.NamedGraph):
        path = str(read.value(node, sd.name)).removeprefix(f"{BASE}graph/")
        size = read.value(read.value(node, sd.graph), void.triples)
        assert int(str(size)) == len(set(parsed(ROOT / f"{path}.ttl"))), path


@pytest.mark.parametrize(
    "words",
    [
        ["--base-url", "ftp://example.org/"],
        ["--base-url", "example.org"],
        ["--base-url", "https://x.example/%zz/"],
        ["--base-url", "https://x.example/%2/"],
        ["--base-url", "https://x.example/\ue000/"],
        ["--endpoint", "https://x.example/%"],
        ["--base-url", "https://user:secret@example.org/"],
        ["--endpoint", "https://example.org/sparql?x=1"],
        ["--endpoint", "https://example.org/ sparql"],
        ["--endpoint", ""],
    ],
)
def test_invalid_url_is_a_usage_error(run: Run, tmp_path: Path, words: list[str]) -> None:
    ended = run("portal", tmp_path / "folder", *words)
    assert (ended.code, ended.out) == (2, "")
    assert "\nhint: " in ended.err
    assert list(tmp_path.iterdir()) == []


def test_invalid_source_date_epoch_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    for wrong in ("yesterday", "9" * 30):
        ended = run("portal", tmp_path / "folder", env={"SOURCE_DATE_EPOCH": wrong})
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("Error: SOURCE_DATE_EPOCH is ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("a dcat:Dataset ;", 'rdfs:comment "none" ;', "the graph has 0"),
        ("\n.\n", "\n.\n\n<https://w3id.org/msme-kg/dataset/two> a dcat:Dataset ;\n.\n", "the graph has 2"),
        ('    dcterms:issued "2026-11-22"^^xsd:date ;\n', "", "does not say when"),
    ],
)
def test_graph_without_one_dataset_is_an_error(
    run: Run, copy_of_graph: Path, tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = copy_of_graph / "data/dataset.ttl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    ended = run("portal", tmp_path / "folder", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, "")
    assert says in ended.err
    assert "\nhint: " in ended.err
    assert not (tmp_path / "folder").exists()


def test_root_and_foreign_folders_are_refused(run: Run, copy_of_graph: Path, tmp_path: Path) -> None:
    before = tree(copy_of_graph)
    for place in (copy_of_graph, copy_of_graph / "data", tmp_path):
        ended = run("portal", place, "--root", copy_of_graph)
        assert (ended.code, ended.out) == (4, "")
        assert "\nhint: " in ended.err
    assert tree(copy_of_graph) == before
    ended = run("portal", tmp_path / "no" / "folder", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (6, "")

"""Findings in every RDF format have the file and the line, and platforms get paths that they know."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run, scale_examples
from hostile_text import EXCLUDED_BY_XML, WRITABLE_PROPERTIES
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation import file_lint

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://e/> .
e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:p-shape , e:q-shape .
e:p-shape sh:path e:p ; sh:maxInclusive 9 .
e:q-shape sh:path e:q ; sh:minCount 1 .
"""
TERMS = '{"p": "e:p", "e": "http://e/"}'
RDFXML_HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/" xml:base="http://e/">'
# The content of each file, and the lines of too large values and of entities that lack a value.
FILES = {
    "turtle.ttl": (
        "@prefix e: <http://e/> .\ne:a a e:C ;\n e:p 8 ,\n  10 .\n[] a e:C ;\n e:p 1 .",
        [4],
        [2, 5],
    ),
    "lines.nt": (
        '<http://e/a> <http://e/p> "10"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        "_:x a <http://e/C> .\n<http://e/a> a <http://e/C> .".replace(
            " a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        ),
        [1],
        [1, 2],
    ),
    "generated-labels.nq": (
        "_:daadd09b3d6902870ded8a8b <http://e/r> _:ebadd09b3d6902870ded8a8b <http://g/> .\n"
        "_:ebadd09b3d6902870ded8a8b <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/C> .\n"
        '_:ebadd09b3d6902870ded8a8b <http://e/p> "10"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        [3],
        [2],
    ),
    "graphs.trig": (
        "@prefix e: <http://e/> .\ne:g {\n e:a a e:C ;\n  e:p 10 .\n}\n"
        "GRAPH e:h {\n [ a e:C ;\n e:p 11 ] .\n}",
        [4, 8],
        [3, 7],
    ),
    "expanded.jsonld": (
        '[{"@id": "http://e/a",\n "@type": ["http://e/C"],\n "http://e/p": [\n  {"@value": 8},\n'
        '  {"@value": 10}]},\n {"@type": "http://e/C",\n "http://e/p": 11}]',
        [5, 7],
        [1, 6],
    ),
    "compact.jsonld": (
        f'{{"@context": {TERMS},\n "@graph": [\n {{"@id": "e:a",\n  "p": [8,\n   10],\n  "@type": "e:C"}},\n'
        ' {"@type": "e:C",\n "p": 11}]}',
        [5, 8],
        [3, 7],
    ),
    "context-last.jsonld": (
        f'{{"@graph": [\n {{"p": 10,\n  "@type": "e:C",\n  "@id": "e:a"}}],\n "@context":\n  {TERMS}}}',
        [2],
        [4],
    ),
    "byte-order-mark.jsonld": (
        '\ufeff{"@id": "http://e/a",\n "@type": "http://e/C",\n "http://e/p": 10}',
        [3],
        [1],
    ),
    "typed.rdf": (
        f'{RDFXML_HEAD}\n<e:C rdf:about="http://e/a">\n <e:p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer"\n'
        " >10</e:p>\n</e:C>\n<e:C>\n <e:r/>\n</e:C>\n</rdf:RDF>",
        [4],
        [2, 6],
    ),
    "described.rdf": (
        f'{RDFXML_HEAD}\n<!-- no\n more -->\n<rdf:Description rdf:about="a">\n <e:note>one\n two</e:note>\n'
        ' <rdf:type rdf:resource="C"/>\n'
        ' <e:p rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">10</e:p>\n</rdf:Description>\n</rdf:RDF>',
        [8],
        [5],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_findings_have_file_and_line_in_every_format(run: Run, tmp_path: Path, name: str) -> None:
    content, large, lacking = FILES[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    ended = run("validate", "--alone", "--shapes", "shapes.ttl", name, "--format", "sarif")
    assert ended.code == 1
    lines: dict[str, list[int]] = {"http://e/p-shape": [], "http://e/q-shape": []}
    for result in json.loads(ended.out)["runs"][0]["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == name
        lines[result["ruleId"]].append(place["region"]["startLine"])
    assert (sorted(lines["http://e/p-shape"]), sorted(lines["http://e/q-shape"])) == (large, lacking)


@pytest.mark.parametrize("name", ["new.trig", "new.jsonld", "new.rdf", "new.nq"])
def test_findings_about_an_update_name_its_file(run: Run, tmp_path: Path, name: str) -> None:
    kind, label = "https://w3id.org/msme-kg/ontology#Event", "http://www.w3.org/2000/01/rdf-schema#label"
    entity = "https://w3id.org/msme-kg/event/new"
    texts = {
        "new.trig": f"GRAPH <http://g/> {{\n\n<{entity}> a <{kind}> ; <{label}> 1 .\n}}",
        "new.jsonld": f'[\n\n{{"@id": "{entity}", "@type": "{kind}", "{label}": 1}}]',
        "new.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:l="http://www.w3.org/2000/01/rdf-schema#"\n xmlns:m="https://w3id.org/msme-kg/ontology#">\n'
        f'<m:Event rdf:about="{entity}"><l:label>x</l:label></m:Event>\n</rdf:RDF>',
        "new.nq": "\n\n"
        f"<{entity}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{kind}> <http://g/> .\n",
    }
    (tmp_path / name).write_text(texts[name], encoding="utf-8")
    for command in (("validate", name), ("check", "--add", name)):
        ended = run(*command, "--format", "json")
        assert ended.code == 1
        found = [each for each in json.loads(ended.out)["findings"] if each["focus"] == entity]
        assert found
        assert {(each["file"], each["line"]) for each in found} == {(name, 3)}


def lint(name: str, content: str) -> list[Finding]:
    return list(file_lint.lint([GraphFile(name, "urn:g", content.encode())]))


@pytest.mark.parametrize("char", sorted(EXCLUDED_BY_XML | {"\x7f", "\x85", "\x9b"}))
def test_control_characters_are_found_with_their_line(char: str) -> None:
    code = f"{ord(char):04X}"
    short = {"\b": "\\b", "\f": "\\f"}.get(char, f"\\u{code}")
    cases = {
        "raw.ttl": f'<urn:a>\n <urn:b> "x{char}" .',
        "escaped.ttl": f'<urn:a>\n <urn:b> "x{short}" .',
        "long.ttl": f'<urn:a> <urn:b> """x\n{char}""" .',
        "escaped.trig": f'<urn:g> {{\n <urn:a> <urn:b> "x\\U0000{code}" . }}',
        "escaped.jsonld": f'[{{"@id": "urn:a",\n "urn:b": "x\\u{code}"}}]',
    }
    if char not in EXCLUDED_BY_XML:
        cases["reference.rdf"] = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
            f'<rdf:Description rdf:about="urn:a"><e:b>x\n&#x{code};y</e:b></rdf:Description></rdf:RDF>'
        )
    for name, content in cases.items():
        found = [each for each in lint(name, content) if each.shape == "lint/control-character"]
        assert [(each.severity, str(each.location)) for each in found] == [("warning", f"{name}:2")], name


def test_a_file_in_the_root_that_is_not_of_the_graph_is_validated(run: Run, copy_of_graph: Path) -> None:
    entity = "<https://w3id.org/msme-kg/event/new> a <https://w3id.org/msme-kg/ontology#Event> ."
    for name in ("new.ttl", "incoming/new.ttl", "data/new.nt"):
        (copy_of_graph / name).parent.mkdir(exist_ok=True)
        text = entity.replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ")
        (copy_of_graph / name).write_text(text, encoding="utf-8")
        assert run("validate", "--root", copy_of_graph, copy_of_graph / name).code == 1


@pytest.mark.parametrize("mark", ["folder", "file"])
def test_platforms_get_paths_from_the_top_of_the_checkout(run: Run, copy_of_graph: Path, mark: str) -> None:
    checkout = copy_of_graph.parent / "checkout"
    shutil.move(copy_of_graph, checkout / "kg")
    if mark == "folder":
        (checkout / ".git").mkdir()
    else:  # as in linked worktrees and submodules
        (checkout / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    path = checkout / "kg/data/events/events.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\nevent:x rdfs:label 1 .\n", encoding="utf-8")
    (checkout / "in").mkdir()

    def list_paths(*words: str | Path) -> set[str]:
        github = run(*words, "--root", checkout / "kg", "--format", "github").out
        (sarif,) = json.loads(run(*words, "--root", checkout / "kg", "--format", "sarif").out)["runs"]
        paths = {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for result in sarif["results"]
        }
        assert {one for one in re.findall(r" file=([^,]*),", github) if one} == paths
        return paths

    assert list_paths("validate") == {"kg/data/events/events.ttl"}
    update = checkout / "in/new.ttl"
    update.write_text(
        "<https://w3id.org/msme-kg/event/y> a <https://w3id.org/msme-kg/ontology#Event> .", encoding="utf-8"
    )
    assert list_paths("validate", update) == {"in/new.ttl"}
    assert list_paths("validate", "checkout/in/new.ttl") == {"in/new.ttl"}
    assert list_paths("check", "--add", update) == {"in/new.ttl"}


NODES = st.sampled_from([*WRITABLE_PROPERTIES[5:], "http://e/a", "http://e/b?x#y"]).map(ox.NamedNode)
QUADS = st.builds(
    ox.Quad,
    NODES | st.sampled_from([ox.BlankNode("x"), ox.BlankNode("y")]),
    NODES,
    NODES | st.text(st.sampled_from('aé"\\\n\r\t\x7f<&{}'), max_size=5).map(ox.Literal),
    NODES | st.just(ox.DefaultGraph()),
)


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("a.ttl", ox.RdfFormat.TURTLE),
        ("a.nt", ox.RdfFormat.N_TRIPLES),
        ("a.nq", ox.RdfFormat.N_QUADS),
        ("a.trig", ox.RdfFormat.TRIG),
        ("a.jsonld", ox.RdfFormat.JSON_LD),
        ("a.rdf", ox.RdfFormat.RDF_XML),
    ],
)
@settings(max_examples=scale_examples(40), deadline=None)
@given(quads=st.lists(QUADS, max_size=6), names=st.booleans())
def test_each_statement_that_others_write_has_a_line(
    name: str, syntax: ox.RdfFormat, quads: list[ox.Quad], names: bool
) -> None:
    if not syntax.supports_datasets:
        quads = [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads]
    prefixes = {"e": "http://e/", "x": "http://example.org/"} if names else {}
    try:
        content = ox.serialize(quads, format=syntax, prefixes=prefixes) or b""
    except ValueError:
        return  # this library writes no RDF/XML with such a property
    try:
        parsed = list(ox.parse(content, format=syntax))
    except SyntaxError:
        return  # nor does it always read what it wrote
    file = GraphFile(name, "urn:g", content)
    located = file.parse_located()
    assert {(each.subject, each.predicate, each.value) for each in located} == {
        (quad.subject, quad.predicate, quad.object) for quad in parsed
    }
    lines = content.decode().split("\n")
    assert all(0 < each.line <= len(lines) for each in located)
    for each in located:
        if isinstance(each.value, ox.Literal) and each.value.value.isalpha():
            assert each.value.value in lines[each.line - 1]

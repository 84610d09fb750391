"""Tests of file lint: rules with their lines, and legitimate text of all scripts."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path

import pytest

from msme_kg.message_catalog import load_messages
from msme_kg.namespaces import LANGUAGES
from msme_kg.repository import Repository
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.validation import file_lint
from msme_kg.validation.unicode_lint import find_violated_rules, is_harmless

TAGS = range(0xE0000, 0xE0200)
HEAD = "@prefix e: <http://e/> .\n@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
RDFS = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
SKOS = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
TERMS = "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
MSME = "@prefix msme: <https://w3id.org/msme-kg/ontology#> .\n"


def lint(*files: Path) -> list[Finding]:
    """Lint files outside a repository."""
    data = Dataset(tuple(GraphFile.from_path(str(file)) for file in files))
    return list(file_lint.lint(data.files))


def list_rules(findings: list[Finding]) -> set[tuple[str, int]]:
    return {(one.shape.removeprefix("lint/"), one.location.line if one.location else 0) for one in findings}


@pytest.mark.parametrize(
    ("body", "rule", "line"),
    [
        ('e:a e:b "a\u202eb" .', "bidi-control", 3),
        ('e:a e:b "a\\u2066b" .', "bidi-control", 3),
        ('e:a e:b "left\u200e" .', "bidi-control", 3),
        ('e:a e:b 1 ;\n  e:c ( "in a list\u200b" ) .', "invisible-character", 4),
        ("e:a e:b e:c\u200dd .", "invisible-character", 3),
        ('e:a e:b "tag\U000e0041" .', "invisible-character", 3),
        ('e:a e:b "soft\xadhyphen" .', "invisible-character", 3),
        ('e:a e:b "\\u001b[31m" .', "control-character", 3),
        ('e:a e:b "\\u0000" .', "control-character", 3),
        ('e:a e:b "\ufffe" .', "control-character", 3),
        ('e:a e:b """one\ntwo\n\u2028""" .', "control-character", 5),
        ('e:a e:b "caf\ufffd" .', "replacement-character", 3),
        ('e:a e:b "p\u0430ypal" .', "look-alike", 3),
        ('e:a e:b "WTO \u039fil" .', "look-alike", 3),
        ("e:a e:b <http://p\u0430ypal.com/> .", "look-alike", 3),
        ("e:a e:b <http://\u0430\u0440\u0440\u04cf\u0435.com/> .", "look-alike", 3),
        ('e:a e:b "cafe\u0301" .', "not-nfc", 3),
        ("e:a e:b <javascript:alert(1)> .", "iri-scheme", 3),
        ("@prefix d: <data:text/html,> .\nd:a e:b 1 .", "iri-scheme", 3),
        ("e:a e:b <\\u0046ILE:///etc/passwd> .", "iri-scheme", 3),
        ("<https://www.w3.org/ns/org#a> e:b 1 .", "namespace-scheme", 3),
        ("@prefix m: <http://w3id.org/msme-kg/ontology#> .\ne:a e:b 1 .", "namespace-scheme", 3),
        ("e:a e:b 1 .\n@prefix e: <http://f/> .", "prefix-rebound", 4),
        ("PREFIX rdfs: <http://elsewhere/>\ne:a e:b 1 .", "prefix-foreign", 3),
        ("# only a comment\nBASE <http://b/>\n", "empty", 0),
        ("e:a <http://www.w3.org/2002/07/owl#imports> e:b .", "imports", 3),
        ("e:a e:b 1 ;\n  <http://www.w3.org/ns/shacl#deactivated> true .", "shape", 4),
        ("e:a a <http://www.w3.org/ns/shacl#NodeShape> .", "shape", 3),
        ("_:a rdf:first 1 ;\n  rdf:rest _:b .\n_:b rdf:first 2 ;\n  rdf:rest _:a .", "list-circle", 4),
        ("e:l rdf:first 1 ;\n  rdf:rest e:l .", "list-circle", 4),
        ("e:l rdf:first 1 ,\n  2 ;\n  rdf:rest () .", "list-forked", 4),
        ("_:l rdf:first 1 ;\n  rdf:rest () , ( 2 ) .", "list-forked", 4),
        ("e:l rdf:first 1 ;\n  rdf:rest () ;\n  rdf:rest ( 2 ) .", "list-forked", 5),
        ("_:l rdf:first 1 .", "list-incomplete", 3),
        ("PREFIX f: <http://f/>\n_:l f:a f:b ;\n  rdf:first 1 .", "list-incomplete", 5),
        ("e:a e:b 1 ;\n e:b [ rdf:rest () ] .", "list-incomplete", 4),
        ("e:l rdf:first 1 ;\n  rdf:rest e:m .", "list-endless", 4),
        ("e:l rdf:first 1 ;\n  rdf:rest 2 .", "list-endless", 4),
        ("rdf:nil rdf:first 1 .", "list-nil", 3),
        (
            "_:a rdf:first 1 ;\n  rdf:rest _:c .\n_:b rdf:first 2 ; rdf:rest _:c .\n"
            "_:c rdf:first 3 ; rdf:rest () .",
            "list-shared",
            4,
        ),
        (f"e:a e:b 1 ;\n  e:c <http://e/{'x' * 60_000}> .", "long-iri", 4),
        (f"e:a e:b 1 ;\n  e:c e:{'x' * 60_000} .", "long-iri", 4),
        (
            f"e:a e:b 1 .\n{RDFS}e:A rdfs:subClassOf e:B .\ne:B rdfs:subClassOf e:C .\n"
            "e:C rdfs:subClassOf e:A .",
            "hierarchy-circle",
            5,
        ),
        (f"{RDFS}e:p rdfs:subPropertyOf e:q .\ne:q rdfs:subPropertyOf e:p .", "hierarchy-circle", 4),
        (f"{SKOS}e:a skos:broader e:b .\ne:b skos:broader e:a .", "hierarchy-circle", 4),
        (f"{SKOS}e:a skos:broader e:b ;\n  skos:narrower e:b .", "hierarchy-circle", 4),
        (f"{SKOS}e:a\n  skos:broader e:a .", "hierarchy-circle", 5),
        (f"{TERMS}e:a dcterms:isReplacedBy e:b .\ne:a dcterms:replaces e:b .", "hierarchy-circle", 4),
        (f"{OWL}e:a owl:sameAs e:a .", "identity", 4),
        (f'{OWL}e:a e:b 1 ;\n  owl:sameAs "e:a" .', "identity", 5),
        (f"{OWL}e:a owl:differentFrom\n  e:a .", "identity", 5),
        ("e:a a rdf:Bag ;\n  rdf:li e:b .", "syntax-name", 4),
        ("e:a rdf:about e:b .", "syntax-name", 3),
        ("e:a rdf:ressource e:b .", "unknown-name", 3),
        ("e:a\n  rdf:tpye e:b .", "unknown-name", 4),
        ("e:a a rdf:list .", "unknown-name", 3),
        ("e:a a rdf:Bag ; rdf:_0 e:b .", "unknown-name", 3),
        ("PREFIX r: <http://www.w3.org/2000/01/rdf-schema#>\ne:a r:lable 'a' .", "unknown-name", 4),
        ("e:a <http://www.w3.org/2000/01/rdf-schema#subclassof> e:b .", "unknown-name", 3),
        ("e:a <http://www.w3.org/2000/01/rdf-schema#labels> e:b .", "unknown-name", 3),
        ("e:a a rdf:Description .", "syntax-name", 3),
        ("e:a <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1 .", "syntax-name", 3),
        ("PREFIX r: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\ne:a r:li 1 .", "syntax-name", 4),
        ("e:a rdf:_1 e:b ;\n  rdf:_2 e:c ;\n  rdf:_1 e:d .", "container", 5),
        (f"{OWL}{MSME}msme:Member a owl:Class .", "redefinition", 5),
        (f"{RDFS}{MSME}msme:member\n  rdfs:range e:B .", "redefinition", 6),
        (f"{RDFS}{MSME}msme:Member rdfs:subClassOf e:B .", "redefinition", 5),
        ("e:a e:b 1 ;\n  e:c 1,5 .", "decimal-comma", 4),
        ("e:a e:b -1,500 .", "decimal-comma", 3),
        ("e:a e:b 1 ;\n  e:c <rdf:type> .", "prefix-in-iri", 4),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else str(value),
)
def test_each_rule_is_reported_once_on_its_line(tmp_path: Path, body: str, rule: str, line: int) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(HEAD + body, encoding="utf-8")
    assert list_rules(lint(file)) == {(rule, line)}


@pytest.mark.parametrize(
    "text",
    [
        "中文（全形）、「引號」。中華臺北",
        "שלום עולם\u200f 2023",
        "שָׁלוֹם",
        "السلام عليكم، مُحَمَّد",
        "می\u200cخواهم",
        "क्\u200dष हिन्दी",
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👍🏽",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "Русский язык, Ελληνικά, Čeština, Tiếng Việt, Ünïcödé",
        "한국어 ひらがな ｶﾀｶﾅ パーティー",
        "µm μm Δt ΔE TNFα λmax 10 Ω",
        "ไทย မြန်မာ ქართული Հայերեն",
        "葛\U000e0100城",
        "USB-кабель, Ελληνικά-English",
        "tab\tand\nline",
    ],
)
def test_legitimate_text_passes(text: str) -> None:
    assert list(find_violated_rules(text)) == []


def test_harmless_text_has_no_problems() -> None:
    passed = 0
    blocks = (range(0x3400), range(0xA000, 0xD800), range(0xE000, 0x11000), range(0x1F000, 0x20000), TAGS)
    for code in chain(*blocks):
        text = f"http://e/a{chr(code)}b{chr(code)}"
        if is_harmless(text.encode()):
            passed += 1
            assert not list(find_violated_rules(text)), hex(code)
            assert not list(find_violated_rules(text, iri=True)), hex(code)
    assert 10_000 < passed < sum(map(len, blocks))


@pytest.mark.parametrize("text", ["مرحبا، می\u200cخواهم", "हिन्दी क्\u200dष", "ไทย 中文 日本語"])
def test_text_of_common_scripts_is_harmless(text: str) -> None:
    assert is_harmless(f'<http://e/a> <http://e/b> "{text}" .'.encode())


@pytest.mark.parametrize(
    "body",
    [
        "e:a e:b 1, 5 .",
        'e:a e:b "1,500", "and 1,5 or 2,5" .  # 1,5',
        'e:a e:b """one\n 1,5\n""" .',
        "e:a e:b <http://e/1,5> .",
        f"e:a e:b <urn:e:1>, <tag:e.org,2020:x>, <http://e/{'x' * 3_000}> .",
        f'e:a e:b "{"中" * 20_000}", "{"x" * 20_000}" .',
        f"{RDFS}e:A rdfs:subClassOf e:A, e:B . e:C rdfs:subClassOf e:B .",
        f"{SKOS}e:a skos:broader e:b . e:b skos:narrower e:a .",
        f"{OWL}e:a owl:sameAs e:b . e:Own a owl:Class .",
        "e:a rdf:_1 e:b ; rdf:_2 e:b ; a rdf:Seq .",
    ],
    ids=lambda body: body[:60],
)
def test_legitimate_statements_pass(tmp_path: Path, body: str) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(HEAD + body, encoding="utf-8")
    assert list_rules(lint(file)) == set()


def test_statements_are_linted_in_other_syntaxes_and_layouts(tmp_path: Path) -> None:
    """The statements around a name alone are parsed; what may hide a name has the whole file parsed."""
    same_as = "<http://www.w3.org/2002/07/owl#sameAs>"
    texts = {
        "a.nt": f"<http://e/x> <http://e/y> <http://e/z> .\n<http://e/a> {same_as} <http://e/a> .\n",
        "b.ttl": f"{OWL}@prefix e: <http://e/> .\n" + "e:x e:y e:z\n.\n" * 2 + "e:a owl:sameAs e:a\n.\n",
        "c.ttl": 'PREFIX o: <http://www.w3.org/2002/07/owl#>\n<http://e/x> o:y """\n.\n""" .\n'
        "<http://e/a> <http://www.w3.org/2002/07/owl#same\\u0041s> <http://e/a> .\n",
        "d.ttl": f"{OWL}<http://e/x> owl:y 1\n.\n@prefix e: <http://e/> .\ne:a owl:sameAs e:a .\n",
    }
    for (name, text), line in zip(texts.items(), (2, 7, 5, 5), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert list_rules(lint(tmp_path / name)) == {("identity", line)}, name


def test_homograph_is_told_with_its_script(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(HEAD + 'e:a e:b <http://\u0430\u0440\u0440\u04cf\u0435.com/> , "WTO \u039fil" .', "utf-8")
    messages = [one.message["en"] + one.message["zh-Hant"] for one in lint(file)]
    assert len(messages) == 2
    assert all("Cyrillic" in text and "U+0430" in text for text in messages[:1])
    assert all("Greek" in text and "U+039F GREEK CAPITAL LETTER OMICRON" in text for text in messages[1:])


def test_lint_time_is_linear(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    lists = "".join(
        f"_:l{number} rdf:first {number} .\n[] rdf:first {number + 10_000} .\n" for number in range(10_000)
    )
    texts = ("я" * 200_000, "ж\u200b" * 100_000)
    file.write_text(HEAD + lists + 'e:a e:b "{}" , "{}" .'.format(*texts), encoding="utf-8")
    assert {(rule, line) for rule, line in list_rules(lint(file))} == {
        *(("list-incomplete", line) for line in range(3, 20_003)),
        ("invisible-character", 20_003),
    }


def test_twin_iris_are_found_across_files(tmp_path: Path) -> None:
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text(HEAD + "e:caf\xe9 e:b 1 .", encoding="utf-8")
    two.write_text(HEAD + "\n<http://e/cafe\u0301> e:b 2 .", encoding="utf-8")
    assert list_rules(lint(one)) == set()
    assert list_rules(lint(two)) == {("not-nfc", 4)}
    assert list_rules(lint(one, two)) == {("not-nfc", 4), ("twin-iri", 4)}


def test_other_syntaxes_get_the_same_findings(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonld"
    node = {"@id": "http://e/a", "http://e/b": ["p\u0430ypal", {"@id": "javascript:x"}]}
    file.write_text(json.dumps(node, ensure_ascii=False, indent=1), encoding="utf-8")
    assert list_rules(lint(file)) == {("look-alike", 4), ("iri-scheme", 6)}
    nquads = tmp_path / "a.nq"
    nquads.write_text(
        '<http://e/a> <http://e/b> "1" .\n<http://e/a> <http://e/b> "\u200b" <http://e/g> .', "utf-8"
    )
    assert list_rules(lint(nquads)) == {("invisible-character", 2)}
    xml = tmp_path / "a.rdf"
    ns = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
    xml.write_text(
        f'<rdf:RDF {ns}>\n<rdf:Description rdf:about="http://e/a">\n<e:b>&#x202e;x</e:b>\n</rdf:Description></rdf:RDF>'
    )
    assert {rule for rule, _ in list_rules(lint(xml))} == {"bidi-control"}


def test_a_prefix_declaration_in_a_literal_or_comment_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(HEAD + 'e:a e:b "PREFIX e: <http://other/>" . # @prefix e: <http://third/> .', "utf-8")
    assert lint(file) == []


def test_the_shipped_graph_has_no_lint_findings(root: Path) -> None:
    data = Dataset.from_repository(Repository.find(root), Repository.find(root).list_all_files())
    assert len(data.files) > 50
    assert list(file_lint.lint(data.files)) == []


@pytest.mark.parametrize(
    "message_id", [key for key in load_messages("en") if key.startswith(("lint.", "convention."))]
)
def test_messages_are_sentences(message_id: str) -> None:
    english, chinese = (load_messages(lang)[message_id] for lang in LANGUAGES)
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert not re.search(r"[一-鿿] ?[,.:;!?]", chinese)


def test_unknown_name_of_rdf_xml_is_reported_with_the_nearest_one(tmp_path: Path) -> None:
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'
    for wrong, near in (("rdf:ressource", "rdf:resource"), ("rdf:datatyp", "rdf:datatype")):
        file = tmp_path / "a.rdf"
        file.write_text(
            f'<rdf:RDF {rdf}>\n<e:C rdf:about="http://e/a">\n<e:b {wrong}="http://e/b"/></e:C></rdf:RDF>'
        )
        (finding,) = lint(file)
        assert list_rules([finding]) == {("unknown-name", 3)}
        assert f"{wrong} is not a name of the vocabulary; the nearest one is {near}." in finding.message["en"]
    file.write_text(f'<rdf:RDF {rdf}>\n<e:C rdf:abuot="http://e/a"><e:b>1</e:b></e:C></rdf:RDF>')
    assert [("rdf:abuot" in one.message["en"], one.shape) for one in lint(file)] == [
        (True, "lint/unknown-name")
    ]


@pytest.mark.parametrize("name", ["type", "first", "rest", "nil", "value", "_1", "_12", "langString", "HTML"])
def test_names_of_rdf_are_known(name: str, tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(f"{HEAD}{RDFS}e:a rdf:{name} e:b ; rdfs:seeAlso e:c ; e:rdf:tpye e:d .\n")
    assert "unknown-name" not in {rule for rule, _ in list_rules(lint(file))}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("e:a skos:broader e:b .", "e:b skos:broader e:a ."),
        ("e:a skos:broader e:b .", "e:a skos:narrower e:b ."),
        ("e:a rdfs:subClassOf e:b . e:b rdfs:subClassOf e:c .", "e:c rdfs:subClassOf e:a ."),
    ],
)
def test_circles_across_files_are_found_where_they_begin(first: str, second: str, tmp_path: Path) -> None:
    files = [tmp_path / "a.ttl", tmp_path / "b.ttl"]
    for file, body in zip(files, (first, second), strict=True):
        file.write_text(f"{HEAD}{RDFS}{SKOS}{body}\n")
        assert lint(file) == []
    assert list_rules(lint(*files)) == {("hierarchy-circle", 5)}
    mine, theirs = (GraphFile.from_path(str(file)) for file in files)
    (finding,) = file_lint.lint([theirs], [mine])
    assert finding.location
    assert finding.location.file == str(files[1])


def test_equal_labels_of_blank_nodes_in_two_files_are_no_circle(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(f"{HEAD}{SKOS}_:x skos:broader _:y .\n")
    (tmp_path / "b.ttl").write_text(f"{HEAD}{SKOS}_:y skos:broader _:x .\n")
    assert lint(tmp_path / "a.ttl", tmp_path / "b.ttl") == []

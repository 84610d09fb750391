"""Proves what `check` says of bad updates, as a maintainer runs it, and that it changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import Result, Run

PREFIXES = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix document: <https://w3id.org/msme-kg/document/> .
@prefix evidence-level: <https://w3id.org/msme-kg/vocab/evidence-level/> .
@prefix member: <https://w3id.org/msme-kg/member/> .
@prefix membership: <https://w3id.org/msme-kg/membership/> .
@prefix msme: <https://w3id.org/msme-kg/ontology#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix organization: <https://w3id.org/msme-kg/organization/> .
@prefix person: <https://w3id.org/msme-kg/person/> .
@prefix post: <https://w3id.org/msme-kg/post/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/msme-kg/source/> .
@prefix tenure: <https://w3id.org/msme-kg/tenure/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
FIRST = PREFIXES.count("\n") + 1
"""The line on which what follows the prefixes begins."""
SOURCE = "source:textile-future-com-archives-46214"
MEMBERSHIP = f"""\
membership:cm a msme:Membership ;
  rdfs:label "Membership in the Group: Cameroon (made up)"@en , "喀麥隆之小組成員資格（虛構）"@zh-Hant ;
  dcterms:source {SOURCE} ;
  msme:evidence evidence-level:stated ;
  msme:notBefore "2025-01-01"^^xsd:date ;
  msme:notAfter "2025-01-31"^^xsd:date ;
  org:member member:cm ;
  org:organization organization:iwg-msmes .
"""
CAMEROON = """\
member:cm a msme:WTOMember ;
  rdfs:label "Cameroon"@en , "喀麥隆"@zh-Hant ;
  dcterms:source source:textile-future-com-archives-46214 ;
  skos:notation "CM"^^msme:alpha-2 .
"""
TENURE = """\
tenure:made-up a msme:Tenure ;
  rdfs:label "Coordinatorship, made up"@en , "虛構之協調人任期"@zh-Hant ;
  dcterms:source source:textile-future-com-archives-46214 ;
  msme:inPost post:coordinator ;
  msme:notBefore "2019-01-01"^^xsd:date ;
  msme:notAfter "2019-01-01"^^xsd:date ;
  msme:endNotBefore "2019-12-31"^^xsd:date ;
  msme:endNotAfter "2019-12-31"^^xsd:date ;
  msme:onBehalfOf member:cl ;
  org:member person:hector-casanueva ;
  org:organization organization:iwg-msmes .
"""
PERSON = """\
person:made-up a <http://xmlns.com/foaf/0.1/Person> ;
  rdfs:label "Made Up"@en , "虛構"@zh-Hant ;
"""


def line_of(text: str, words: str) -> int:
    """Return the line of the file on which words of what follows the prefixes stand."""
    return FIRST + text[: text.index(words)].count("\n")


@dataclass(frozen=True)
class Bad:
    """An update that must not go in.

    Attributes:
        name: what is wrong with it.
        text: the input.
        words: what is said on the line that names the place.
        line: of the input; 0: of none.
        code: the exit code.
        how: the option and the file's ending.
        file: where it lies if not in the input.
    """

    name: str
    text: str
    words: str
    line: int = FIRST
    code: int = 1
    how: str = "--add .ttl"
    file: str = field(default="")


def update(name: str, text: str, words: str, line: int = 1, code: int = 1, file: str = "") -> Bad:
    return Bad(name, text, words, line, code, "--update .ru", file)


def changed(name: str, old: str, new: str, words: str, text: str = MEMBERSHIP + CAMEROON) -> Bad:
    """Return things that are in order but for one place."""
    assert old in text
    text = text.replace(old, new, 1)
    return Bad(name, PREFIXES + text, words, line_of(text, new.split("\n")[0]) if new else FIRST)


NOTE = 'rdfs:comment "x"@{} '
BAD = [
    Bad("syntax error in Turtle", f"{PREFIXES}member:a a msme:WTOMember ;;\n  member:b \n", "expected", FIRST + 1, 3),
    update("syntax error in SPARQL Update", "DELETE DATA {\n  a b c\n", "syntax", 2, 3),
    changed("unknown member", "org:member member:cm", "org:member member:cmr", "member:cmr"),
    changed("unknown thing", "org:organization organization:iwg-msmes", "org:organization organization:iwg", "iwg"),
    changed("unknown property", "msme:evidence ", "msme:evidenced ", "does not declare"),
    changed("unknown class", "a msme:Membership", "a msme:Memberships", "does not declare"),
    Bad(
        "missing source",
        PREFIXES + MEMBERSHIP.replace(f"  dcterms:source {SOURCE} ;\n", "") + CAMEROON,
        "no dcterms:source",
    ),
    update(
        "loss of the last source",
        "DELETE WHERE { tenure:hector-casanueva dcterms:source ?source }",
        "no dcterms:source",
        file="data/actors/tenures.ttl",
    ),
    Bad(
        "overlapping membership",
        PREFIXES + MEMBERSHIP.replace("membership:cm", "membership:af-again").replace("member:cm", "member:af"),
        "overlap",
    ),
    Bad("second coordinator at the same time", PREFIXES + TENURE, "overlap"),
    Bad(
        "a window that ends before it begins",
        PREFIXES + (MEMBERSHIP + CAMEROON).replace('notAfter "2025-01-31"', 'notAfter "2024-01-31"'),
        "msme:notBefore",
        FIRST + 4,
    ),
    changed("unknown evidence level", "evidence-level:stated", "evidence-level:sure", "evidence-level:sure"),
    update("LOAD", "LOAD <http://127.0.0.1:9/x.ttl>", "LOAD", 1, 4),
    update("DROP ALL", "INSERT DATA {} ;\nDROP ALL", "DROP", 2, 4),
    update("CLEAR", "\n\nCLEAR DEFAULT", "CLEAR", 3, 4),
    update("SERVICE", "INSERT { ?a ?b ?c }\nWHERE { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }", "SERVICE", 2, 4),
    update("nesting", f"INSERT DATA {{}} ;\nDELETE WHERE {'{' * 5000}{'}' * 5000}", "nests deeper", 2, 4),
    changed("SHACL in the data", "msme:evidence ", 'sh:name "x" ;\n  msme:evidence ', "SHACL"),
    changed("French", "msme:evidence ", NOTE.format("fr") + ";\n  msme:evidence ", "another language"),
    changed("simply Chinese", "msme:evidence ", NOTE.format("zh") + ";\n  msme:evidence ", "another language"),
    update(
        "a thing vanishes",
        "DELETE WHERE { person:hector-casanueva ?p ?o }",
        "would vanish. Keep its IRI",
        file="data/actors/people.ttl",
    ),
    update(
        "who uses a thing that vanishes",
        "DELETE WHERE { person:hector-casanueva ?p ?o }",
        "names a thing that would vanish",
        file="data/actors/tenures.ttl",
    ),
    update(
        "an emptied file",
        "DELETE { ?s ?p ?o } WHERE { GRAPH <https://w3id.org/msme-kg/graph/data/actors/people> { ?s ?p ?o } }",
        "Nothing would be left",
        file="data/actors/people.ttl",
    ),
    Bad(
        "a duplicate by its label",
        f"{PREFIXES}member:zz a msme:WTOMember ;\n  rdfs:label \"  ＣＨＩＮＡ \"@en .\n",
        "member:cn has the same rdfs:label",
        FIRST + 1,
    ),
    Bad(
        "a duplicate by its code",
        f"{PREFIXES}member:zz a msme:WTOMember ;\n  skos:notation \"CHN\"^^msme:alpha-3 .\n",
        "member:cn has the same skos:notation",
        FIRST + 1,
    ),
    Bad(
        "a duplicate by its symbol, of another class below one",
        f"{PREFIXES}document:zz a msme:Newsletter ;\n  msme:symbol \"INF/MSME/4/rev.2\" .\n",
        "document:inf-msme-4-rev-2 has the same msme:symbol",
        FIRST + 1,
    ),
    Bad(
        "a duplicate by its address",
        f"{PREFIXES}source:zz a msme:Source ;\n  schema:url <https://www.afterschoolafrica.com/64227/"
        "icc-itc-wto-msme-group-small-business-champions-2022-call-for-proposals/> .\n",
        "has the same schema:url",
        FIRST + 1,
    ),
    Bad(
        "two new things that are one",
        f'{PREFIXES}member:zx a msme:WTOMember ; rdfs:label "Atlantis"@en .\n'
        'member:zy a msme:WTOMember ; rdfs:label "atlantis"@en .\n',
        "member:zx has the same rdfs:label",
        FIRST + 1,
    ),
    Bad("a blank node", f"{PREFIXES}member:cn\n  rdfs:seeAlso [ rdfs:label \"x\"@en ] .\n", "blank node", FIRST + 1),
    update("a blank node in an update", 'INSERT DATA {\n member:cn rdfs:seeAlso _:x }', "blank node", 2),
    Bad("a foreign subject", f'{PREFIXES}<http://example.org/a>\n  rdfs:label "x"@en .\n', "does not begin with", FIRST + 1),
    Bad("a thing without class", f'{PREFIXES}member:zz\n  rdfs:label "x"@en .\n', "in which file it belongs"),
    changed("an ill-typed literal", '"2025-01-01"^^xsd:date', '"2025-02-30"^^xsd:date', "2025-02-30"),
    changed("a bidi trap", '"Cameroon"@en', '"Camer\u202eoon"@en', "202"),
    Bad("nothing there to add", "", "No such file", 0, 3, "--add .missing.ttl"),
    Bad("no RDF", "x", "names no RDF format", 0, 3, "--add .txt"),
    Bad("not UTF-8", "\udcff", "UTF-8", 1, 3, "--update .ru"),
]


def hashed(root: Path) -> str:
    """Return a hash of every file of a graph and its name."""
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


@pytest.fixture
def check(copy_of_graph: Path, run: Run) -> Iterator[Run]:
    """Run ``check`` about a copy of the graph, and see afterwards that it is as it was."""
    before = hashed(copy_of_graph)

    def check(*args: str | Path, **more: bytes) -> Result:
        return run("--root", copy_of_graph, "check", *args, **more)

    yield check
    assert hashed(copy_of_graph) == before


def lines_with(result: Result, words: str) -> list[str]:
    return [line for line in (result.out + result.err).splitlines() if words in line]


@pytest.mark.parametrize("bad", BAD, ids=lambda one: one.name)
def test_a_bad_update(bad: Bad, tmp_path: Path, check: Run) -> None:
    option, ending = bad.how.split()
    if ending != ".missing.ttl":
        (tmp_path / f"in{ending}").write_text(bad.text, encoding="utf-8", errors="surrogateescape")
    result = check(option, f"in{ending}")
    assert result.code == bad.code, result
    start = f"{bad.file or f'in{ending}'}:" + (f"{bad.line}:" if bad.line and not bad.file else "")
    told = lines_with(result, bad.words)
    assert [line for line in told if not bad.line or line.startswith(start)], (start, result)
    if bad.file:
        assert any(line.removeprefix(start).split(":")[0].isdecimal() for line in told), told
    if bad.code > 1:
        assert result.out == ""
        assert [line.split(":")[0] for line in result.err.splitlines()][1:] == ["hint"], result.err
    assert "\u202e" not in result.out + result.err

"""Command ``check``: messages about bad updates, formats, and unchanged files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
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
"""Number of the first line after the prefixes."""
SOURCE = "source:textile-future-com-archives-46214"
MEMBERSHIP = f"""\
membership:zw a msme:Membership ;
  rdfs:label "Membership in the Group: Zimbabwe (made up)"@en , "辛巴威之小組會員資格（虛構）"@zh-Hant ;
  dcterms:source {SOURCE} ;
  msme:evidence evidence-level:stated ; msme:recordSourced msme:evidence , msme:notBefore , msme:notAfter ;
  msme:recordSourced org:member , org:organization ; msme:notBefore "2025-01-01"^^xsd:date ;
  msme:notAfter "2025-01-31"^^xsd:date ;
  org:member member:zw ;
  org:organization organization:iwg-msmes .
"""
NOT_MEMBERS = [
    "ao",
    "bd",
    "bj",
    "bw",
    "dj",
    "ga",
    "gh",
    "ht",
    "in",
    "kw",
    "mg",
    "mn",
    "ne",
    "ng",
    "np",
    "rw",
    "sa",
    "sn",
    "tg",
    "th",
    "tz",
    "vu",
    "ws",
    "zm",
    "zw",
]
"""WTO members that no source names as members of the Group."""
MANY = MEMBERSHIP.replace("membership:zw", "membership:{0}").replace("member:zw", "member:{0}")
MANY = MANY.replace("Zimbabwe", "{0}").replace("辛巴威", "{0}")
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


def find_line(text: str, words: str) -> int:
    """Return the line number in the file of the first match in the text after the prefixes."""
    return FIRST + text[: text.index(words)].count("\n")


@dataclass(frozen=True)
class Bad:
    """An update that must be rejected.

    Attributes:
        name: the error.
        text: the input.
        words: part of the message on the line that names the location.
        line: line of the input; 0 if the message names none.
        code: the exit code.
        how: the option and the suffix of the file.
        file: the file of the error, if it is not the input.
    """

    name: str
    text: str
    words: str
    line: int = FIRST
    code: int = 1
    how: str = "--add .ttl"
    file: str = field(default="")


def create_update(name: str, text: str, words: str, line: int = 1, code: int = 1, file: str = "") -> Bad:
    return Bad(name, text, words, line, code, "--update .ru", file)


def edit_entity(name: str, old: str, new: str, words: str, text: str = MEMBERSHIP) -> Bad:
    """Return a valid entity with one edit that makes it invalid."""
    assert old in text
    text = text.replace(old, new, 1)
    return Bad(name, PREFIXES + text, words, find_line(text, new.partition("\n")[0]) if new else FIRST)


NOTE = 'rdfs:comment "x"@{} '
BAD = [
    Bad(
        "syntax error in Turtle",
        f"{PREFIXES}member:a a msme:WTOMember ;\n  member:b .\n",
        "error",
        FIRST + 1,
        3,
    ),
    create_update("syntax error in SPARQL Update", "DELETE DATA {\n  a b c\n", "syntax", 2, 3),
    edit_entity("unknown member", "org:member member:zw", "org:member member:zwr", "member:zwr"),
    edit_entity(
        "unknown thing", "org:organization organization:iwg-msmes", "org:organization organization:iwg", "iwg"
    ),
    edit_entity("unknown property", "msme:evidence ", "msme:evidenced ", "does not declare"),
    edit_entity("unknown class", "a msme:Membership", "a msme:Memberships", "is assigned to a file"),
    Bad(
        "missing source",
        PREFIXES + MEMBERSHIP.replace(f"  dcterms:source {SOURCE} ;\n", ""),
        "no dcterms:source",
    ),
    create_update(
        "loss of the last source",
        "DELETE WHERE { tenure:hector-casanueva dcterms:source ?source }",
        "no dcterms:source",
        file="data/actors/tenures.ttl",
    ),
    Bad(
        "overlapping membership",
        PREFIXES
        + MEMBERSHIP.replace("membership:zw", "membership:af-again").replace("member:zw", "member:af"),
        "at most one membership without an end date",
        FIRST + 6,
    ),
    Bad("second coordinator at the same time", PREFIXES + TENURE, "overlap"),
    Bad(
        "a window that ends before it begins",
        PREFIXES + MEMBERSHIP.replace('notAfter "2025-01-31"', 'notAfter "2024-01-31"'),
        "msme:notBefore",
        FIRST + 4,
    ),
    edit_entity(
        "unknown evidence level", "evidence-level:stated", "evidence-level:sure", "evidence-level:sure"
    ),
    create_update("LOAD", "LOAD <http://127.0.0.1:9/x.ttl>", "LOAD", 1, 4),
    create_update("DROP ALL", "INSERT DATA {} ;\nDROP ALL", "DROP", 2, 4),
    create_update("CLEAR", "\n\nCLEAR DEFAULT", "CLEAR", 3, 4),
    create_update(
        "SERVICE",
        "INSERT { ?a ?b ?c }\nWHERE { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
        "SERVICE",
        2,
        4,
    ),
    create_update(
        "nesting", f"INSERT DATA {{}} ;\nDELETE WHERE {'{' * 5000}{'}' * 5000}", "nests deeper", 2, 4
    ),
    edit_entity("SHACL in the data", "msme:evidence ", 'sh:name "x" ;\n  msme:evidence ', "SHACL"),
    edit_entity(
        "French", "msme:evidence ", NOTE.format("fr") + ";\n  msme:evidence ", "language tag is not one of"
    ),
    edit_entity(
        "simply Chinese",
        "msme:evidence ",
        NOTE.format("zh") + ";\n  msme:evidence ",
        "language tag is not one of",
    ),
    create_update(
        "a thing vanishes",
        "DELETE WHERE { person:hector-casanueva ?p ?o }",
        "would be removed. Keep its IRI",
        file="data/actors/people.ttl",
    ),
    create_update(
        "who uses a thing that vanishes",
        "DELETE WHERE { person:hector-casanueva ?p ?o }",
        "refers to an entity that would be removed",
        file="data/actors/tenures.ttl",
    ),
    create_update(
        "an emptied file",
        "DELETE { ?s ?p ?o }"
        " WHERE { GRAPH <https://w3id.org/msme-kg/graph/data/actors/people> { ?s ?p ?o } }",
        "No statement would be left",
        file="data/actors/people.ttl",
    ),
    create_update(
        "blank nodes of the ontology that vanish",
        "DELETE WHERE { ?x a owl:AllDisjointClasses ; owl:members ?list }",
        "cannot name them",
        file="ontology/msme.ttl",
    ),
    Bad(
        "a duplicate by its label",
        f'{PREFIXES}member:zz a msme:WTOMember ;\n  rdfs:label "  ＣＨＩＮＡ "@en .\n',
        "member:cn has the same rdfs:label",
        FIRST + 1,
    ),
    Bad(
        "a duplicate by its label in another case, with blanks around it",
        f'{PREFIXES}member:zz a msme:WTOMember ;\n  rdfs:label " chINA  "@en .\n',
        "member:cn has the same rdfs:label",
        FIRST + 1,
    ),
    Bad(
        "a duplicate by its code",
        f'{PREFIXES}member:zz a msme:WTOMember ;\n  skos:notation "CHN"^^msme:alpha-3 .\n',
        "member:cn has the same skos:notation",
        FIRST + 1,
    ),
    Bad(
        "a duplicate by its symbol, of another class below one",
        f'{PREFIXES}document:zz a msme:Newsletter ;\n  msme:symbol "INF/MSME/4/rev.2" .\n',
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
    Bad(
        "a blank node",
        f'{PREFIXES}member:cn\n  rdfs:seeAlso [ rdfs:label "x"@en ] .\n',
        "blank node",
        FIRST + 1,
    ),
    create_update(
        "a blank node in an update", "INSERT DATA {\n member:cn rdfs:seeAlso _:x }", "blank node", 2
    ),
    Bad(
        "a foreign subject",
        f'{PREFIXES}<http://example.org/a>\n  rdfs:label "x"@en .\n',
        "does not begin with",
        FIRST + 1,
    ),
    Bad("a thing without class", f'{PREFIXES}member:zz\n  rdfs:label "x"@en .\n', "is assigned to a file"),
    edit_entity("an ill-typed literal", '"2025-01-01"^^xsd:date', '"2025-02-30"^^xsd:date', "2025-02-30"),
    Bad("nothing there to add", "", "No such file", 0, 3, "--add .missing.ttl"),
    Bad("no RDF", "x", "names no RDF format", 0, 3, "--add .txt"),
    Bad("not UTF-8", "\udcff", "UTF-8", 1, 3, "--update .ru"),
]


def hash_files(root: Path) -> str:
    """Return a hash of the names and contents of all files of a graph."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


@pytest.fixture
def check(copy_of_graph: Path, run: Run) -> Iterator[Run]:
    """Run ``check`` on a copy of the graph, and assert afterwards that no file has changed."""
    before = hash_files(copy_of_graph)

    def check(*args: str | Path, **more: bytes) -> Result:
        return run("--root", copy_of_graph, "check", *args, **more)

    yield check
    assert hash_files(copy_of_graph) == before


def find_lines(result: Result, words: str) -> list[str]:
    return [line for line in (result.out + result.err).splitlines() if words in line]


@pytest.mark.parametrize("bad", BAD, ids=lambda one: one.name)
def test_a_bad_update_is_rejected_with_its_location(bad: Bad, tmp_path: Path, check: Run) -> None:
    option, ending = bad.how.split()
    if ending != ".missing.ttl":
        (tmp_path / f"in{ending}").write_text(bad.text, encoding="utf-8", errors="surrogateescape")
    result = check(option, f"in{ending}")
    assert result.code == bad.code, result
    start = f"{bad.file or f'in{ending}'}:" + (f"{bad.line}:" if bad.line and not bad.file else "")
    lines = find_lines(result, bad.words)
    assert [line for line in lines if not bad.line or line.startswith(start)], (start, result)
    if bad.file:
        assert any(line.removeprefix(start).split(":")[0].isdecimal() for line in lines), lines
    if bad.code > 1:
        assert result.out == ""
        lines = [line for line in result.err.splitlines() if not line.startswith("  ")]  # but the excerpt
        assert [line.split(":")[0] for line in lines][1:] == ["hint"], result.err


def test_a_valid_update_is_accepted(tmp_path: Path, check: Run) -> None:
    (tmp_path / "in.ttl").write_text(PREFIXES + MEMBERSHIP, encoding="utf-8")
    result = check("--add", "in.ttl")
    assert result.code == 0
    assert result.out.startswith(
        "New (1)\n\nMembership in the Group: Zimbabwe (made up) (membership:zw), membership\n"
    )
    summary = "1 new, 1 changed; statements: 15 added, 0 removed"
    assert f"\n{summary}\n" in result.out
    assert result.out.endswith("\n\nThis update is accepted\n")


def test_the_answers_that_change_are_listed(tmp_path: Path, check: Run) -> None:
    (tmp_path / "in.ttl").write_text(PREFIXES + MEMBERSHIP, encoding="utf-8")
    joins = check("--add", "in.ttl").out.partition("Answers that change:\n\n")[2]
    assert "  members 2025-12-31: 85 → 86 (+ ZW Zimbabwe)\n" in joins
    assert re.search(r"  coverage 2025-12-31: .*85 → 86, .*9 → 8\n", joins)
    assert "2024-08-01" not in joins
    window = "msme:endNotBefore '2025-06-01'^^xsd:date ; msme:endNotAfter '2025-06-30'^^xsd:date"
    leave = f"{PREFIXES}membership:us {window} ."
    (tmp_path / "in.ttl").write_text(leave, encoding="utf-8")
    markdown = check("--add", "in.ttl", "--format", "md", "--lang", "zh-Hant").out
    lines = markdown.partition("### 隨之改變之查詢結果\n\n")[2].partition("\n\n")[0].splitlines()
    assert "- members 2025-12-31: 85 → 84 (− US 美國)" in lines
    assert any(re.match(r"- members 2024-08-01: US: .* – → 2025-06$", line) for line in lines), lines
    note = f'{PREFIXES}membership:us skos:editorialNote "A note."@en .'
    (tmp_path / "in.ttl").write_text(note, encoding="utf-8")
    assert "Answers" not in check("--add", "in.ttl").out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MEMBERSHIP.replace("Zimbabwe (", "Zimb\u202eabwe ("), "bidirectional control character"),
        ("".join(MANY.replace("{0}", one) for one in NOT_MEMBERS), "more"),
    ],
)
def test_a_warning_does_not_reject_an_update(tmp_path: Path, check: Run, text: str, words: str) -> None:
    (tmp_path / "in.ttl").write_text(PREFIXES + text, encoding="utf-8")
    result = check("--add", "in.ttl")
    assert result.code == 0, result
    line, *_ = [line for line in find_lines(result, "warning: ") if words in line]
    assert "\u202e" not in result.out
    assert line.split(":")[1].isdecimal()


def test_several_inputs_are_one_update(tmp_path: Path, check: Run) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + MEMBERSHIP.replace("  dcterms:source", "#"), encoding="utf-8")
    (tmp_path / "b.nt").write_text(
        "<https://w3id.org/msme-kg/membership/zw> <http://purl.org/dc/terms/source>"
        " <https://w3id.org/msme-kg/source/textile-future-com-archives-46214> .\n"
    )
    assert check("--add", "a.ttl").code == 1
    assert check("--add", "a.ttl", "--add", "b.nt").code == 0
    text = b"INSERT DATA { membership:zw dcterms:source source:textile-future-com-archives-46214 }"
    assert check("--add", "a.ttl", "--update", "-", stdin=text).code == 0
    removed = check("--add", "a.ttl", "--add", "b.nt", "--remove", "b.nt")
    assert removed.code == 0, "what comes and goes stays"


def test_all_findings_are_reported_in_one_run(tmp_path: Path, check: Run) -> None:
    text = MEMBERSHIP.replace("evidence-level:stated", "evidence-level:sure").replace(
        "organization:iwg", "organization:x"
    )
    (tmp_path / "in.ttl").write_text(PREFIXES + text, encoding="utf-8")
    (tmp_path / "in.ru").write_text("DELETE WHERE { person:hector-casanueva ?p ?o }")
    result = check("--add", "in.ttl", "--update", "in.ru")
    assert result.code == 1
    for words in ("evidence-level:sure", "organization:x-msmes", "would be removed. Keep"):
        assert find_lines(result, words)


def test_statements_already_present_change_nothing(tmp_path: Path, check: Run) -> None:
    (tmp_path / "in.nt").write_text(
        '<https://w3id.org/msme-kg/member/cn> <http://www.w3.org/2000/01/rdf-schema#label> "China"@en .\n'
    )
    result = check("--add", "in.nt")
    assert (result.code, result.out) == (0, "This update changes nothing\n")
    assert "note: 1 statements were already present" in result.err


def test_fixed_findings_are_reported(tmp_path: Path, copy_of_graph: Path, run: Run) -> None:
    file = copy_of_graph / "data/actors/memberships.ttl"
    old = "membership:af a msme:Membership ;\n    rdfs:label "
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(
        text.replace(old, 'membership:af a msme:Membership ;\n    rdfs:label "x"@en ;\n    rdfs:label ')
    )
    (tmp_path / "in.ru").write_text('DELETE DATA { membership:af rdfs:label "x"@en }')
    result = run("--root", copy_of_graph, "check", "--update", "in.ru", "--format", "json")
    answer = json.loads(result.out)
    assert (result.code, answer["allowed"], answer["findings"]) == (0, True, [])
    assert {one["shape"] for one in answer["mended"]} == {"https://w3id.org/msme-kg/shape/Membership-label"}
    assert answer["mended"][0]["file"] == "data/actors/memberships.ttl"


@pytest.mark.parametrize(
    ("name", "lang"),
    [(name, "en") for name in ("text", "md", "json", "sarif", "github", "turtle")]
    + [("text", "zh-Hant"), ("md", "zh-Hant")],
)
def test_each_format_reports_the_finding(name: str, lang: str, tmp_path: Path, check: Run) -> None:
    text = PREFIXES + MEMBERSHIP.replace("member:zw", "member:zww")
    (tmp_path / "in.ttl").write_text(text, encoding="utf-8")
    result = check("--add", "in.ttl", "--format", name, "--lang", lang)
    assert result.code == 1
    english = lang == "en"
    match name:
        case "text":
            assert result.out.endswith("This update is rejected\n" if english else "本更新不得納入\n")
            assert f"in.ttl:{FIRST + 6}: " in result.out
        case "md":
            assert result.out.startswith("## This update is rejected\n" if english else "## 本更新不得納入\n")
            assert "\n### New findings\n\n- in.ttl:" in result.out or not english
        case "json":
            answer = json.loads(result.out)
            assert list(answer) == ["allowed", "findings", "mended", "idle", "kept", "answers", "changes"]
            assert answer["allowed"] is False
            keys = ["focus", "path", "value", "severity", "message", "shape", "constraint", "file", "line"]
            assert all(set(keys) <= set(one) for one in answer["findings"])
            assert ("in.ttl", FIRST + 6) in {(one["file"], one["line"]) for one in answer["findings"]}
        case "sarif":
            (log,) = json.loads(result.out)["runs"]
            (place,) = log["results"][0]["locations"]
            assert place["physicalLocation"]["region"]["startLine"] == FIRST + 6
        case "github":
            assert result.out.startswith(f"::error file=in.ttl,line={FIRST + 6},")
        case _:
            report = b"".join(
                str(quad).encode() + b" .\n" for quad in ox.parse(result.out, ox.RdfFormat.TURTLE)
            )
            assert b"ValidationReport" in report


def test_output_goes_to_a_file(tmp_path: Path, check: Run) -> None:
    bad = f"{PREFIXES}member:zz rdfs:label 'x'@en .".encode()
    result = check("--add", "-", "--output", "told", stdin=bad)
    assert (result.code, result.out) == (1, "")
    text = (tmp_path / "told").read_text(encoding="utf-8")
    assert f"\n-:{FIRST}: violation: x (member:zz): No class of this entity is assigned" in text


def test_standard_input_is_turtle_or_sparql_update(check: Run) -> None:
    added = check("--add", "-", stdin=(PREFIXES + MEMBERSHIP).encode())
    assert added.code == 0
    removed = check("--remove", "-", stdin=(PREFIXES + MEMBERSHIP).encode())
    assert removed.err.startswith("note: 14 statements")
    bad = check("--update", "-", stdin=b"DELETE DATA {")
    assert (bad.code, bad.err.split(":")[0]) == (3, "-")


@pytest.mark.parametrize(
    ("args", "words"),
    [((), "no update is named"), (("--add", "-", "--update", "-"), "standard input is named twice")],
)
def test_wrong_usage_exits_with_2(args: tuple[str, ...], words: str, check: Run) -> None:
    result = check(*args)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


@pytest.mark.parametrize("option", ["--add", "--remove", "--update"])
def test_a_link_out_of_its_folder_is_refused(option: str, tmp_path: Path, check: Run) -> None:
    ending = ".ru" if option == "--update" else ".ttl"
    target = tmp_path.parent / f"{tmp_path.name}-elsewhere{ending}"
    target.write_text("")
    (tmp_path / f"in{ending}").symlink_to(target)
    assert check(option, f"in{ending}").code == 4


@pytest.mark.parametrize(
    "text",
    [
        'document:zz a msme:Declaration ; dcterms:title "Joint Ministerial Statement"@en .',
        'person:zz a <http://xmlns.com/foaf/0.1/Person> ; rdfs:label "China"@en .',
        'member:zz a msme:WTOMember ; rdfs:label "China"@zh-Hant .',
        "source:zz a msme:Source ;"
        ' rdfs:label "360brokerllc.com: uncategorized/working-group-hears-updates-on-work-related-t…"@en .',
        'member:cn skos:altLabel "Chile"@en .',
        'member:cn rdfs:label "Chile"@en .',
    ],
)
def test_similar_entities_are_not_reported_as_duplicates(text: str, check: Run) -> None:
    assert not find_lines(check("--add", "-", stdin=f"{PREFIXES}{text}\n".encode()), "duplicate")


def test_a_replacement_of_a_deprecated_entity_is_not_a_duplicate(check: Run) -> None:
    text = (
        b"INSERT { member:zz ?p ?o . member:zw owl:deprecated true ; dcterms:isReplacedBy member:zz }"
        b" WHERE { member:zw ?p ?o }"
    )
    result = check("--update", "-", stdin=text)
    assert not find_lines(result, "policy/duplicate"), result
    assert find_lines(
        check("--update", "-", stdin=text.replace(b"deprecated", b"versionInfo")), "policy/duplicate"
    )


@pytest.mark.parametrize(
    ("expression", "what"),
    [("<urn:f>(?c)", "<urn:f> is not a function"), ("TRIPLE(?s, <a:b>, 1)", "a quoted triple")],
)
def test_an_update_that_cannot_be_evaluated_is_an_input_error(
    expression: str, what: str, tmp_path: Path, check: Run
) -> None:
    file = tmp_path / "u.ru"
    file.write_text(f"INSERT {{ ?s <urn:p> ?t }} WHERE {{ ?s a ?c BIND({expression} AS ?t) }}")
    ended = check("--update", file)
    assert (ended.code, ended.out) == (3, ""), ended.err
    assert ended.err.startswith(f"{file}: error: {what}"), ended.err

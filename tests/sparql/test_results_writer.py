"""Each text reads back from each result format, or is refused with its row and column."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from conftest import Run
from hostile_text import CHARACTERS, CONTROLS, EXCLUDED_BY_XML, LONG

from msme_kg.errors import InputError
from msme_kg.sparql.results import Solutions
from msme_kg.sparql.results_parser import InvalidResultsError, parse_results
from msme_kg.sparql.results_writer import FORMATS, write_results

XSD = "http://www.w3.org/2001/XMLSchema#"
THING = ox.NamedNode("http://example.org/thing")
W3C = {"srj": "application/sparql-results+json", "srx": "application/sparql-results+xml"}
READERS: dict[str, Callable[[str], Any]] = {
    "csv": lambda text: next(csv.DictReader(io.StringIO(text, newline="")))["text"],
    "tsv": lambda text: (
        next(iter(ox.parse_query_results(text.encode(), format=ox.QueryResultsFormat.TSV)))["text"].value
    ),
    "json": lambda text: json.loads(text)[0]["text"],
    "jsonl": lambda text: json.loads(text)["text"],
    "srj": lambda text: json.loads(text)["results"]["bindings"][0]["text"]["value"],
    "srx": lambda text: ElementTree.fromstring(text).find(".//{*}binding[@name='text']/*").text or "",  # noqa: S314
}
MACHINE_READABLE = pytest.mark.parametrize("form", READERS)


def write(term: ox.NamedNode | ox.BlankNode | ox.Literal, form: str) -> str:
    return write_results(Solutions(("thing", "text"), ((THING, term),)), form, str)


@MACHINE_READABLE
def test_each_text_reads_back_or_is_refused(form: str) -> None:
    for text in [*CHARACTERS, "", LONG, "a\r\nb", "]]>&amp;<", "\\u0041\"'\t", "|", "x" * 100_000]:
        for padded in (text, f"a{text}b", f" {text}\n"):
            for literal in (ox.Literal(padded), ox.Literal(padded, language="zh-hant")):
                if form == "srx" and set(padded) & EXCLUDED_BY_XML:
                    with pytest.raises(InputError, match=f"U\\+{ord(text):04X} in \\?text of row 1 .*/thing"):
                        write(literal, form)
                    continue
                written = write(literal, form)
                assert READERS[form](written) == padded
                if form in W3C:
                    solutions = parse_results(written.encode(), W3C[form], lambda: None)
                    assert isinstance(solutions, Solutions)
                    assert solutions.rows == ((THING, literal),)


@MACHINE_READABLE
def test_blank_nodes_differ_from_texts(form: str) -> None:
    label = write(ox.BlankNode("b0"), form)
    if form in W3C:  # they say of each term what it is
        assert READERS[form](label) == "b0"
        assert "bnode" in label
    elif form == "tsv":
        assert label.splitlines()[1].endswith("\t_:b0")
    else:
        assert READERS[form](label) == "_:b0"


@pytest.mark.parametrize("form", ["table", "md"])
def test_blank_nodes_are_marked_for_people(form: str) -> None:
    assert "_:b0" in write(ox.BlankNode("b0"), form)


@pytest.mark.parametrize("form", ["table", "md"])
def test_control_characters_are_shown_as_escapes(form: str) -> None:
    for char in set(CONTROLS) - set("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"):
        written = write(ox.Literal(f"a{char}b"), form)
        assert f"\\u{ord(char):04x}" in written
        assert char not in written
    written = write(ox.Literal("".join(CONTROLS)), form)
    assert not set(written) & (set(CONTROLS) - {"\n"})
    assert len(written.splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("![x](http://x.example/)", r"!\[x\](http://x.example/)"),
        ("&lt;script&gt;", r"\&lt;script\&gt;"),
        ("a | b \\| c", r"a \| b \\\| c"),
        ("`code` *b* _i_ ~~s~~ # h", r"\`code\` \*b\* \_i\_ \~\~s\~\~ \# h"),
        ("snake_case a__b", r"snake_case a\_\_b"),
        ("a\n\n# b\r\n[c]: javascript:d", r"a # b \[c\]: javascript:d"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, written: str) -> None:
    written = written.replace("# b", r"\# b")
    assert write(ox.Literal(text), "md").splitlines()[2] == f"| <http://example.org/thing> | {written} |"


@pytest.mark.parametrize(
    ("iri", "cell"),
    [
        ("https://x.example/a_b_", "<https://x.example/a_b_>"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,x", "data:text/html,x"),
    ],
)
def test_markdown_links_only_web_addresses(iri: str, cell: str) -> None:
    assert write(ox.NamedNode(iri), "md").splitlines()[2] == f"| <http://example.org/thing> | {cell} |"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", "integer", 12),
        ("-1.50", "decimal", -1.5),
        ("1e3", "double", 1000.0),
        ("1", "boolean", True),
        ("false", "boolean", False),
        ("1_000", "integer", "1_000"),
        ("٣", "integer", "٣"),
        (" 3", "integer", " 3"),
        ("nan", "double", "nan"),
        ("INF", "double", "INF"),
        ("TRUE", "boolean", "TRUE"),
        ("no", "boolean", "no"),
    ],
)
def test_only_well_formed_values_become_json_values(text: str, kind: str, value: object) -> None:
    literal = ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{kind}"))
    found = json.loads(write(literal, "json"))[0]["text"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", [r"\ud800", r"\udc00x", r"a\ud83d"])
def test_a_lone_surrogate_in_an_answer_is_refused(text: str) -> None:
    for part in (f'"literal","value":"{text}"', f'"uri","value":"urn:{text}"'):
        body = f'{{"head":{{"vars":["a"]}},"results":{{"bindings":[{{"a":{{"type":{part}}}}}]}}}}'
        with pytest.raises(InvalidResultsError):
            parse_results(body.encode(), W3C["srj"], lambda: None)


def test_every_format_is_tested() -> None:
    assert set(READERS) | {"table", "md"} == set(FORMATS)


def test_a_refusal_leaves_the_output_as_it_was(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out.srx").write_text("before", encoding="utf-8")
    asked = ("sparql", "-e", r'SELECT ("a\u000Bb" AS ?x) {}', "--format", "srx")
    ended = run(*asked, "-o", "out.srx")
    assert (ended.code, ended.out) == (3, "")
    assert re.fullmatch(
        r"Error: srx cannot hold the character U\+000B in \?x of row 1\nhint: .+\n", ended.err
    )
    assert (tmp_path / "out.srx").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("form", "syntax"),
    [
        ("turtle", ox.RdfFormat.TURTLE),
        ("ntriples", ox.RdfFormat.N_TRIPLES),
        ("nquads", ox.RdfFormat.N_QUADS),
        ("trig", ox.RdfFormat.TRIG),
        ("jsonld", ox.RdfFormat.JSON_LD),
        ("rdfxml", ox.RdfFormat.RDF_XML),
    ],
)
def test_limit_holds_for_statements_too(run: Run, form: str, syntax: ox.RdfFormat) -> None:
    query = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }" if form < "r" else "DESCRIBE skos:Concept msme:Event"
    for limit in (0, 2):
        ended = run("sparql", "-e", query, "--format", form, "--limit", str(limit))
        assert (ended.code, ended.err) == (0, "")
        assert len(list(ox.parse(ended.out.encode(), format=syntax))) == limit


def test_limit_of_statements_with_blank_nodes_is_the_same_each_time(run: Run) -> None:
    query = "CONSTRUCT { ?s rdfs:seeAlso [ rdfs:label ?l ] } WHERE { ?s a msme:Event ; rdfs:label ?l }"
    asked = ("sparql", "-e", query, "--format", "ntriples", "--limit", "3")
    first, second = run(*asked), run(*asked)
    assert first.out == second.out
    assert first.out.count("\n") == 3

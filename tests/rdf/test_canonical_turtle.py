"""Canonical Turtle preserves the graph, is unique, and changes little for small changes."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import scale_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msme_kg.errors import InputError
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.storage.dataset import GraphFile
from msme_kg.storage.formatting import format_file

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for part in ("ontology", "data")
    for path in (ROOT / part).rglob("*.ttl")
)
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = PrefixMap({"e": "http://e/", "ef": "http://e/f#", "rdf": RDF, "xsd": XSD})
HEAD = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


def canon(text: str | bytes) -> str:
    content = text.encode() if isinstance(text, str) else text
    return format_file(GraphFile("data/x.ttl", "http://g", content), PREFIXES).decode()


def parse(text: str) -> list[ox.Quad]:
    return list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))


def dataset(quads: Iterable[ox.Quad]) -> ox.Dataset:
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return found


# The law: what is written reads back as what was written.

texts = st.one_of(
    st.text(max_size=8),
    st.text(alphabet="\"'\\\n\r\t\0\x07\x7f\x85\u2028\ufeff\u0301e\U0001f600中 .;#<>@^", max_size=8),
).map(lambda text: unicodedata.normalize("NFC", text))
locals_ = st.one_of(
    st.text(alphabet="abzAZ019_-.", max_size=6),
    st.sampled_from(
        ["", "f#x", "f#", "a.", ".a", "-a", "a/b", "a,b", "a'b", "a(b)", "%41", "a:b", "é", "中"]
    ),
)
iris = st.one_of(
    locals_.map(lambda local: ox.NamedNode(f"http://e/{local}")),
    st.sampled_from(
        ["urn:x", f"{RDF}type", f"{RDF}nil", f"{XSD}date", "http://e/x?y=1&z#w", "http://e/\u3000"]
    ).map(ox.NamedNode),
)
tags = st.sampled_from(
    ["en", "EN", "zh-Hant", "zh-hant", "ZH-HANT-tw", "de-1996", "x-a-BC", "sl-rozaj-biske", "en-a-bb-x-c"]
)
numbers = {
    "integer": ["0", "01", "+1", "-0", "1.0", "", " 1", "１"],
    "decimal": ["1.0", "01.50", "+.5", ".5", "-0.0", "1", "1.", "1e0"],
    "double": ["1e0", "1E+05", "-.5e1", "1.e5", "1.0", "INF", "NaN", "+1e0"],
    "boolean": ["true", "false", "1", "0", "TRUE", "True"],
    "date": ["2020-01-01", "2020-01-01Z", "20-1-1"],
    "string": ["", "true", "1"],
}
literals = st.one_of(
    texts.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), texts, tags),
    st.builds(lambda text, iri: ox.Literal(text, datatype=iri), texts, st.just(ox.NamedNode("http://e/d.t"))),
    st.sampled_from(
        [
            ox.Literal(form, datatype=ox.NamedNode(f"{XSD}{name}"))
            for name, forms in numbers.items()
            for form in forms
        ]
    ),
)
Node = tuple[str, Any]
values = st.recursive(
    st.one_of(iris, literals),
    lambda inner: st.one_of(
        st.tuples(st.just("list"), st.lists(inner, max_size=3)),
        st.tuples(st.just("node"), st.lists(st.tuples(iris, inner), max_size=2)),
    ),
    max_leaves=6,
)


def quads_of(subject: Any, predicate: ox.NamedNode, value: Any) -> list[ox.Quad]:
    """Return the quads of a value, which may be nested."""
    if not isinstance(value, tuple):
        return [ox.Quad(subject, predicate, value)]
    kind, members = value
    if kind == "node":
        node = ox.BlankNode()
        inner = [quad for one, deeper in members for quad in quads_of(node, one, deeper)]
        return [ox.Quad(subject, predicate, node), *inner]
    found: list[ox.Quad] = []
    at, edge = subject, predicate
    for member in members:
        cell = ox.BlankNode()
        found.append(ox.Quad(at, edge, cell))
        found += quads_of(cell, ox.NamedNode(f"{RDF}first"), member)
        at, edge = cell, ox.NamedNode(f"{RDF}rest")
    return [*found, ox.Quad(at, edge, ox.NamedNode(f"{RDF}nil"))]


graphs = st.lists(
    st.builds(quads_of, st.one_of(iris, st.builds(ox.BlankNode)), iris, values), max_size=6
).map(lambda parts: [quad for part in parts for quad in part])


@settings(max_examples=scale_examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs)
def test_serialized_graph_parses_to_itself(quads: list[ox.Quad]) -> None:
    text = CanonicalTurtleWriter(PREFIXES).serialize(quads)
    assert dataset(parse(text)) == dataset(quads)
    assert canon(text) == text
    assert canon(canon(text)) == text


@settings(max_examples=scale_examples(100), deadline=None)
@given(st.lists(st.builds(ox.Quad, iris, iris, st.one_of(iris, literals)), max_size=8), st.randoms())
def test_order_of_input_does_not_matter(quads: list[ox.Quad], shuffler: random.Random) -> None:
    other = [*quads, *quads[:2]]
    shuffler.shuffle(other)
    assert CanonicalTurtleWriter(PREFIXES).serialize(quads) == CanonicalTurtleWriter(PREFIXES).serialize(
        other
    )


FORMS = sorted(
    {(form, name) for name, forms in numbers.items() for form in forms}
    | {("P1Y", "duration"), ("AA", "hexBinary")}
)


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_lexical_form_is_preserved(form: str, name: str) -> None:
    text = canon(f'{HEAD}e:a e:p "{form}"^^xsd:{name} .')
    (quad,) = parse(text)
    assert (quad.object.value, quad.object.datatype.value) == (form, f"{XSD}{name}")
    assert canon(text) == text


@pytest.mark.parametrize(
    ("tag", "spelt"),
    [
        ("zh-hant", "zh-Hant"),
        ("ZH-HANT", "zh-Hant"),
        ("EN", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("X-A-BB", "x-a-bb"),
    ],
)
def test_language_tag_has_recommended_case(tag: str, spelt: str) -> None:
    assert canon(f'{HEAD}e:a e:p "x"@{tag} .').endswith(f'e:a e:p "x"@{spelt} ;\n.\n')


def test_example_of_canonical_form() -> None:
    text = canon(
        f"{HEAD}e:b e:q e:c,<http://e/x/y>; <http://www.w3.org/2000/01/rdf-schema#label> 'L' ;"
        ' e:p (1 [e:q 2]) ; a e:T . <urn:z> e:p """two\nlines""" . e:a e:p true .'
    )
    assert text == (
        f"{HEAD}\ne:a e:p true ;\n.\n\n"
        'e:b a e:T ;\n    <http://www.w3.org/2000/01/rdf-schema#label> "L" ;\n'
        "    e:p ( 1 [ e:q 2 ] ) ;\n    e:q e:c ;\n    e:q <http://e/x/y> ;\n.\n\n"
        '<urn:z> e:p "two\\nlines" ;\n.\n'
    )


def test_text_is_normalized_and_formatting_is_idempotent() -> None:
    once = canon(f'{HEAD}e:a e:p "Cafe\u0301" .')
    assert '"Caf\u00e9"' in once
    assert canon(once) == once


def test_literals_with_equal_normal_form_are_written_once() -> None:
    once = canon(f'{HEAD}e:a e:p "Cafe\u0301", "Caf\u00e9" .')
    assert canon(once) == once


def test_unreferenced_list_is_preserved() -> None:
    text = f"{HEAD}[] rdf:first 1 ; rdf:rest () ."
    assert dataset(parse(canon(text))) == dataset(parse(text))


@pytest.mark.parametrize(
    "body",
    [
        "_:a e:p _:b . _:b e:p _:a .",
        "e:a e:p _:x . e:b e:p _:x .",
        "_:a e:p _:a .",
        "e:a e:p _:x ; e:q _:x .",
    ],
    ids=["circle", "two places", "itself", "two properties"],
)
def test_blank_node_that_cannot_be_inlined_is_refused(body: str) -> None:
    with pytest.raises(InputError, match="blank node"):
        canon(HEAD + body)


def test_header_comment_is_preserved() -> None:
    text = canon(f"# One.\r\n#   Two: “2”  \r\n{HEAD}e:a e:p 1 .".encode())
    assert text.startswith("# One.\n#   Two: “2”\n\n@prefix e: ")
    assert canon(text) == text


def test_header_comment_is_normalized() -> None:
    assert canon(f"# Cafe\u0301\n{HEAD}e:a e:p 1 .").startswith("# Caf\u00e9\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEAD}# later\ne:a e:p 1 .", 5),
        (f"{HEAD}e:a e:p 1 ; # behind\n e:q 2 .", 5),
        (f"{HEAD}e:a e:p '''\n\n''' .\n# at the end", 8),
        (f"# head\n\n# second block\n{HEAD}e:a e:p 1 .", 3),
    ],
    ids=["between", "behind", "end", "second"],
)
def test_comment_elsewhere_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        canon(text)
    assert caught.value.location is not None
    assert (caught.value.location.file, caught.value.location.line) == ("data/x.ttl", line)


def test_comment_ends_at_a_carriage_return_as_in_turtle() -> None:
    text = canon(f"# head\r{HEAD}e:a e:p 1 .")
    assert text == f"# head\n\n{HEAD}\ne:a e:p 1 ;\n.\n"


# The command, on real files.


def test_repository_is_in_canonical_form(run: Any, root: Path) -> None:
    answer = run("fmt", "--check", "--root", root)
    assert (answer.code, answer.out) == (0, "")


def scrambled(text: str) -> str:
    """Return the same graph in other Turtle: blocks reversed, other blanks and full stops."""
    prefixes, *blocks = text.split("\n\n")
    return "\n\n\n".join(
        [prefixes, *(block.replace("\n.", "  .").replace(" ;\n    ", "\n\t; ") for block in blocks[::-1])]
    )


def test_fmt_formats_files_and_is_idempotent(run: Any, copy_of_graph: Path) -> None:
    before = {file: (copy_of_graph / file).read_bytes() for file in FILES}
    chosen = ["data/actors/members.ttl", "data/events/events.ttl", "ontology/vocab/basis.ttl"]
    for file in chosen:
        path = copy_of_graph / file
        path.write_text(scrambled(path.read_text(encoding="utf-8")), encoding="utf-8")
    check = run("fmt", "--check", "--root", copy_of_graph)
    assert (check.code, check.out.splitlines()) == (1, chosen)
    first = run("fmt", "--root", copy_of_graph)
    assert (first.code, first.out.splitlines()) == (0, chosen)
    assert {file: (copy_of_graph / file).read_bytes() for file in FILES} == before
    second = run("fmt", "--root", copy_of_graph)
    assert (second.code, second.out) == (0, "")
    assert {file: (copy_of_graph / file).read_bytes() for file in FILES} == before
    assert [path for path in copy_of_graph.rglob("*") if path.suffix == ".tmp"] == []


def test_fmt_removes_bom_and_carriage_returns_and_corrects_tags(run: Any, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/actors/posts.ttl"
    before = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + before.replace(b"\n", b"\r\n").replace(b"@zh-Hant", b"@zh-hant"))
    answer = run("fmt", "--root", copy_of_graph)
    assert (answer.code, answer.out) == (0, "data/actors/posts.ttl\n")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\nmember:al a", "\n# who?\nmember:al a", "error: a comment"),
        ("\nmember:al a", "\nmember:al member:al a", "error: "),
        ('"Albania"', '"Albania', "error: "),
    ],
    ids=["comment", "syntax", "quote"],
)
def test_malformed_file_leaves_all_files_unchanged(
    run: Any, copy_of_graph: Path, old: str, new: str, message: str
) -> None:
    faulty, other = copy_of_graph / "data/actors/members.ttl", copy_of_graph / "data/actors/posts.ttl"
    text = faulty.read_text(encoding="utf-8")
    assert text.count(old) == 1
    faulty.write_text(text.replace(old, new), encoding="utf-8")
    other.write_text(scrambled(other.read_text(encoding="utf-8")), encoding="utf-8")
    before = (faulty.read_bytes(), other.read_bytes())
    answer = run("fmt", "--root", copy_of_graph)
    assert (answer.code, answer.out) == (3, "")
    line = text[: text.index(old)].count("\n") + 1 + new.startswith("\n")
    assert answer.err.startswith(f"data/actors/members.ttl:{line}:"), answer.err
    assert message in answer.err
    assert "\nhint: " in answer.err
    assert (faulty.read_bytes(), other.read_bytes()) == before


def test_nested_blank_nodes_are_written(run: Any, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/actors/posts.ttl"
    before = path.read_text(encoding="utf-8")
    deep = f"{before}\nmember:aa rdfs:seeAlso {'[ rdfs:seeAlso ' * 60}1{' ]' * 60} .\n"
    path.write_text(deep, encoding="utf-8")
    answer = run("fmt", "--root", copy_of_graph)
    # The table of the data's README counts the statements, so it changes too.
    assert (answer.code, answer.out) == (0, "data/actors/posts.ttl\ndata/README.md\n")
    assert dataset(parse(path.read_text(encoding="utf-8"))) == dataset(parse(deep))


def blocks(lines: list[str]) -> list[int]:
    """Return the block number of each line."""
    found, number = [], 0
    for line in lines:
        found.append(number)
        number += line == ""
    return found


def edited(lines: list[str], how: str, chance: random.Random) -> tuple[list[str], int]:
    """Change, add or remove one triple; return the new lines and the number of its block."""
    owners = blocks(lines)
    if how == "change":
        at = chance.choice([n for n, line in enumerate(lines) if re.match(r'    \S+ ".*"', line)])
        return [*lines[:at], re.sub(r'"', '"changed ', lines[at], count=1), *lines[at + 1 :]], owners[at]
    if how == "add":
        at = chance.choice([n for n, line in enumerate(lines) if line == "."])
        return [*lines[:at], f'    rdfs:comment "{chance.random()}" ;', *lines[at:]], owners[at]
    at = chance.choice([n for n, line in enumerate(lines) if line.startswith("    ") and line.endswith(" ;")])
    return [*lines[:at], *lines[at + 1 :]], owners[at]


@pytest.mark.parametrize("seed", range(20))
def test_changed_triple_changes_only_its_block(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (chooses what to edit)
    how = ("change", "add", "remove")[seed % 3]
    file = chance.choice([file for file in FILES if not file.startswith("ontology/shapes/")])
    content = (ROOT / file).read_bytes()
    prefixes = PrefixMap.from_declarations(parse((ROOT / "ontology/msme.ttl").read_text(encoding="utf-8")))
    lines = content.decode().split("\n")
    new, block = edited(lines, how, chance)
    after = format_file(GraphFile(file, "urn:g", "\n".join(new).encode()), prefixes).decode().split("\n")
    owners, owners_after = blocks(lines), blocks(after)
    assert [line for line, one in zip(after, owners_after, strict=True) if one != block] == [
        line for line, one in zip(lines, owners, strict=True) if one != block
    ]
    inside = [line for line, one in zip(after, owners_after, strict=True) if one == block]
    inside_before = [line for line, one in zip(lines, owners, strict=True) if one == block]
    gone = set(inside_before) - set(inside)
    come = set(inside) - set(inside_before)
    assert (len(gone), len(come)) == {"change": (1, 1), "add": (0, 1), "remove": (1, 0)}[how]
    assert len(inside) - len(inside_before) == {"change": 0, "add": 1, "remove": -1}[how]


def test_files_of_the_repository_are_canonical() -> None:
    prefixes = PrefixMap.from_declarations(parse((ROOT / "ontology/msme.ttl").read_text(encoding="utf-8")))
    for file in FILES:
        content = (ROOT / file).read_bytes()
        assert format_file(GraphFile(file, "urn:g", content), prefixes) == content, file

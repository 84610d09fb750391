"""A patched file equals its canonical form, and blocks of other subjects keep every byte."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from msme_kg.errors import InputError
from msme_kg.namespaces import BASE, RDFS, XSD, PrefixMap
from msme_kg.rdf.terms import split_quad
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.formatting import format_file
from msme_kg.storage.patching import patch_file

DRAWS = 6
LABEL = ox.NamedNode(f"{RDFS}label")
COMMENT = ox.NamedNode(f"{RDFS}comment")


def literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{datatype}"))


# Each with the way in which a canonical file writes it.
ODD = {
    literal("01", "integer"): "01",
    literal("+1", "integer"): "+1",
    literal("-0", "integer"): "-0",
    literal(" 1", "integer"): '" 1"^^xsd:integer',
    literal("1.", "decimal"): '"1."^^xsd:decimal',
    literal("1.50", "decimal"): "1.50",
    literal("1.0E0", "double"): "1.0E0",
    literal("INF", "double"): '"INF"^^xsd:double',
    literal("1", "boolean"): '"1"^^xsd:boolean',
    literal("2020-01-01Z", "date"): '"2020-01-01Z"^^xsd:date',
    ox.Literal("a", language="zh-hant"): '"a"@zh-Hant',
    ox.Literal("a", language="en-gb"): '"a"@en-GB',
    ox.Literal('q " \\ \n \r \t \x01 ;\n.\n'): '"q \\" \\\\ \\n \\r \\t \\u0001 ;\\n.\\n"',
    ox.Literal("\\u0041"): '"\\\\u0041"',
    ox.NamedNode("http://example.org/a,b(c)"): "<http://example.org/a,b(c)>",
}
FILES = sorted(
    path.relative_to(Path(__file__).parents[2]) for path in Path(__file__).parents[2].glob("data/**/*.ttl")
)


@pytest.fixture(scope="module")
def prefixes(root: Path) -> PrefixMap:
    repository = Repository.find(root)
    return Dataset.from_repository(repository, repository.list_default_graph_files()).prefixes


def load(root: Path, path: Path) -> GraphFile:
    return GraphFile(path.as_posix(), to_graph_iri(path.as_posix()), (root / path).read_bytes())


def loose(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(*split_quad(quad))


def blocks(content: bytes) -> dict[str, str]:
    """Return the blocks of a canonical file by their first token."""
    found: dict[str, str] = {}
    for block in content.decode().split("\n\n"):
        word = block.split(" ", 1)[0]
        if not block.startswith(("@prefix", "#")):
            found[word] = block.rstrip("\n")
    return found


def drawn(rnd: Random, quads: list[ox.Quad]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return a random patch: objects removed and added, subjects removed and added at any position."""
    come, gone = [], []
    for _ in range(rnd.randint(1, 4)):
        one = rnd.choice(quads)
        subject, predicate, value = split_quad(one)
        kind = rnd.randrange(5)
        if kind < 2:
            gone.append(one)
        if kind == 1:
            come.append(ox.Quad(subject, predicate, rnd.choice(list(ODD))))
        if kind == 2:
            come.append(ox.Quad(subject, COMMENT, rnd.choice(list(ODD))))
        if kind == 3:
            gone += [quad for quad in quads if quad.subject == subject]
        if kind == 4:
            name = rnd.choice(
                [subject.value[:-1], f"{subject.value}-x", f"{BASE}0", f"{BASE}zz/9", "urn:a:b"]
            )
            come += [ox.Quad(ox.NamedNode(name), predicate, value), ox.Quad(ox.NamedNode(name), LABEL, value)]
    known = set(map(loose, quads)) - set(map(loose, gone))
    return [quad for quad in dict.fromkeys(come) if quad not in known], list(dict.fromkeys(gone))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_random_patches_of_repository_files(root: Path, prefixes: PrefixMap, path: Path) -> None:
    file = load(root, path)
    quads = list(file.parse_quads())
    old = blocks(file.content)
    for seed in range(DRAWS):
        come, gone = drawn(Random(f"{path}{seed}"), quads)  # noqa: S311
        result = patch_file(file, come, gone, prefixes)
        assert (result.path, result.graph) == (file.path, file.graph)
        meant = (set(map(loose, quads)) - set(map(loose, gone))) | set(come)
        assert set(map(loose, result.parse_quads())) == meant, seed
        assert result.content == format_file(result, prefixes), seed
        words = {
            prefixes.shorten(one) or f"<{one}>"
            for one in (split_quad(quad)[0].value for quad in [*come, *gone])
        }
        new = blocks(result.content)
        assert {word: text for word, text in new.items() if word not in words} == {
            word: text for word, text in old.items() if word not in words
        }, seed
        back = patch_file(result, gone, come, prefixes)
        assert back.content == file.content, seed


def test_patch_and_inverse_of_files_with_inline_blank_nodes(root: Path, prefixes: PrefixMap) -> None:
    path = Path("ontology/shapes/Source.ttl")
    file = load(root, path)
    assert b"[ sh:alternativePath (" in file.content
    quad = ox.Quad(ox.NamedNode(f"{BASE}shape/Source"), COMMENT, ox.Literal("x"))
    result = patch_file(file, [quad], [], prefixes)
    old, new = file.content.decode().splitlines(), result.content.decode().splitlines()
    assert [line for line in new if line not in old] == ['    rdfs:comment "x" ;']
    assert [line for line in old if line not in new] == []
    assert patch_file(result, [], [quad], prefixes).content == file.content
    without = patch_file(
        file, [], [one for one in file.parse_quads() if one.subject == quad.subject], prefixes
    )
    assert "shape:Source a" not in without.content.decode()
    assert without.content == format_file(without, prefixes)


def test_new_file(prefixes: PrefixMap) -> None:
    new = GraphFile("data/new.ttl", to_graph_iri("data/new.ttl"), b"")
    result = patch_file(
        new, [ox.Quad(ox.NamedNode(f"{BASE}member/zz"), LABEL, ox.Literal("a"))], [], prefixes
    )
    assert result.content.startswith(b"@prefix admin:")
    assert result.content.endswith(b'\n\nmember:zz rdfs:label "a" ;\n.\n')
    assert result.content == format_file(result, prefixes)


@pytest.mark.parametrize("head", [b"", b"# one\n# two\n\n"])
def test_file_is_emptied_and_filled_again(root: Path, prefixes: PrefixMap, head: bytes) -> None:
    file = load(root, Path("data/actors/people.ttl"))
    file = GraphFile(file.path, file.graph, head + file.content)
    quads = list(file.parse_quads())
    empty = patch_file(file, [], quads, prefixes)
    assert list(empty.parse_quads()) == []
    assert empty.content == format_file(empty, prefixes)
    assert patch_file(empty, quads, [], prefixes).content == file.content


def test_header_comment_survives_a_patch(root: Path, prefixes: PrefixMap) -> None:
    file = load(root, Path("data/actors/people.ttl"))
    file = GraphFile(file.path, file.graph, b"# why this file\n# is as it is\n\n" + file.content)
    result = patch_file(
        file, [ox.Quad(ox.NamedNode(f"{BASE}person/a"), LABEL, ox.Literal("a"))], [], prefixes
    )
    assert result.content.startswith(b"# why this file\n# is as it is\n\n@prefix")
    assert result.content == format_file(result, prefixes)


def test_other_comment_is_refused(root: Path, prefixes: PrefixMap) -> None:
    file = load(root, Path("data/actors/people.ttl"))
    lines = file.content.count(b"\n")
    file = GraphFile(file.path, file.graph, file.content + b"# the last word\n")
    with pytest.raises(InputError) as caught:
        patch_file(file, [ox.Quad(ox.NamedNode(f"{BASE}person/a"), LABEL, ox.Literal("a"))], [], prefixes)
    assert caught.value.location is not None
    assert caught.value.location.line == lines + 1


@pytest.mark.parametrize("value", ODD, ids=ODD.values())
def test_unusual_lexical_forms_are_preserved(prefixes: PrefixMap, value: ox.Literal) -> None:
    thing = ox.NamedNode(f"{BASE}member/zz")
    file = GraphFile("data/new.ttl", to_graph_iri("data/new.ttl"), b"")
    first = patch_file(file, [ox.Quad(thing, COMMENT, value)], [], prefixes)
    assert f"\nmember:zz rdfs:comment {ODD[value]} ;\n.\n" in first.content.decode()
    beside = patch_file(first, [ox.Quad(thing, LABEL, ox.Literal("x"))], [], prefixes)
    assert f"\n    rdfs:comment {ODD[value]} ;\n.\n" in beside.content.decode()
    assert patch_file(beside, [], [ox.Quad(thing, COMMENT, value)], prefixes).content.endswith(
        b'\nmember:zz rdfs:label "x" ;\n.\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "{head}\n\nmember:b rdfs:label 'b'@EN, \"c\" ."
        " member:a rdfs:label '''a\nb'''@zh-hant; rdfs:comment 01.",
        '\ufeff{head}\r\n\r\nmember:b rdfs:label "b" ;\r\n.\r\n',
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "<https://w3id.org/msme-kg/member/b> rdfs:label 'b' .",
        "@prefix x: <https://w3id.org/msme-kg/member/> .\n"
        "x:b <http://www.w3.org/2000/01/rdf-schema#label> true .",
        '{head}\n\nmember:c rdfs:label "c" ;\n.\n\nmember:b rdfs:label "b" ;\n.\n',
        '{head}\n\nmember:b rdfs:label "b" ;\n.\n\nmember:b rdfs:label "d" ;\n.\n',
        '{head}\n\nmember:b rdfs:label "d" ;\n    rdfs:label "b" ;\n.\n',
        '{head}\n\nmember:b rdfs:label "b"@EN ;\n.\n',
        '{head}\n\nmember:b rdfs:label "b" ;\n.',
        '{head}\n\n\n\nmember:b rdfs:label "b" ;\n.\n\n\n',
        '{head}\nmember:b rdfs:label "b" ;\n.\n',
        '{head}\n\nmember:b rdfs:label "e\u0301" ;\n.\n',
        '{head}\n\nmember:b rdfs:label "\\u00E9" ;\n.\n',
    ],
)
def test_other_turtle_is_formatted_first(prefixes: PrefixMap, text: str) -> None:
    head = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in prefixes.items())
    file = GraphFile("data/a.ttl", to_graph_iri("data/a.ttl"), text.replace("{head}", head).encode())
    new = ox.Quad(ox.NamedNode(f"{BASE}member/bb"), LABEL, literal("01", "integer"))
    result = patch_file(file, [new], [], prefixes)
    assert result.content == format_file(result, prefixes)
    assert patch_file(result, [], [new], prefixes).content == format_file(file, prefixes)

"""Each triple is located on its line, in the files of the repository and in unusual Turtle."""

from __future__ import annotations

import textwrap
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

from msme_kg.errors import SourceLocation
from msme_kg.rdf.turtle_source import LocatedTriple, parse_located
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.source_map import SourceMap, locate_shape
from msme_kg.storage.subject_index import SubjectIndex

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for part in ("ontology", "data") for path in (ROOT / part).rglob("*.ttl"))
Triple = tuple[str, str, str]


def key(term: ox.NamedNode | ox.Literal) -> str:
    return str(ox.Literal(term.value, language=term.language.lower())) if _tagged(term) else str(term)


def _tagged(term: object) -> bool:
    return isinstance(term, ox.Literal) and bool(term.language)


def parsed(content: bytes) -> Counter[Triple]:
    """Count the triples that pyoxigraph parses, without those with blank nodes."""
    return Counter(
        (quad.subject.value, quad.predicate.value, key(quad.object))
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode)
    )


def placed(content: bytes) -> dict[Triple, list[int]]:
    """Return the lines on which the package finds each triple without blank nodes."""
    found: dict[Triple, list[int]] = {}
    for one in parse_located(content):
        if isinstance(one.subject, ox.NamedNode) and isinstance(one.value, ox.NamedNode | ox.Literal):
            assert isinstance(one.predicate, ox.NamedNode)
            triple = (one.subject.value, one.predicate.value, key(one.value))
            found.setdefault(triple, []).append(one.line)
    return found


def written(prefixes: Iterable[tuple[str, str]], text: str, quoted: bool) -> set[str]:
    """Return the possible spellings of a term in canonical Turtle."""
    if quoted:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return {f'"{escaped}"', text}
    curies = {f"{prefix}:{text[len(iri) :]}" for prefix, iri in prefixes if text.startswith(iri)}
    return {f"<{text}>"} | curies


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_triple_of_the_repository_is_located(path: Path) -> None:
    content = path.read_bytes()
    lines = content.decode().split("\n")
    prefixes = [
        (words[1].removesuffix(":"), words[2].strip("<>"))
        for words in (line.split() for line in lines)
        if words[:1] == ["@prefix"]
    ]
    found = placed(content)
    expected = parsed(content)
    assert expected
    assert set(found) == set(expected)
    for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
            (line,) = found[(quad.subject.value, quad.predicate.value, key(quad.object))]
            ways = written(prefixes, quad.object.value, isinstance(quad.object, ox.Literal))
            assert any(way in lines[line - 1] for way in ways), (quad, line)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_location_has_file_and_line(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    content = path.read_bytes()
    positions = SourceMap(Dataset((GraphFile(name, f"urn:{name}", content),)))
    (subject, predicate, _), *_ = placed(content)
    quad = next(
        quad
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE)
        if quad.predicate.value == predicate and quad.subject.value == subject
    )
    place = positions.locate(subject, predicate, quad.object)
    assert place is not None
    assert (place.file, place.line) == (name, min(placed(content)[(subject, predicate, key(quad.object))]))
    assert positions.locate("urn:nobody") is None


AWKWARD = {
    "one line a term": ("e:a\n  e:p\n\n  e:b\n.", {"b": 4}),
    "semicolons and commas": (
        "e:a e:p e:b, e:c ;\n  e:q e:d\n, e:f ; ;\n ;\n e:r e:g .",
        {"d": 2, "f": 3, "g": 5},
    ),
    "several statements on a line": ("e:a e:p e:b . e:c e:p e:d .\ne:f e:p e:g .", {"d": 2 - 1, "g": 2}),
    "dot without space": ("e:a e:p e:b.\ne:c e:p e:d.", {"b": 1, "d": 2}),
    "dot within a name": ("e:a e:p e:b.c .\ne:c e:p e:d.e.f.", {"b.c": 1, "d.e.f": 2}),
    "integer and dot": ("e:a e:p 1.\ne:a e:p 02.\ne:a e:p -3 .", {"1": 1, "02": 2, "-3": 3}),
    "number, dot and name": ("@prefix : <http://e/> .\n:a :p 1.:c :p\n:b .", {"1": 2, "b": 3}),
    "decimals": ("e:a e:p 1.5.\ne:a e:p +.5 .\ne:a e:p -0.50 .", {"1.5": 1, "+.5": 2, "-0.50": 3}),
    "decimal that begins with a dot": ("e:a e:p .5 ;\n  e:q 1 .\ne:b e:p 2 .", {".5": 1, "1": 2, "2": 3}),
    "doubles": (
        "e:a e:p 1e0 ,\n 1.E3 ,\n .5e-1 ,\n -1.5E+3 .",
        {"1e0": 1, "1.E3": 2, ".5e-1": 3, "-1.5E+3": 4},
    ),
    "booleans": ("e:a e:p true.\ne:a e:p false .", {"true": 1, "false": 2}),
    "long string": ('e:a e:p """one\ntwo "quoted" # no comment .\n""" ;\n e:q e:b .', {"b": 4}),
    "long string of apostrophes": ("e:a e:p '''one\n'' two\n''', e:b .", {"b": 3}),
    "line of a long string is where it begins": ('e:a e:p\n"""x\ny""" .', {"x\ny": 2}),
    "empty strings": ('e:a e:p "", \'\',\n """""", e:b .', {"b": 2}),
    "escapes": (
        r'e:a e:p "a\"b.c ;" ;' "\n" r" e:q 'it\'s', " '"\\u0041\\n".',
        {'a"b.c ;': 1, "it's": 2, "A\n": 2},
    ),
    "escapes in names": ("e:a e:p e:b\\,c\\.d .\ne:a\\'b e:p e:x%2Fy .", {"b,c.d": 1, "x%2Fy": 2}),
    "escapes in iris": (r"<http://e/\u0061> e:p <http://e/\U0000007A> ." "\ne:b e:p e:c .", {"z": 1, "c": 2}),
    "hash within an iri": (
        "<http://e/a#b> e:p <http://e/c#d> . # comment\ne:x e:p e:y .",
        {"c#d": 1, "y": 2},
    ),
    "ideographic space within an iri": ("e:a e:p <http://e/x\u3000y> ;\n e:q e:b .", {"x\u3000y": 1, "b": 2}),
    "comments": (
        "# it's \"one\" . ;\ne:a # <x> [\n e:p # ( '''\n e:b . # end.\ne:c e:p e:d .#x",
        {"b": 4, "d": 5},
    ),
    "comment that ends in a carriage return": ("# c\re:a e:p e:b .\ne:c e:p e:d .", {"b": 1, "d": 2}),
    "line breaks of two characters": (
        "e:a e:p e:b ;\r\n e:q e:c .\r\ne:d e:p e:f .",
        {"b": 1, "c": 2, "f": 3},
    ),
    "nested node": ("e:a e:p [ e:q e:b ;\n e:r [ a e:C ] ] ;\n e:s e:d .\ne:f e:p e:g .", {"d": 3, "g": 4}),
    "node as subject": ("[ e:p e:b ] e:q\n e:c .\n[] e:p e:d .\n[ e:p e:f ] .\ne:a e:p e:g .", {"g": 5}),
    "lists": ("e:a e:p ( e:b\n ( 1 2 ) [ e:q e:c ]\n) ;\n e:r e:d .\n(1) e:p e:x .\ne:f e:p () .", {"d": 4}),
    "labelled nodes": ("_:a e:p e:b ; e:q _:c.\n_:c e:p _:a .\ne:a e:p e:d .", {"d": 3}),
    "tags": ('e:a e:p "x"@en, "y"@zh-Hant-TW.\ne:a e:q "z"@en;e:r e:b .', {"x": 1, "y": 1, "z": 2, "b": 2}),
    "datatypes": ('e:a e:p "1"^^<urn:d> ,\n "2"^^e:d .\ne:b e:p "3" ^^ e:d .', {"1": 1, "2": 2, "3": 3}),
    "type": ("e:a a e:B ;\n a e:C .\ne:b\ta\te:D.", {"B": 1, "C": 2, "D": 3}),
    "prefixes of both kinds": (
        "PREFIX f: <http://f/>\nprefix g:<http://g/>\n@prefix f: <http://e/> .\nf:a g:p f:b .\n"
        "BASE <http://e/>\n<c> g:p <d> .\n@base <http://e/x/> .\n<f> g:p <g> .",
        {"b": 4, "d": 6, "x/g": 8},
    ),
    "empty prefix": ("@prefix : <http://e/> .\n:a :p :b ;\n:q : .", {"b": 2, "": 3}),
    "namespace with a hash after a base": (
        "@base <http://b/> .\n@prefix h: <http://e/h#> .\nh:a h:p h:b ;\n h:q h:c .",
        {"h#b": 3, "h#c": 4},
    ),
    "prefix called like a keyword": (
        "@prefix prefix: <http://e/> .\n@prefix a: <http://e/a/> .\nprefix:a prefix:p a:b .\n"
        "a:c a prefix:d .",
        {"a/b": 3, "d": 4},
    ),
    "brackets side by side": ("e:a e:p[e:q e:b],(1),e:c;e:r e:d.\ne:x e:p e:y.", {"c": 1, "d": 1, "y": 2}),
    "line separators are no line breaks": ('e:a e:p "x\u2028y\u0085\x0b" ;\n e:q e:b .', {"b": 2}),
    "a statement twice": ("e:a e:p e:b .\ne:a e:p e:b .", {}),
}


@pytest.mark.parametrize(("body", "lines"), AWKWARD.values(), ids=AWKWARD)
def test_awkward_turtle(body: str, lines: dict[str, int]) -> None:
    """Lines count from 1 after the line with the prefix."""
    content = f"@prefix e: <http://e/> .\n{body}\n".encode()
    found = placed(content)
    assert set(found) == set(parsed(content))
    seen = {
        triple[2].strip("<>").removeprefix("http://e/")
        if triple[2].startswith("<")
        else _value(triple[2]): line
        for triple, (line, *_) in found.items()
    }
    assert {value: seen.get(value) for value in lines} == {value: line + 1 for value, line in lines.items()}


def _value(literal: str) -> str:
    (quad,) = ox.parse(f"<urn:s> <urn:p> {literal} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    value: str = quad.object.value
    return value


def test_byte_order_mark_is_ignored() -> None:
    (found,) = parse_located(b"\xef\xbb\xbf<urn:a> <urn:p> 1 .\n")
    assert (str(found.subject), found.line) == ("<urn:a>", 1)


def test_lookups_of_several_entities_do_not_mix() -> None:
    files = tuple(
        GraphFile(f"data/{name}.ttl", f"urn:{name}", text)
        for name, text in (
            ("a", b"<urn:x> <urn:p> 1 ."),
            ("b", b"\n<urn:x> <urn:p> 1 .\n<urn:y> <urn:p> 1 ."),
        )
    )
    positions = SourceMap(Dataset(files))
    one = ox.Literal(1)
    found = [
        str(positions.locate(subject, "urn:p", one, graph))
        for subject, graph in (
            ("urn:x", None),
            ("urn:y", None),
            ("urn:x", "urn:b"),
            ("urn:x", "urn:a"),
            ("urn:z", None),
        )
    ]
    assert found == ["data/a.ttl:1", "data/b.ttl:3", "data/b.ttl:2", "data/a.ttl:1", "None"]


def test_location_falls_back_from_triple_to_predicate_to_subject() -> None:
    text = textwrap.dedent("""\
        @prefix e: <http://e/> .
        e:a e:p 1 ;
            e:q "x"@en ;
            e:q "y"@zh-Hant ;
        .
        """)
    positions = SourceMap(Dataset((GraphFile("data/a.ttl", "urn:a", text.encode()),)))

    def line(predicate: str | None = None, value: ox.Literal | None = None) -> int:
        place = positions.locate("http://e/a", predicate, value)
        assert place is not None
        return place.line

    assert line("http://e/q", ox.Literal("y", language="zh-Hant")) == 4
    assert line("http://e/q", ox.Literal("y", language="zh-hant")) == 4
    assert line("http://e/q", ox.Literal("z")) == 3
    assert line("http://e/r") == 2
    assert line() == 2


CANONICAL = (
    '# A head.\n@prefix e: <http://e/> .\n@prefix f: <http://f/> .\n\ne:a a e:C ;\n    e:p "x . \\" y"@en ;\n'
    "    e:p <http://e/b#c> ;\n    e:q -1.5 ;\n.\n\n<http://e/d(1)> e:p e:a ;\n.\n\n"
    'f:甲 e:p "甲" ;\n    e:q e:a ;\n.\n'
)
# Each makes a file in which a block alone would not tell what its names mean, or where else they stand.
NOT_CANONICAL = {
    "prefix declared anew": (".\n\n<http", ".\n@prefix e: <http://other/> .\n\n<http"),
    "prefix declared anew, in a line": ("-1.5 ;\n.", "-1.5 . PREFIX e: <http://other/>"),
    "statement within a line": ("    e:q -1.5 ;", "    e:q -1.5 . f:甲 e:q e:z ;"),
    "statement without blanks": ("e:q -1.5 ;", "e:q -1.5.<http://e/z><http://e/p>e:z ;"),
    "string of several lines": ('"甲" ;', '"""\n.\n\ne:a e:p e:z ;\n.\n""" ;'),
    "string in apostrophes": ('"甲" ;', "'''\n.\n\ne:a e:p e:z ;\n.\n''' ;"),
    "comment": ("e:q -1.5 ;", "e:q -1.5 ; # . e:a e:p e:z ;"),
    "comment without blank": ("e:q e:a ;", "e:q e:a#x ;\n;"),
    "base": ("@prefix f:", "@base <http://e/> .\n@prefix f:"),
    "relative name": ("<http://e/b#c>", "<b#c>"),
    "escape in a name": ("e:p e:a ;", "e:p e:\\-a ;"),
    "escape in an IRI": ("<http://e/d(1)>", "<http://e/\\u0064(1)>"),
    "list": ("e:p e:a ;", "e:p ( e:a ) ;"),
    "brackets": ("e:p e:a ;", "e:p [ e:q e:a ] ;"),
    "two objects on a line": ("e:p e:a ;", "e:p e:a , e:z ;"),
    "dot after the last object": ("e:p e:a ;\n.", "e:p e:a ."),
    "line breaks of two characters": ("\n", "\r\n"),
    "byte order mark": ("# A head.", "\ufeff# A head."),
}


@pytest.mark.parametrize("how", ["at once", "stored", "as stored"])
def test_canonical_file_is_indexed_by_subject(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how != "at once":
        monkeypatch.setattr("msme_kg.storage.subject_index._CACHE_MIN_BYTES", 0)
    SubjectIndex._from_turtle.cache_clear()
    blocks = SubjectIndex.from_file(GraphFile("data/a.ttl", "urn:a", CANONICAL.encode()))
    assert blocks is not None
    lines = {
        iri: [one.line for one in blocks.find_triples_of(iri)]
        for iri in ("http://e/a", "http://e/d(1)", "http://f/甲", "http://e/z")
    }
    assert lines == {
        "http://e/a": [5, 6, 7, 8],
        "http://e/d(1)": [11],
        "http://f/甲": [14, 15],
        "http://e/z": [],
    }
    assert [one.line for one in blocks.find_triples_containing([b"e:a"])] == [5, 6, 7, 8, 11, 14, 15]
    for path in FILES:
        if path.is_relative_to(ROOT / "data"):
            assert SubjectIndex.from_file(GraphFile(str(path), "urn:a", path.read_bytes())), path


@pytest.mark.parametrize(("old", "new"), NOT_CANONICAL.values(), ids=NOT_CANONICAL)
def test_other_file_is_parsed_completely(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert old in CANONICAL
    content = CANONICAL.replace(old, new).encode()
    file = GraphFile("data/a.ttl", "urn:a", content, "http://base/")
    assert SubjectIndex.from_file(file) is None
    monkeypatch.setattr("msme_kg.storage.subject_index._CACHE_MIN_BYTES", 0)
    for _ in ("stored", "as stored"):
        SubjectIndex._from_turtle.cache_clear()
        assert SubjectIndex.from_file(file) is None
    positions = SourceMap(Dataset((file,)))
    quads = list(file.parse_quads())
    expected = {(str(one.subject), str(one.predicate), key_of(one.value)): one.line for one in all_of(file)}
    for quad in quads:
        if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode):
            place = positions.locate_triple(quad.subject, quad.predicate.value, quad.object)
            assert place is not None, quad
            assert place.line == expected[(str(quad.subject), str(quad.predicate), key_of(quad.object))]


def test_anonymous_blank_nodes_do_not_keep_a_file_from_being_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    anonymous = '[ a e:All ; e:p ( e:a f:甲 ) ; e:q "x ] . y" , [ e:q 1 ] ] .\n\n[ a e:C ] .\n\n'
    content = CANONICAL.replace("<http://e/d(1)>", f"{anonymous}<http://e/d(1)>").encode()
    file = GraphFile("data/a.ttl", "urn:a", content)
    assert SubjectIndex.from_file(file) is None  # for who writes files
    index = SubjectIndex.from_file(file, allows_anonymous=True)
    assert index is not None
    expected = parse_located(content)
    for iri in ("http://e/a", "http://e/d(1)", "http://f/甲"):
        assert index.find_triples_of(iri) == [
            one for one in expected if getattr(one.subject, "value", "") == iri
        ]
    monkeypatch.setattr("msme_kg.storage.dataset.GraphFile.parse_located", None)
    positions = SourceMap(Dataset((file,)))
    assert positions.locate("http://e/d(1)") == SourceLocation("data/a.ttl", 15)
    assert positions.locate_object(ox.NamedNode("http://e/All")) == SourceLocation("data/a.ttl", 11)
    assert positions.locate_object(ox.NamedNode("http://e/C")) == SourceLocation("data/a.ttl", 5)
    listed, first = ox.NamedNode("http://e/a"), "http://www.w3.org/1999/02/22-rdf-syntax-ns#first"
    places = [
        positions.locate_object(listed, predicate) for predicate in (None, first, "http://e/p", "http://e/z")
    ]
    assert [place and place.line for place in places] == [11, 11, 15, None]
    assert positions.locate_object(ox.Literal(1), "http://e/q") == SourceLocation("data/a.ttl", 11)
    assert positions.locate_object(ox.Literal("甲"), "http://e/p") == SourceLocation("data/a.ttl", 18)
    assert positions.locate_object(ox.Literal("甲"), "http://e/q") is None


def all_of(file: GraphFile) -> Iterable[LocatedTriple]:
    return reversed(parse_located(file.content, file.base))


def key_of(value: object) -> str:
    return key(value) if isinstance(value, ox.NamedNode | ox.Literal) else ""


def test_anonymous_blank_nodes_are_located() -> None:
    text = "e:a e:p [ e:q 1 ] ,\n [ e:q 1 ] , _:x ;\n e:r [\n e:q [ e:q 1 ] ] .\n_:x e:q 1 ."
    file = GraphFile("data/a.ttl", "urn:a", f"@prefix e: <http://e/> .\n{text}".encode())
    positions = SourceMap(Dataset((file,)))
    quads = list(file.parse_quads())
    blanks = [quad.object for quad in quads if isinstance(quad.object, ox.BlankNode)]
    found = {quad.object: positions.locate(quad.object) for quad in quads if quad.object in blanks}
    assert sorted(place.line for place in found.values() if place) == [2, 3, 4, 5, 6]
    assert positions.find_bnode_lines("data/a.ttl") == [2, 3, 4, 5, 6]
    for quad in quads:
        place = positions.locate_triple(quad.subject, quad.predicate.value, quad.object)
        assert place is not None, quad


SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://e/> .
e:S a sh:NodeShape ;
  sh:property [
    sh:minCount 1 ] ;
  sh:or ( [ sh:not
    [ sh:path 1 ] ] ) .
"""


def test_shape_is_located_by_iri_or_opening_bracket() -> None:
    file = GraphFile("shapes.ttl", "urn:s", SHAPES.encode())
    positions = SourceMap(Dataset((file,)))
    quads = list(file.parse_quads())

    def line(end: str) -> int:
        (shape,) = (quad.subject for quad in quads if quad.predicate.value.endswith(f"#{end}"))
        place = locate_shape(positions, quads, shape)
        assert place is not None
        assert place.file == "shapes.ttl"
        return place.line

    assert [line(end) for end in ("or", "minCount", "not", "path")] == [3, 4, 6, 7]
    assert locate_shape(positions, quads, ox.NamedNode("urn:nobody")) is None


def test_equal_labels_in_two_files_are_located_apart() -> None:
    texts = ("_:x <urn:p> 1 .", "\n[] <urn:p> _:x , [ <urn:q> 1 ] .\n_:x\n <urn:p> 1 .")
    files = tuple(GraphFile(f"{name}.ttl", f"urn:{name}", text.encode()) for name, text in enumerate(texts))
    quads = list(Dataset(files).parse_quads())
    positions = SourceMap(Dataset(files))
    places = {str(quad.subject): positions.locate_triple(quad.subject, "urn:p") for quad in quads}
    assert {(place.file, place.line) for place in places.values() if place} == {
        ("0.ttl", 1),
        ("1.ttl", 2),
        ("1.ttl", 4),
    }
    (nested,) = {quad.subject for quad in quads if quad.predicate.value == "urn:q"}
    assert positions.locate(nested) == SourceLocation("1.ttl", 2)


def test_literals_are_located_where_they_are_the_object(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = ("<http://e/2023>", '"of 2023"', '"2023"@en', "2023", '"2023"', '"2023"^^e:t', '"a \\"2023\\""')
    blocks = [f"e:s{number} e:p {value} ;\n.\n" for number, value in enumerate(objects)]
    file = GraphFile("data/a.ttl", "urn:a", f"@prefix e: <http://e/> .\n{''.join(blocks)}".encode())
    index = SubjectIndex.from_file(file)
    assert index is not None
    parsed: list[int] = []
    parse_block = SubjectIndex._parse_block
    monkeypatch.setattr(
        SubjectIndex,
        "_parse_block",
        lambda self, number: (parsed.append(number), parse_block(self, number))[1],
    )
    source_map = SourceMap(Dataset((file,)))
    located = {str(quad.object): source_map.locate_object(quad.object) for quad in file.parse_quads()}
    assert [place.line for place in located.values() if place] == [2, 4, 6, 8, 10, 12, 14]
    parsed.clear()
    SourceMap(Dataset((file,))).locate_object(ox.Literal(2023))
    assert parsed == [2, 3]  # not the IRI and the text in which the number is a part


@pytest.mark.parametrize("ending", [" ;\n.", " ."], ids=["canonical", "other"])
def test_many_objects_are_located_in_time_that_grows_with_their_number(ending: str) -> None:
    numbers = range(20_000)
    blocks = [f'e:s{number} e:p "text {number}"{ending}\n' for number in numbers]
    file = GraphFile("data/a.ttl", "urn:a", f"@prefix e: <http://e/> .\n{''.join(blocks)}".encode())
    source_map = SourceMap(Dataset((file,)))
    start = time.process_time()
    places = [source_map.locate_object(ox.Literal(f"text {number}")) for number in numbers]
    assert [place.line for place in places if place] == [
        2 + number * (1 + ending.count("\n")) for number in numbers
    ]
    assert time.process_time() - start < 15  # a search of the file for each takes over a minute

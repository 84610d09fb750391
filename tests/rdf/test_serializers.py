"""Each export parses to the same graph in two libraries, and its bytes are always the same."""

from __future__ import annotations

import functools
import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from conftest import scale_examples
from hostile_text import CHARACTERS, EXCLUDED_BY_XML, LONG, RDF, UNWRITABLE_PROPERTIES, WRITABLE_PROPERTIES
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.compare import to_isomorphic

from msme_kg.errors import InputError
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.serializers import serialize

ROOT = Path(__file__).resolve().parents[2]
SHAPES = "ontology/shapes"
FORMATS = {
    "turtle": ("turtle", ox.RdfFormat.TURTLE),
    "ntriples": ("nt", ox.RdfFormat.N_TRIPLES),
    "nquads": ("nquads", ox.RdfFormat.N_QUADS),
    "trig": ("trig", ox.RdfFormat.TRIG),
    "jsonld": ("json-ld", ox.RdfFormat.JSON_LD),
    "rdfxml": ("xml", ox.RdfFormat.RDF_XML),
}
NAMED = {"nquads", "trig"}
EVERY = pytest.mark.parametrize("syntax", FORMATS)
# rdflib warns about its own old classes, which its own parsers use.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
Quads = frozenset[tuple[str, str, str, str]]


@pytest.fixture(autouse=True)
def _lexical_forms_kept() -> Iterator[None]:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    yield
    rdflib.NORMALIZE_LITERALS = before


def text_of(term: Any) -> str:
    """Return a term of either library as text, its language tag in lower case."""
    if isinstance(term, rdflib.Literal):
        datatype = str(term.datatype) if term.datatype else str(rdflib.XSD.string)
        return f"{str(term)!r}@{term.language.lower()}" if term.language else f"{str(term)!r}^^{datatype}"
    if isinstance(term, ox.Literal):
        kind = f"@{term.language.lower()}" if term.language else f"^^{term.datatype.value}"
        return f"{term.value!r}{kind}"
    assert isinstance(term, rdflib.URIRef | ox.NamedNode), term
    return str(term) if isinstance(term, rdflib.URIRef) else term.value


def of_oxigraph(quads: Iterable[ox.Quad], named: bool) -> Quads:
    return frozenset(
        (
            *(text_of(term) for term in (quad.subject, quad.predicate, quad.object)),
            quad.graph_name.value if named else "",
        )
        for quad in quads
        if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode)
    )


def of_rdflib(text: str, name: str, named: bool) -> Quads:
    if not named:
        graph = rdflib.Graph().parse(data=text, format=name)
        triples = (one for one in graph if not any(isinstance(term, rdflib.BNode) for term in one))
        return frozenset((text_of(s), text_of(p), text_of(o), "") for s, p, o in triples)
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format=name)
    quads = (one for one in dataset.quads() if not any(isinstance(term, rdflib.BNode) for term in one[:3]))
    return frozenset((text_of(s), text_of(p), text_of(o), str(g)) for s, p, o, g in quads)


@functools.cache
def landed(named: bool) -> Quads:
    """Parse the files to be exported without the package; each is a named graph, shapes are left out."""
    found: set[tuple[str, str, str, str]] = set()
    for part in ("ontology", "data"):
        for path in sorted((ROOT / part).rglob("*.ttl")):
            name = path.relative_to(ROOT).with_suffix("").as_posix()
            if not name.startswith((SHAPES, "data/changes")):
                graph = ox.NamedNode(f"https://w3id.org/msme-kg/graph/{name}")
                quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
                found |= of_oxigraph((ox.Quad(*list(quad)[:3], graph) for quad in quads), named)
    return frozenset(found)


_EXPORTS: dict[str, str] = {}


@pytest.fixture
def exported(run: Any) -> Any:
    """Export the repository once per syntax."""

    def exported(syntax: str) -> str:
        if syntax not in _EXPORTS:
            answer = run("export", syntax, "--root", ROOT, seed=0)
            assert (answer.code, answer.err) == (0, "")
            _EXPORTS[syntax] = answer.out
        return _EXPORTS[syntax]

    return exported


@EVERY
def test_export_reads_back_in_oxigraph(exported: Any, syntax: str) -> None:
    named = syntax in NAMED
    quads = ox.parse(exported(syntax).encode(), format=FORMATS[syntax][1])
    assert of_oxigraph(quads, named) == landed(named)


@EVERY
def test_export_reads_back_in_rdflib(exported: Any, syntax: str) -> None:
    named = syntax in NAMED
    assert of_rdflib(exported(syntax), FORMATS[syntax][0], named) == landed(named)


@EVERY
@pytest.mark.parametrize("seed", [1, 2])
def test_export_does_not_depend_on_the_hash_seed(run: Any, exported: Any, syntax: str, seed: int) -> None:
    assert run("export", syntax, "--root", ROOT, seed=seed).out == exported(syntax)


@EVERY
def test_language_tags_have_recommended_case(exported: Any, syntax: str) -> None:
    text = exported(syntax)
    marks = {"jsonld": r'"@language": "([^"]*)"', "rdfxml": r'xml:lang="([^"]*)"'}
    tags = re.findall(marks.get(syntax, r'"@([A-Za-z][A-Za-z0-9-]*) [;.<]'), text)
    assert set(tags) == {"en", "zh-Hant"}


@EVERY
def test_lines_and_text_end_with_a_line_feed(exported: Any, syntax: str) -> None:
    assert "\r" not in exported(syntax)
    assert exported(syntax).endswith("\n")
    assert not exported(syntax).endswith("\n\n")


@pytest.mark.parametrize("syntax", ["ntriples", "nquads"])
def test_lines_are_sorted_and_unique(exported: Any, syntax: str) -> None:
    lines = exported(syntax).removesuffix("\n").split("\n")
    assert len(lines) == len(set(lines))
    if syntax == "ntriples":
        subjects = [line.split(" ", 2)[:2] for line in lines]
        assert subjects == sorted(subjects)


@EVERY
def test_shapes_with_their_lists_read_back(run: Any, syntax: str) -> None:
    answer = run("export", syntax, "--root", ROOT, "--graph", SHAPES, seed=0)
    assert (answer.code, answer.err) == (0, "")
    assert run("export", syntax, "--root", ROOT, "--graph", SHAPES, seed=1).out == answer.out
    before = ox.Dataset(
        quad
        for path in sorted((ROOT / SHAPES).rglob("*.ttl"))
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    )
    after = ox.Dataset(
        ox.Quad(*list(quad)[:3]) for quad in ox.parse(answer.out.encode(), format=FORMATS[syntax][1])
    )
    for dataset in (before, after):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert before == after


def test_one_shape_is_isomorphic_in_rdflib(run: Any) -> None:
    file = f"{SHAPES}/WTOMember.ttl"
    whole = rdflib.Graph().parse(ROOT / file, format="turtle")
    for syntax, (name, _) in FORMATS.items():
        text = run("export", syntax, "--root", ROOT, "--graph", file).out
        if syntax in NAMED:
            dataset = rdflib.Dataset()
            dataset.parse(data=text, format=name)
            (graph,) = [one for one in dataset.graphs() if len(one)]
        else:
            graph = rdflib.Graph().parse(data=text, format=name)
        assert lower(graph) == lower(whole), syntax


def lower(graph: rdflib.Graph) -> Any:
    found = rdflib.Graph()
    for s, p, o in graph:
        if isinstance(o, rdflib.Literal) and o.language:
            found.add((s, p, rdflib.Literal(str(o), lang=o.language.lower())))
        else:
            found.add((s, p, o))
    return to_isomorphic(found)


@pytest.mark.parametrize(
    ("given", "graphs"),
    [
        (["data/sources.ttl"], {"data/sources"}),
        (["data/sources"], {"data/sources"}),
        (["https://w3id.org/msme-kg/graph/data/sources"], {"data/sources"}),
        (["data/events", "data/sources"], {"data/events/events", "data/sources"}),
        (["data/events/"], {"data/events/events"}),
        (["ontology/shapes/Event"], {"ontology/shapes/Event"}),
    ],
    ids=["file", "without ending", "iri", "folder and file", "folder with slash", "shape"],
)
def test_graph_option_selects_by_file_folder_or_iri(run: Any, given: list[str], graphs: set[str]) -> None:
    words = [word for one in given for word in ("--graph", one)]
    answer = run("export", "nquads", "--root", ROOT, *words)
    assert (answer.code, answer.err) == (0, "")
    seen = {quad.graph_name.value for quad in ox.parse(answer.out.encode(), format=ox.RdfFormat.N_QUADS)}
    assert seen == {f"https://w3id.org/msme-kg/graph/{one}" for one in graphs}


def test_unknown_graph_is_a_usage_error_with_a_suggestion(run: Any) -> None:
    answer = run("export", "turtle", "--root", ROOT, "--graph", "data/actors/member")
    assert (answer.code, answer.out) == (2, "")
    assert "data/actors/members" in answer.err.partition("hint: ")[2]


def test_unknown_syntax_is_a_usage_error(run: Any) -> None:
    answer = run("export", "turtel", "--root", ROOT)
    assert (answer.code, answer.out) == (2, "")
    assert "turtle" in answer.err
    assert "hint: " in answer.err


def test_output_goes_to_a_file(run: Any, tmp_path: Path, exported: Any) -> None:
    file = tmp_path / "all.nt"
    answer = run("export", "ntriples", "--root", ROOT, "--output", file)
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert file.read_bytes() == exported("ntriples").encode()


@pytest.mark.parametrize("syntax", FORMATS)
def test_special_characters_survive_every_syntax_but_xml(run: Any, copy_of_graph: Path, syntax: str) -> None:
    hard = (
        r'event:hard rdfs:comment "a\u0000b\u0007\t\r\n\"\\ <&]]> \u0301 \U0001F600 \u2028 \uFEFF"@zh-hant .'
    )
    path = copy_of_graph / "data/events/events.ttl"
    path.write_text(path.read_text(encoding="utf-8") + f"\n{hard}\n", encoding="utf-8")
    answer = run("export", syntax, "--root", copy_of_graph, "--graph", "data/events")
    if syntax == "rdfxml":
        assert (answer.code, answer.out) == (3, "")
        assert "U+0000 in rdfs:comment of event:hard" in answer.err
        assert "\nhint: " in answer.err
        return
    assert (answer.code, answer.err) == (0, "")
    values = [
        quad.object.value
        for quad in ox.parse(answer.out.encode(), format=FORMATS[syntax][1])
        if quad.subject.value.endswith("event/hard")
    ]
    assert values == ['a\0b\7\t\r\n"\\ <&]]> \u0301 \U0001f600 \u2028 \ufeff']
    assert "zh-Hant" in answer.out


def test_line_breaks_and_markup_survive_xml(run: Any, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/events/events.ttl"
    hard = r'event:hard rdfs:comment "a\tb\r\nc\rd <&]]> \"\U0001F600 "@en .'
    path.write_text(path.read_text(encoding="utf-8") + f"\n{hard}\n", encoding="utf-8")
    answer = run("export", "rdfxml", "--root", copy_of_graph, "--graph", "data/events")
    assert (answer.code, answer.err) == (0, "")
    expected = 'a\tb\r\nc\rd <&]]> "\U0001f600 '
    for quads in (
        of_oxigraph(ox.parse(answer.out.encode(), format=ox.RdfFormat.RDF_XML), named=False),
        of_rdflib(answer.out, "xml", named=False),
    ):
        (value,) = [quad[2] for quad in quads if quad[0].endswith("event/hard")]
        assert value == f"{expected!r}@en"


def test_malformed_file_is_named_and_nothing_is_written(run: Any, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/sources.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\nsource:x a\n", encoding="utf-8")
    answer = run("export", "ntriples", "--root", copy_of_graph)
    assert (answer.code, answer.out) == (3, "")
    assert re.match(r"data/sources\.ttl:\d+:\d+: error: ", answer.err)


def test_change_records_are_exported_only_on_request(run: Any, copy_of_graph: Path) -> None:
    changes = copy_of_graph / "data/changes"
    changes.mkdir(exist_ok=True)
    shutil.copy(copy_of_graph / "data/dataset.ttl", changes / "1999.ttl")
    graph = "<https://w3id.org/msme-kg/graph/data/changes/1999>"
    assert graph not in run("export", "nquads", "--root", copy_of_graph).out
    assert graph in run("export", "nquads", "--root", copy_of_graph, "--graph", "data/changes").out


# Prefixes that XML does not allow or that are taken, as an ontology may declare them.
PREFIXES = PrefixMap({"e": "http://example.org/", "xmlish": "urn:a:", "ns1": "urn:n1:", "rdf": "urn:r:"})
SUBJECTS = [
    *("http://example.org/a", "http://example.org/a/../b", "http://example.org/a'b&c", "tag:a,b:c"),
    *("http://example.org/\u202ea", "http://E/./b?x#y", "urn:x:%00"),
]
KINDS = [f"{RDF}JSON", f"{RDF}HTML", "http://www.w3.org/2001/XMLSchema#integer", "urn:r:k"]
BLANKS = [ox.BlankNode(name) for name in ("0", "a.b", "c14n0")]
IRIS = st.sampled_from([*SUBJECTS, *WRITABLE_PROPERTIES]).map(ox.NamedNode)
TEXTS = st.text(st.sampled_from([*CHARACTERS, *"\\u\"'<>&]; 中é😀_:"]), max_size=6)
VALUES = st.one_of(
    IRIS,
    st.sampled_from(BLANKS),
    TEXTS.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "zh-hant"])),
    st.builds(
        lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(kind)), TEXTS, st.sampled_from(KINDS)
    ),
)
STATEMENTS = st.builds(
    ox.Quad,
    IRIS | st.sampled_from(BLANKS),
    st.sampled_from([*WRITABLE_PROPERTIES, *WRITABLE_PROPERTIES, *UNWRITABLE_PROPERTIES]).map(ox.NamedNode),
    VALUES,
    st.sampled_from(SUBJECTS).map(ox.NamedNode),
)


def to_term(term: Any, form: Callable[[str], str]) -> Any:
    """Return a term of either library, its text in a normalization form, its tag in lower case."""
    match term:
        case rdflib.URIRef():
            return ox.NamedNode(str(term))
        case rdflib.BNode():
            return ox.BlankNode(f"r{term}")
        case rdflib.Literal():
            tag, kind = term.language, str(term.datatype or rdflib.XSD.string)
        case ox.Literal():
            tag, kind = term.language, term.datatype.value
            term = term.value
        case _:
            return term
    text = form(str(term))
    return ox.Literal(text, language=tag.lower()) if tag else ox.Literal(text, datatype=ox.NamedNode(kind))


def canonicalize(quads: Iterable[Iterable[Any]], named: bool, form: Callable[[str], str] = str) -> ox.Dataset:
    dataset = ox.Dataset()
    for subject, predicate, value, graph in quads:
        terms = (to_term(subject, form), ox.NamedNode(str(getattr(predicate, "value", predicate))))
        name = ox.NamedNode(str(getattr(graph, "value", graph))) if named else ox.DefaultGraph()
        dataset.add(ox.Quad(*terms, to_term(value, form), name))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def read_with_rdflib(text: str, syntax: str) -> Iterable[Iterable[Any]]:
    name = FORMATS[syntax][0]
    if syntax in NAMED:
        dataset = rdflib.Dataset()
        dataset.parse(data=text, format=name)
        return dataset.quads()
    return ((*triple, None) for triple in rdflib.Graph().parse(data=text, format=name))


def assert_refusal_is_due(quads: list[ox.Quad], syntax: str, refusal: str) -> None:
    """Check that something cannot be written, and that the refusal names it."""
    if syntax in {"turtle", "trig"}:  # they write blank nodes inline
        assert re.search("a blank node is used in two places|blank nodes point to each other", refusal)
        return
    assert syntax == "rdfxml"
    texts = {quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)}
    if "cannot name the property " in refusal:
        assert {quad.predicate.value for quad in quads} & set(UNWRITABLE_PROPERTIES)
    else:
        assert re.search(r"cannot hold the character U\+[0-9A-F]{4} in .* of ", refusal)
        assert any(set(text) & EXCLUDED_BY_XML for text in texts)


def assert_reads_back(quads: list[ox.Quad], syntax: str) -> None:
    """Check that both libraries read what was written, unless writing it was rightly refused."""
    try:
        text = serialize(quads, syntax, PREFIXES)
    except InputError as error:
        assert_refusal_is_due(quads, syntax, str(error))
        return
    if syntax == "rdfxml":
        assert not {quad.predicate.value for quad in quads} & set(UNWRITABLE_PROPERTIES)
    named = syntax in NAMED
    form = functools.partial(unicodedata.normalize, "NFC") if syntax in {"turtle", "trig"} else str
    expected = canonicalize(quads, named, form)
    assert canonicalize(ox.parse(text.encode(), format=FORMATS[syntax][1]), named) == expected
    assert canonicalize(read_with_rdflib(text, syntax), named) == expected


@EVERY
@settings(max_examples=scale_examples(60), deadline=None)
@given(quads=st.lists(STATEMENTS, max_size=5))
def test_hostile_names_and_texts_read_back_or_are_refused(syntax: str, quads: list[ox.Quad]) -> None:
    assert_reads_back(quads, syntax)


@EVERY
def test_each_hostile_character_reads_back_or_is_refused(syntax: str) -> None:
    subject, predicate, graph = (ox.NamedNode(f"http://example.org/{name}") for name in "spg")
    for text in [*CHARACTERS, LONG]:
        for padded in (text, f"a{text}b", f" {text}\n"):
            for value in (ox.Literal(padded), ox.Literal(padded, language="en")):
                assert_reads_back([ox.Quad(subject, predicate, value, graph)], syntax)


def test_lines_are_canonical() -> None:
    """Escapes are those of RDFC-1.0 §A, and only the end of a line has a language tag."""
    quads = [
        ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), value, ox.NamedNode("urn:g"))
        for value in (
            ox.Literal('\b\t\n\f\r"\\\x0b\x7f\x80中'),
            ox.Literal('"@zh-hant .\n"@zh-hant .', language="zh-hant"),
        )
    ]
    first = r'<urn:s> <urn:p> "\"@zh-hant .\n\"@zh-hant ."@zh-Hant'
    second = r'<urn:s> <urn:p> "\b\t\n\f\r\"\\\u000B\u007F' + '\x80中"'
    assert serialize(quads, "ntriples", PREFIXES) == f"{first} .\n{second} .\n"
    assert serialize(quads, "nquads", PREFIXES) == f"{first} <urn:g> .\n{second} <urn:g> .\n"


@EVERY
@pytest.mark.parametrize("iri", [*WRITABLE_PROPERTIES, *UNWRITABLE_PROPERTIES])
def test_each_property_reads_back_or_is_refused(syntax: str, iri: str) -> None:
    subject = graph = ox.NamedNode("http://example.org/s")
    for value in (ox.Literal("x"), ox.Literal("x", language="en"), subject, ox.BlankNode("0")):
        assert_reads_back([ox.Quad(subject, ox.NamedNode(iri), value, graph)], syntax)


def test_names_that_xml_allows_are_written_and_others_named(run: Any, copy_of_graph: Path) -> None:
    path = copy_of_graph / "data/hostile.ttl"
    path.write_text("<urn:a> <http://example.org/成員> 1 .", encoding="utf-8")
    asked = ("export", "rdfxml", "--root", copy_of_graph, "--graph", "data/hostile")
    answer = run(*asked)
    assert (answer.code, answer.err) == (0, "")
    assert {quad.predicate.value for quad in ox.parse(answer.out, format=ox.RdfFormat.RDF_XML)} == {
        "http://example.org/成員"
    }
    path.write_text(f"<urn:a> <{RDF}li> 1 .", encoding="utf-8")
    refused = run(*asked)
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.startswith("Error: RDF/XML cannot name the property rdf:li\nhint: ")


def test_prefixes_that_turtle_cannot_declare_are_left_out() -> None:
    declarations = {
        **{"a b": "urn:1:", "<x>": "urn:2:", "1a": "urn:3:", "a.": "urn:4:", "x: <urn:y> .\n": "urn:5:"},
        **{"ok": "urn:6:", "成員": "urn:7:", "": "urn:8:", "c": "not an IRI", "d": "urn:>", "e": ""},
    }
    quads = []
    for number, pair in enumerate(declarations.items()):
        for name, text in zip(("prefix", "namespace"), pair, strict=True):
            predicate = ox.NamedNode(f"http://www.w3.org/ns/shacl#{name}")
            quads.append(ox.Quad(ox.BlankNode(f"b{number}"), predicate, ox.Literal(text)))
    prefixes = PrefixMap.from_declarations(quads)
    assert set(prefixes) == {"ok", "成員", ""}
    subjects = [ox.NamedNode(f"urn:{number}:x") for number in range(1, 9)]
    graph = [ox.Quad(subject, subject, subject) for subject in subjects]
    assert set(ox.parse(serialize(graph, "turtle", prefixes), format=ox.RdfFormat.TURTLE)) == set(graph)


def test_a_text_as_type_stays_a_text_in_jsonld() -> None:
    subject, kind = ox.NamedNode("urn:a"), ox.NamedNode(f"{RDF}type")
    quads = [ox.Quad(subject, kind, value) for value in (ox.Literal("urn:b"), ox.NamedNode("urn:c"))]
    (node,) = json.loads(serialize(quads, "jsonld", PREFIXES))
    assert node == {"@id": "urn:a", "@type": ["urn:c"], f"{RDF}type": [{"@value": "urn:b"}]}

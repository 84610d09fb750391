"""Each export parses to the same graph in two libraries, and its bytes are always the same."""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import to_isomorphic

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
    )


def of_rdflib(text: str, name: str, named: bool) -> Quads:
    if not named:
        graph = rdflib.Graph().parse(data=text, format=name)
        return frozenset((text_of(s), text_of(p), text_of(o), "") for s, p, o in graph)
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format=name)
    return frozenset((text_of(s), text_of(p), text_of(o), str(g)) for s, p, o, g in dataset.quads())


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

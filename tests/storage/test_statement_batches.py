"""Batches of subjects give the same bytes as all statements at once, in each syntax and form of files."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from conftest import scale_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from msme_kg.errors import InputError, SafetyError
from msme_kg.namespaces import PrefixMap
from msme_kg.rdf.canonical_turtle import CanonicalTurtleWriter
from msme_kg.rdf.serializers import SYNTAXES, serialize
from msme_kg.storage import statement_batches
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.statement_batches import read_batches

PREFIXES = PrefixMap({"e": "http://e/", "f": "http://e/f#", "xsd": "http://www.w3.org/2001/XMLSchema#"})
OTHERS = PrefixMap({"e": "http://e/f#", "x": "http://e/"})
EVERY = pytest.mark.parametrize("syntax", SYNTAXES)
# One IRI is the beginning of another: N-Triples and Turtle sort them differently.
IRIS = st.sampled_from(["a", "a-b", "a/b", "a1", "aB", "f#", "f#x", "f#_:x", "中", "%41", "z"]).map(
    lambda name: ox.NamedNode(f"http://e/{name}")
)
LABELLED = st.sampled_from("bcd").map(ox.BlankNode)
TEXTS = st.text('ab"\\\n\t\b\f\r\x7f\x85\u2028\u0301é中 .;#<>@^_:', max_size=6)
LITERALS = st.one_of(
    TEXTS.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXTS, st.sampled_from(["en", "ZH-hant-tw"])),
    st.sampled_from(["1", "01", "+1", "x"]).map(
        lambda form: ox.Literal(form, datatype=ox.NamedNode(f"{PREFIXES['xsd']}integer"))
    ),
)
STATEMENTS = st.lists(st.builds(ox.Quad, IRIS, IRIS, IRIS | LITERALS), max_size=9)
WITH_BNODES = st.lists(
    st.builds(ox.Quad, IRIS | LABELLED, IRIS, IRIS | LABELLED | LITERALS), min_size=1, max_size=5
)


def write_canonical(quads: list[ox.Quad], prefixes: PrefixMap = PREFIXES, comment: str = "") -> bytes:
    return CanonicalTurtleWriter(prefixes).serialize(quads, comment).encode()


def write_lines(quads: list[ox.Quad]) -> bytes:
    return b"# N-Triples\n" + (ox.serialize(quads, format=ox.RdfFormat.N_TRIPLES) or b"")


def respell(quads: list[ox.Quad]) -> bytes:
    """Write the form of an index with tags, escapes and IRIs that canonical Turtle writes differently."""
    text = write_canonical(quads).decode().replace("@zh-Hant-TW ;", "@zH-hAnt-tw ;")
    text = re.sub(r"^e:(a\S*) ", r"<http://e/\1> ", text, flags=re.MULTILINE)
    return text.replace('"a', r'"\u0061').encode()


FORMS: list[Callable[[list[ox.Quad]], bytes]] = [
    write_canonical,
    lambda quads: write_canonical(quads, comment="# A comment: <x> _:y"),
    lambda quads: write_canonical(quads, OTHERS),
    respell,
    write_lines,
    lambda quads: b"\xef\xbb\xbf" + write_canonical(quads),
    lambda quads: write_canonical(quads).rstrip(b"\n"),
    lambda quads: write_canonical(quads).replace(b"\n", b"\r\n"),
    lambda quads: write_canonical(quads) + b"# The end",
]
FILES = st.lists(
    st.one_of(
        st.builds(lambda quads, form: form(quads), STATEMENTS, st.sampled_from(FORMS)),
        STATEMENTS.map(write_canonical),
        st.just(b"@prefix e: <http://e/> .\n\ne:a e:p _:b ;\n.\n\n_:b e:q 1 ;\n.\n"),
        WITH_BNODES.map(write_lines),
        st.just(b'@prefix e: <http://e/> .\ne:a e:p [ e:q ( 1 "x"@EN [ ] ) ] .\n[ ] e:p [ e:q e:z ] .\n'),
    ),
    max_size=4,
)


def read(*contents: bytes) -> Dataset:
    return Dataset(
        tuple(
            GraphFile(f"data/{number}.ttl", f"http://g/{number}", content)
            for number, content in enumerate(contents)
        )
    )


def write_or_refuse(write: Callable[[], str]) -> str:
    try:
        return write()
    except (InputError, SafetyError) as error:
        return f"refused: {error.message}"


@EVERY
@settings(max_examples=scale_examples(100), deadline=None)
@given(contents=FILES, size=st.integers(1, 4))
def test_batches_are_written_like_all_statements_at_once(
    syntax: str, contents: list[bytes], size: int
) -> None:
    dataset = read(*contents)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statement_batches, "_BATCH_BLOCKS", size)
        written = write_or_refuse(lambda: "".join(SYNTAXES[syntax](read_batches(dataset, syntax), PREFIXES)))
    assert written == write_or_refuse(lambda: serialize(dataset.parse_quads(), syntax, PREFIXES))


@EVERY
def test_batches_are_small_and_have_whole_subjects(syntax: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_batches, "_BATCH_BLOCKS", 3)
    one = "".join(
        f'@prefix e: <http://e/> .\ne:{n} e:p "1" ;\n    e:q "2" ;\n.\n\n'[25 * (n > 0) :] for n in range(9)
    )
    graphs = read_batches(read(one.encode(), one.replace('"2"', '"3"').encode()), syntax)
    for graph in graphs:
        batches = [list(batch) for batch in graph.batches]
        assert max(map(len, batches)) <= 8
        subjects = [{line.split()[0] for line in batch} for batch in batches]
        assert sum(map(len, subjects)) == len(set().union(*subjects)) == 9
        assert not graph.bnode_lines


def test_turtle_of_canonical_files_is_their_blocks_sorted() -> None:
    header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    a, b, c = (
        'e:a a e:t ;\n    e:p "é"@zh-Hant ;\n.',
        'e:b e:p "\\"1\\n" ;\n.',
        "e:c e:p 1 ;\n    e:q f:x ;\n.",
    )
    dataset = read(f"{header}\n{a}\n\n{c}\n".encode(), f"# On top\n\n{header}\n{b}\n".encode())
    text = "".join(SYNTAXES["turtle"](read_batches(dataset, "turtle"), PREFIXES))
    assert text == f"{header}\n{a}\n\n{b}\n\n{c}\n"


@EVERY
def test_malformed_file_is_refused_before_anything_is_written(syntax: str) -> None:
    good = b'@prefix e: <http://e/> .\n\ne:a e:p "1" ;\n.\n'
    bad = b'@prefix e: <http://e/> .\n\ne:a e:p "1" ;\n.\n\ne:b x:p "1" ;\n.\n'
    with pytest.raises(InputError) as caught:
        read_batches(read(good, bad), syntax)
    assert caught.value.location is not None
    assert (caught.value.location.file, caught.value.location.line) == ("data/1.ttl", 6)

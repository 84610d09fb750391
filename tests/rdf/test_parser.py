"""The parser refuses malformed and unsafe input with a location and a hint."""

from __future__ import annotations

import pytest

from msme_kg.errors import InputError, KGError, SafetyError, UsageError
from msme_kg.rdf.parser import parse
from msme_kg.rdf.turtle_source import parse_located

GOOD = b"<http://e/a> <http://e/b> <http://e/c> ."
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="%s"/></rdf:RDF>"""
RDF_XML = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'


@pytest.mark.parametrize(
    ("name", "content", "fault", "words"),
    [
        ("a.ttl", b"\x1f\x8b\x08\x00", InputError, "gzip"),
        ("a.ttl", b"PK\x03\x04", InputError, "zip"),
        ("a.ttl", b"\x89PNG\r\n", InputError, "PNG"),
        ("a.ttl", GOOD.decode().encode("utf-16"), InputError, "UTF-16"),
        ("a.ttl", '<http://e/a> <http://e/b> "é" .'.encode("latin-1"), InputError, "not UTF-8"),
        ("a.ttl", b"<<<<<<< HEAD\n" + GOOD, InputError, "conflict"),
        ("a.ttl", b"version https://git-lfs.github.com/spec/v1\noid x", InputError, "LFS"),
        ("a.ttl", b"<!DOCTYPE html><html></html>", InputError, "HTML"),
        ("a.ttl", b'{"@id": "http://e/a"}', InputError, "JSON"),
        ("a.ttl", b"<< <http://e/a> <http://e/b> 1 >> <http://e/c> 2 .", InputError, "RDF 1.1"),
        ("a.ttl", b"<a> <http://e/b> 1 .", InputError, "scheme"),
        ("a.ttl", b"<http://e/a> <http://e/b> " + b"( 1 " * 101 + b")" * 101 + b" .", SafetyError, "a.ttl:1"),
        ("a.ttl", b"<http://e/a> <http://e/b> " + b"<<( " * 100_000, InputError, "RDF 1.1"),
        ("a.rdf", RDF_XML + b"<e:a><e:b>" * 51, SafetyError, "a.rdf:1: error: brackets nest deeper"),
        ("a.jsonld", b"[" * 500 + b"]" * 500, SafetyError, "deeper"),
        ("a.jsonld", b'{"@context": "http://e/c", "@id": "http://e/a"}', SafetyError, "context"),
        ("a.rdf", b'<!DOCTYPE x [<!ENTITY a "b">]><rdf:RDF/>', SafetyError, "DOCTYPE"),
        ("a.rdf", b'<!DOCTYPE html [<!ENTITY a "b">]><rdf:RDF/>', SafetyError, "DOCTYPE"),
        ("a.ttl", b'VERSION "1.2"\n' + GOOD, InputError, "RDF 1.1"),
        ("a.ttl", GOOD[:-1] + b" ~ <http://e/r> .", InputError, "RDF 1.1"),
        ("a.ttl", GOOD + b"# cut off \0\0", InputError, "a.ttl:1:51: error: a NUL"),
        (
            "a.rdf",
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n",
            InputError,
            "a.rdf:1:1: error: `<rdf:RDF>` is not closed",
        ),
        ("a.rdf", RDF % b"http://e/a b", InputError, "a.rdf:2:39: error: a space"),
        ("a.jsonld", b'{\n"@id": "a"}', InputError, "a.jsonld:2:8: error: a relative"),
        ("a.jsonld", b'{\n"@id": "http://e/a b"}', InputError, "a.jsonld:2:8: error: ` ` within an IRI"),
        ("http://e/a.ttl", GOOD, UsageError, "not a file"),
    ],
)
def test_refused(name: str, content: bytes, fault: type[KGError], words: str) -> None:
    with pytest.raises(fault) as told:
        list(parse(content, name))
    assert words.lower() in str(told.value).lower()
    assert told.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b" .", b" .\r"),
        '<http://e/a> <http://e/b> "שלום", "سلام", "中文（）" .'.encode(),
        b"<http://e/a> <http://e/b> " + b"( 1 " * 100 + b") " * 100 + b" .",
        b"<http://e/a> <http://e/b> ( " + b"1 " * 20_000 + b") .",
        b'<http://e/a> <http://e/b> "x"@version , "NUL \0" , "~ << {|" . # ~ VERSION "1.2"',
        b'@prefix v: <http://e/v-> .\nv:a v:version "1.0" .',
        b'<http://e/a> <http://e/b> """(((((\n<<<<<<< HEAD""" . # ((((((',
    ],
)
def test_accepted(content: bytes) -> None:
    assert list(parse(content, "a.ttl"))


NESTED = b"(" * 101 + b")" * 101


@pytest.mark.parametrize(
    "before",
    [
        b'"a\\n"',
        b'"a\\\\"',
        b'"\\""',
        b"'\"'",
        b'"a","b"',
        b'"","",""',
        b"<http://e/x#y>",
        b"# a\r",
        b"'''\n\"'''",
    ],
)
def test_deep_brackets_are_refused_after_any_token(before: bytes) -> None:
    """The parser with lines, which is recursive, refuses deep brackets whatever precedes them."""
    separator = b"\n" if before.endswith(b"\r") else b" , "
    content = b"<http://e/a> <http://e/b> " + before + separator + NESTED + b" ."
    with pytest.raises(SafetyError, match=r"a\.ttl:\d: error: brackets nest deeper"):
        parse_located(content, name="a.ttl")


@pytest.mark.parametrize("length", [1, 2, 3])
def test_cycle_of_labels_that_look_anonymous_is_parsed(length: int) -> None:
    labels = [f"_:{number:032x}" for number in range(0x1234 << 100, (0x1234 << 100) + length)]
    text = "".join(
        f"{label} <http://e/p> {labels[(place + 1) % length]} .\n" for place, label in enumerate(labels)
    )
    assert len(list(parse(text.encode(), "a.ttl"))) == length

"""Seed inputs: files of the graph, and of the W3C test suites if there are any."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from vendor import VENDOR

from msme_kg.namespaces import RDF, SHACL, XSD

ROOT = Path(__file__).resolve().parents[2]
W3C = VENDOR / "w3c"
LARGEST = 6_000
"""Most bytes of a seed; of larger files a part is enough."""

NASTY = [
    *(
        b"[ ] ( ) { } << >> {| |} . ; , ^^ a # \" ' \"\"\" ''' \\ \\\\ % : _: _:a [] () - + ! $ ? * /".split(
            b" "
        )
    ),
    *(b"@prefix @base PREFIX BASE @en @zh-Hant @en--ltr @x-y-z-1 prefix: base:".split(b" ")),
    *(
        b"<> <#> <?> <//> <//[> <http://[::1]/> <http://[bad> <a b> <\\u0041> <\\u0020> <x:> <urn:a>".split(
            b" "
        )
    ),
    *(b"\\u0000 \\u0022 \\uD800 \\U0010FFFF \\U00110000 \\n \\t \\x \\' \\,".split(b" ")),
    *(b"1 -1 +.5 1. 1e400 .5e-1 99999999999999999999999999 true false nil".split(b" ")),
    *("é e\u0301 \u202e \u200b \ufeff \u2028 \U0001f600 中文 א א\u0301".encode().split(b" ")),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\x1b[31m", b"\r", b"\r\n", b"\n", b"\n.\n", b"\t", b" "),
    *(
        b"sh:path sh:property sh:node sh:or sh:not sh:in sh:sparql sh:select sh:pattern sh:minCount".split(
            b" "
        )
    ),
    *(b"sh:targetClass sh:targetNode sh:inversePath sh:zeroOrMorePath sh:closed sh:datatype".split(b" ")),
    *(b"sh:class sh:hasValue sh:qualifiedValueShape sh:js sh:message sh:severity sh:deactivated".split(b" ")),
    *(b'rdf:first rdf:rest rdf:nil rdf:type xsd:date xsd:integer "(a+)+$" "[" "SELECT"'.split(b" ")),
    *(b'"@context" "@id" "@value" "@graph" "@list" "@type" "@import" null 1e999 {} []'.split(b" ")),
    *(
        b'<rdf:RDF> </rdf:RDF> <!-- --> <![CDATA[ ]]> <?x ?> <!DOCTYPE &lt; &x; &#0; xml:base="//"'.split(
            b" "
        )
    ),
]
"""Tokens that have broken parsers."""

_VOCABULARIES = (SHACL, RDF, XSD)
_KINDS = ("integer", "boolean", "decimal", "date", "string", "double")
_BLOCK = re.compile(rb"\n\.\n")


def _parts(path: Path) -> list[bytes]:
    """Return a file, or three parts of a large one, each the prefixes with some blocks."""
    content = path.read_bytes()
    if len(content) <= LARGEST:
        return [content]
    head, _, rest = content.partition(b"\n\n")
    # Unused prefixes would only make a seed longer.
    blocks = [block + b"\n.\n" for block in _BLOCK.split(rest.strip())]
    chosen = [blocks[number :: max(1, len(blocks) // 3)][:2] for number in range(3)]
    return [_used(head, b"\n".join(one)) + b"\n\n" + b"\n".join(one) for one in chosen]


def _used(head: bytes, text: bytes) -> bytes:
    lines = (line for line in head.split(b"\n") if line.startswith(b"@prefix"))
    return b"\n".join(line for line in lines if line.split(b" ")[1] in text)


def _collected(*paths: Path) -> list[bytes]:
    return [part for path in paths for part in _parts(path)]


@cache
def turtle() -> list[bytes]:
    """Return Turtle files."""
    suite = sorted((W3C / "rdf11/rdf-turtle").glob("*.ttl"))
    return _collected(
        *sorted((ROOT / "data").rglob("*.ttl")), *sorted((ROOT / "ontology").rglob("*.ttl")), *suite
    )


@cache
def shapes() -> list[bytes]:
    """Return files of shapes; those of the W3C test suite have data, too."""
    suite = sorted((W3C / "shacl").rglob("*.ttl"))
    return _collected(*sorted((ROOT / "ontology/shapes").glob("*.ttl")), *suite)


@cache
def data() -> list[bytes]:
    """Return data files."""
    return _collected(*sorted((ROOT / "data").rglob("*.ttl")))


@cache
def triples(content: bytes) -> list[ox.Triple]:
    """Return the triples of a Turtle file; none if it is malformed, as some test cases are."""
    try:
        return [
            ox.Triple(one.subject, one.predicate, one.object)
            for one in ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri="http://example.org/")
        ]
    except (SyntaxError, ValueError):
        return []


@cache
def other(ending: str) -> list[bytes]:
    """Return files in another format, serialized from Turtle."""
    formats = {"jsonld": ox.RdfFormat.JSON_LD, "rdf": ox.RdfFormat.RDF_XML}
    found = []
    for content in (*data(), *shapes()):
        try:
            found.append(ox.serialize(triples(content)[:40], format=formats[ending]) or b"")
        except ValueError:  # RDF/XML cannot write every predicate
            continue
    return found


@cache
def terms() -> list[ox.NamedNode | ox.Literal]:
    """Return the terms that shapes consist of, and some that are wrong there."""
    known = {
        one.value
        for content in shapes()
        for triple in triples(content)
        for one in (triple.predicate, triple.object)
        if isinstance(one, ox.NamedNode) and one.value.startswith(_VOCABULARIES)
    }
    numbers = ("0", "1", "-1", "99999999999999999999", "1e999", "x", "", "true")
    texts = ("[", "(", "a*", "\\", "SELECT $this WHERE { $this ?p ?o }", "{?value}", "中文", "\u202e", "a\nb")
    return [
        *(ox.NamedNode(iri) for iri in sorted(known)),
        *(ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{kind}")) for text in numbers for kind in _KINDS),
        *(ox.Literal(text) for text in texts),
        ox.Literal("x", language="en"),
    ]

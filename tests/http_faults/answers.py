"""Responses of the faulty server, with the exit code and message that each must cause."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from http_faults.server import Answer, Talk, response

BELIEVED = "believed"
"""Text in every faulty response, which must never be printed."""

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
TURTLE, NTRIPLES = "text/turtle", "application/n-triples"
ROWS = {
    "head": {"vars": ["a"]},
    "results": {"bindings": [{"a": {"type": "literal", "value": BELIEVED}}] * 3},
}
RIGHT = json.dumps(ROWS)
RIGHT_XML = (
    '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/>'
    f'</head><results><result><binding name="a"><literal>{BELIEVED}</literal></binding></result></results>'
    "</sparql>"
)
TRIPLES = "".join(f'<http://e/{n}> <http://e/p> "{BELIEVED}" .\n' for n in range(3))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"
SELECT = "SELECT ?a WHERE { ?s ?p ?a }"
ASK = "ASK { ?s ?p ?a }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?a }"


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        answer: response of the server.
        words: text that the message must contain.
        query: the query.
        code: the exit code.
        seconds: the deadline.
    """

    answer: Answer
    words: str
    query: str = SELECT
    code: int = 5
    seconds: int = 30


def with_value(**term: str) -> str:
    """Return results of one row with a given term."""
    return json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term}]}})


def redirect(location: str, status: str = "307 Temporary Redirect") -> Answer:
    """Return a redirect; ``PORT`` in the location is replaced by the port of the server."""

    def answer(talk: Talk) -> None:
        response(RIGHT, JSON, status, f"Location: {location.replace('PORT', str(talk.port))}")(talk)

    return answer


def busy(status: str, *later: str) -> Answer:
    """Return an error response with optional ``Retry-After`` headers."""
    return response(
        f"{BELIEVED} come back", "text/plain", status, *(f"Retry-After: {seconds}" for seconds in later)
    )


def endless(talk: Talk) -> None:
    """Send an endless body as fast as the client reads it."""
    talk.send(HEAD, b"\r\n", RIGHT.encode()[:-3])
    while not talk.ending.is_set():
        talk.send(b' ,{"a":{"type":"literal","value":"' + b"x" * 1_000_000 + b'"}}')


def endless_head(talk: Talk) -> None:
    """Send an endless response head."""
    talk.send(HEAD)
    while not talk.ending.is_set():
        talk.send(b"X-More: " + b"x" * 1_000 + b"\r\n")


def many_rows(talk: Talk) -> None:
    """Send more rows than the limit allows."""
    row = '{"a":{"type":"literal","value":"x"}}'
    rows = ",".join([row] * 100_001)
    response('{"head":{"vars":["a"]},"results":{"bindings":[' + rows + "]}}")(talk)


def endless_chunk(talk: Talk) -> None:
    """Send an endless body as a chunk of a negative size, which Python reads to the end."""
    talk.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n-1\r\n")
    while not talk.ending.is_set():
        talk.send(b" " * 1_000_000)


def xml(head: str, row: str) -> Answer:
    """Return results in XML with given parts."""
    namespace = "http://www.w3.org/2005/sparql-results#"
    body = f"<head>{head}</head><results><result>{row}</result></results>"
    return response(f'<sparql xmlns="{namespace}">{body}</sparql>', XML)


def hang(*pieces: bytes) -> Answer:
    """Return an answer that sends some bytes and then hangs."""

    def answer(talk: Talk) -> None:
        talk.send(*pieces)
        talk.hang()

    return answer


def reset(*pieces: bytes) -> Answer:
    """Return an answer that sends some bytes and then resets the connection."""

    def answer(talk: Talk) -> None:
        talk.send(*pieces)
        talk.reset()

    return answer


SMILE = '{"a":{"type":"literal","value":"' + "\U0001f600" * 900_000 + '"}}'
CONTROLS = "\x1b[31mred\x07 \x9b0m \u202eturned\x00 \r\n" + BELIEVED + "x" * 5_000

FAULTS = {
    # No response, or not in time.
    "hangs": Fault(hang(), "within 2 seconds", seconds=2),
    "hangs-after-status": Fault(hang(b"HTTP/1.1 200 OK\r\n"), "within 2 seconds", seconds=2),
    "hangs-after-head": Fault(hang(HEAD, b"\r\n"), "within 2 seconds", seconds=2),
    "hangs-within-body": Fault(
        hang(HEAD, b"Content-Length: 9999\r\n\r\n", RIGHT.encode()), "within 2 seconds", seconds=2
    ),
    "drips-head": Fault(lambda talk: talk.drip(HEAD, 1), "within 2 seconds", seconds=2),
    "drips-body": Fault(
        lambda talk: (talk.send(HEAD, b"\r\n"), talk.drip(RIGHT.encode(), 1))[1],
        "within 2 seconds",
        seconds=2,
    ),
    "closes": Fault(lambda talk: talk.send(), "closed the connection"),
    "resets": Fault(reset(), "the connection"),
    "resets-within-body": Fault(reset(HEAD, b"Content-Length: 9999\r\n\r\n", RIGHT.encode()), ""),
    # Not HTTP.
    "garbage": Fault(lambda talk: talk.send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), "HTTP"),
    "garbage-status": Fault(lambda talk: talk.send(b"HTTP/1.1 2OO OK\r\n\r\n" + RIGHT.encode()), "HTTP"),
    "binary": Fault(lambda talk: talk.send(bytes(range(256)) * 400), "HTTP"),
    "huge-header": Fault(response(RIGHT, JSON, "200 OK", "X-Big: " + "x" * 100_000), "HTTP"),
    "many-headers": Fault(response(RIGHT, JSON, "200 OK", *["X-One: 1"] * 500), "HTTP"),
    "endless-head": Fault(endless_head, "HTTP"),
    "negative-chunk": Fault(
        lambda talk: talk.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n-5\r\nx"), "HTTP"
    ),
    # Status codes.
    "400": Fault(response("at line 1: what?", "text/plain", "400 Bad"), "at line 1: what?", code=3),
    "400-page": Fault(response(f"<html>{BELIEVED}", "text/html", "400 Bad"), "400"),
    "401": Fault(response(BELIEVED, "text/plain", "401 Unauthorized"), "401"),
    "403": Fault(response(BELIEVED, "text/plain", "403 Forbidden"), "403"),
    "404": Fault(response(RIGHT, JSON, "404 Not Found"), "404"),
    "418": Fault(response(RIGHT[:10], JSON, "418 Teapot"), "418"),
    "500": Fault(response("out of memory", "text/plain", "500 Error"), "500: out of memory"),
    "500-cut": Fault(response("out of", "text/plain", "500 Error", length=5_000), "500"),
    "502": Fault(busy("502 Bad Gateway"), "502"),
    "504": Fault(busy("504 Gateway Timeout"), "504"),
    "503-much-later": Fault(busy("503 Busy", "3600"), "503"),
    "503-on-a-day": Fault(busy("503 Busy", "Fri, 31 Dec 2099 23:59:59 GMT"), "503"),
    "503-whenever": Fault(busy("503 Busy", "when it suits"), "503"),
    "429-always": Fault(busy("429 Too Many Requests", "0"), "429"),
    "503-always": Fault(busy("503 Busy", "0"), "503"),
    "204": Fault(lambda talk: talk.send(b"HTTP/1.1 204 No Content\r\n\r\n"), "empty"),
    "206": Fault(response(RIGHT, JSON, "206 Partial Content"), "partial"),
    # Incomplete responses.
    "cut-json": Fault(response(RIGHT[:60], length=len(RIGHT)), f"after 60 of {len(RIGHT)} bytes"),
    "cut-json-without-length": Fault(response(RIGHT[:60], length=-1), "cut"),
    "cut-json-at-row": Fault(response(RIGHT[: RIGHT.rindex("}, {") + 1], length=-1), "cut"),
    "cut-xml": Fault(response(RIGHT_XML[:-20], XML, length=-1), "cut"),
    "cut-xml-at-end": Fault(response(RIGHT_XML.removesuffix("</sparql>"), XML, length=-1), "cut"),
    "cut-chunked": Fault(
        lambda talk: talk.send(
            HEAD, b"Transfer-Encoding: chunked\r\n\r\n40\r\n", RIGHT.encode()[:64], b"\r\n"
        ),
        "cut",
    ),
    "bad-chunk": Fault(
        lambda talk: talk.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", RIGHT.encode()), "cut"
    ),
    "cut-csv": Fault(response(f"a\r\n{BELIEVED}\r\n", "text/csv", length=-1), "text/csv"),
    "cut-turtle": Fault(response(TRIPLES, TURTLE, length=-1), "may be cut", CONSTRUCT),
    "cut-ntriples": Fault(response(TRIPLES[:-9], NTRIPLES), "line 3", CONSTRUCT),
    "partial-virtuoso": Fault(response(RIGHT, JSON, "200 OK", "X-SQL-State: S1TAT"), "partial"),
    "partial-rows": Fault(response(RIGHT, JSON, "200 OK", "X-SPARQL-MaxRows: 3"), "partial"),
    "partial-statements": Fault(
        response(TRIPLES, NTRIPLES, "200 OK", "X-SQL-State: S1TAT"), "partial", CONSTRUCT
    ),
    # Wrong content.
    "html": Fault(response(f"<html><body>{BELIEVED}", "text/html; charset=utf-8"), "text/html"),
    "html-to-construct": Fault(response(f"<html>{BELIEVED}", "text/html"), "text/html", CONSTRUCT),
    "empty": Fault(response(""), "empty"),
    "blank": Fault(response(" \r\n\t "), "empty"),
    "wrong-type": Fault(response(RIGHT, "text/plain"), "text/plain"),
    "no-type": Fault(response(RIGHT, ""), "no type"),
    "control-type": Fault(response(RIGHT, "text/\x1b[2Jplain\u202e"), "\\u001b"),
    "json-for-xml": Fault(response(RIGHT, XML), "malformed XML"),
    "xml-for-json": Fault(response(RIGHT_XML, JSON), "malformed JSON"),
    "gzip": Fault(
        response(gzip.compress(RIGHT.encode()), JSON, "200 OK", "Content-Encoding: gzip"), "packed (gzip)"
    ),
    "gzip-unsaid": Fault(response(gzip.compress(RIGHT.encode())), "malformed"),
    "gzip-transfer": Fault(
        response(gzip.compress(RIGHT.encode()), JSON, "200 OK", "Transfer-Encoding: gzip"), "not asked for"
    ),
    "not-utf-8": Fault(response(RIGHT.encode() + b"\xff\xfe"), "malformed"),
    "too-long": Fault(endless, "longer than 50 MB"),
    "endless-chunk": Fault(endless_chunk, "longer than 50 MB"),
    "too-many-rows": Fault(many_rows, "more than 100000 rows"),
    "too-many-parts": Fault(response("[" + "[]," * 5_000_000 + "[]]"), "malformed JSON results"),
    "too-many-columns": Fault(
        response(
            json.dumps({"head": {"vars": [f"v{n}" for n in range(200_000)]}, "results": {"bindings": []}})
        ),
        "more than 1000 columns",
    ),
    "too-many-cells": Fault(
        response(
            json.dumps({"head": {"vars": [f"v{n}" for n in range(999)]}, "results": {"bindings": [{}] * 400}})
        ),
        "more than 300000 cells",
    ),
    "too-many-keys": Fault(response("{" + ",".join(f'"{n}":1' for n in range(1_000)) + "}"), "malformed"),
    "too-long-value": Fault(response(with_value(type="literal", value="x" * 5_000_000)), "longer than 4 MB"),
    "too-much-text": Fault(
        response('{"head":{"vars":["a"]},"results":{"bindings":[' + ",".join([SMILE] * 12) + "]}}"),
        "more than 40 MB of text",
    ),
    "long-xml-tag": Fault(xml(f'<variable name="{"a" * 5_000_000}"/>', ""), "longer than 4 MB"),
    "long-xml-text": Fault(
        xml(
            '<variable name="a"/>',
            f'<binding name="a"><literal>{"<!-- -->x" * 4_000_001}</literal></binding>',
        ),
        "longer than 4 MB",
    ),
    "many-xml-attributes": Fault(
        xml("<variable " + " ".join(f'a{n}=""' for n in range(1_000)) + "/>", ""), "very many names"
    ),
    "many-xml-namespaces": Fault(
        xml("<variable " + " ".join(f'xmlns:a{n}="b"' for n in range(1_000)) + "/>", ""), "very many names"
    ),
    "repeated-iri": Fault(
        response(f"<a:{'a' * 1_000_000}> <a:b> {','.join(map(str, range(100)))} .", TURTLE),
        "more than 40 MB of text",
        CONSTRUCT,
    ),
    "long-literal": Fault(
        response(f'<a:a> <a:b> "{"x" * 17_000_000}" .', NTRIPLES), "longer than 16 MB", CONSTRUCT
    ),
    "many-brackets": Fault(response("<a:a> <a:b> " + "[<a:b> " * 200_001, TURTLE), "brackets", CONSTRUCT),
    "many-prefixes": Fault(response("@prefix a: <a:b> .\n" * 200_001, TURTLE), "prefixes", CONSTRUCT),
    "too-many-statements": Fault(
        response("".join(f"<a:{n}> <a:b> <a:c> .\n" for n in range(100_001)), NTRIPLES),
        "more than 100000 statements",
        CONSTRUCT,
    ),
    # Invalid results.
    "lacks-head": Fault(response(json.dumps({"results": ROWS["results"]})), "lacks"),
    "lacks-results": Fault(response(json.dumps({"head": ROWS["head"]})), "lacks"),
    "lacks-all": Fault(response("[]"), "malformed JSON results"),
    "two-answers": Fault(response(json.dumps({**ROWS, "boolean": True})), "both a table and a boolean"),
    "deep-json": Fault(response("[" * 200_000 + "]" * 200_000), "malformed JSON results"),
    "deep-json-within": Fault(response('{"head":{"vars":[]},"link":' + "[" * 200_000), "too deep"),
    "deep-xml-within": Fault(
        xml('<variable name="a"/>', '<binding name="a"><literal>' + "<a>" * 200_000), "an element"
    ),
    "deep-xml": Fault(response("<a>" * 200_000 + "</a>" * 200_000, XML), "lacks"),
    "long-number": Fault(response('{"head":{"vars":["a"]},"results":' + "9" * 9_000 + "}"), ""),
    "document-type": Fault(
        response('<!DOCTYPE a [<!ENTITY b "c">]>' + RIGHT_XML.partition("?>")[2], XML), "document type"
    ),
    "unknown-encoding": Fault(response('<?xml version="1.0" encoding="x"?><a/>', XML), "malformed"),
    "boolean-for-rows": Fault(response('{"head":{},"boolean":true}'), "boolean, not a table"),
    "rows-for-boolean": Fault(response(RIGHT), "table, not a boolean", ASK),
    "boolean-of-text": Fault(response('{"head":{},"boolean":"true"}'), "lacks", ASK),
    "other-columns": Fault(response(RIGHT.replace('"a"', '"b"')), "other columns"),
    "unknown-columns": Fault(response(RIGHT.replace('["a"]', '["b"]')), "does not fit"),
    "same-columns": Fault(response(RIGHT.replace('["a"]', '["a","a"]')), "two columns"),
    "control-column": Fault(response(RIGHT.replace('["a"]', '["a\\u001b[2J"]')), "names"),
    "column-of-number": Fault(response(RIGHT.replace('["a"]', "[1]")), "names"),
    "row-of-text": Fault(response(RIGHT.replace('[{"a"', '["x", {"a"')), "row"),
    "term-of-text": Fault(response('{"head":{"vars":["a"]},"results":{"bindings":[{"a":"x"}]}}'), "term"),
    "term-of-no-kind": Fault(response(with_value(type="thing", value=BELIEVED)), "term"),
    "bad-iri": Fault(response(with_value(type="uri", value="a b")), "term"),
    "bad-datatype": Fault(response(with_value(type="literal", value="x", datatype="a b")), "term"),
    "bad-language": Fault(response(with_value(type="literal", value="x", **{"xml:lang": "_"})), "term"),
    "deep-turtle": Fault(response("<a:a> <a:b> " + "(" * 5_000, TURTLE), "malformed", CONSTRUCT),
    "newer-statements": Fault(
        response("<a:a> <a:b> <<( <a:a> <a:b> <a:c> )>> .", NTRIPLES), "RDF 1.1", CONSTRUCT
    ),
    # Redirects.
    "redirect-loop": Fault(redirect("http://127.0.0.1:PORT/redirect-loop"), "more than 3 times"),
    "redirect-file": Fault(redirect("file:///etc/passwd"), "no address"),
    "redirect-script": Fault(redirect("javascript:alert(1)"), "no address"),
    "redirect-bracket": Fault(redirect("http://[::1"), "no address"),
    "redirect-login": Fault(redirect("http://u:p@127.0.0.1:PORT/right"), "no address"),
    "redirect-without": Fault(response(RIGHT, JSON, "302 Found"), "302"),
    # Terminal control characters.
    "control-500": Fault(response(CONTROLS, "text/plain", "500 Error"), "\\u001b[31mred\\u0007"),
    "control-400": Fault(response(CONTROLS, "text/plain", "400 Bad"), "\\u001b[31mred\\u0007", code=3),
    "control-reason": Fault(response(BELIEVED, "text/html", "500 \x1b[2J\u202e"), "500"),
}
"""Faults by the path of the request."""

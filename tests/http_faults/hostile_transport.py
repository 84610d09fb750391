"""Random faults of HTTP: status lines, headers, framing and time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from itertools import repeat
from random import Random

from http_faults.pieces import Honest, Kind, Piece, head, send


def statuses(chance: Random, honest: Honest) -> Iterable[Piece]:
    code = chance.choice(
        [
            *(
                *range(200, 209),
                226,
                *range(300, 309),
                *range(400, 419),
                421,
                422,
                425,
                426,
                428,
                429,
                431,
                451,
            ),
            *(
                *range(500, 512),
                599,
                600,
                777,
                999,
            ),
        ]
    )
    text = chance.choice(["", "no", "<html>" + "x" * 9000, "\x1b[31m\x07\u202e", "x" * 100_000, "\0" * 300])
    kind = chance.choice(["text/plain", "text/html", honest.media_type, "", "\x1b[2J", "a/b;charset=\xff"])
    later = chance.choice([[], [f"Retry-After: {chance.choice(RETRIES)}"]])
    return [
        head(Honest(text.encode(), kind), *later, status=f"{code} {chance.choice(REASONS)}"),
        text.encode(),
    ]


def status_lines(chance: Random, honest: Honest) -> Iterable[Piece]:
    line = chance.choice(
        [
            *(
                "HTTP/0.9 200 OK",
                "HTTP/2 200",
                "HTTP/1.1",
                "HTTP/1.1 ",
                "HTTP/1.1 -200 OK",
                "HTTP/1.1 2OO OK",
                "",
            ),
            *(
                "HTTP/1.1 99 x",
                "HTTP/1.1 1000 x",
                "HTTP/1.1 200\tOK",
                "http/1.1 200 OK",
                "ICY 200 OK",
                "{}",
            ),
            *(
                "SSH-2.0-OpenSSH_9.9",
                "220 mail ESMTP",
                "HTTP/1.1 " + "2" * 70_000,
                "HTTP/9.9 200 OK",
                "\0" * 99,
            ),
            *(
                "HTTP/1.1 ²00 OK",
                "RTSP/1.0 200 OK",
                "HTTP/1.1 200 " + "x" * 70_000,
                "<html>",
                "HTTP/1.1 200",
            ),
        ]
    )
    rest = head(honest).partition(b"\r\n")[2] if chance.random() < 0.7 else b""
    return [line.encode("latin-1"), chance.choice([b"\r\n", b"\n", b"\r", b""]), rest, honest.body]


def garbage(chance: Random, honest: Honest) -> Iterable[Piece]:
    size = chance.choice([0, 1, 100, 10_000, 1_000_000])
    return [chance.randbytes(size), chance.choice([b"", honest.body])]


def header_lines(chance: Random, honest: Honest) -> Iterable[Piece]:
    lines = {
        "long": ["X-Big: " + "x" * chance.choice([60_000, 70_000, 10_000_000])],
        "many": ["X-One: 1"] * chance.choice([90, 101, 5_000, 500_000]),
        "same": ["Content-Length: 5", "Content-Length: 7"],
        "folded": ["X-One: 1", " folded", "\tfolded"],
        "odd": [
            chance.choice([":", "no colon", " : x", "X\0: y", "\xff: \xff", "X : y", "Content-Type", "\x1b"])
        ],
        "types": [f"Content-Type: {chance.choice(TYPES)}"],
        "framing": [
            f"Transfer-Encoding: {chance.choice(['gzip', 'chunked, gzip', 'x', '', 'chunked, chunked'])}"
        ],
        "virtuoso": [
            chance.choice(
                ["X-SQL-State: S1TAT", *(f"X-SPARQL-MaxRows: {n}" for n in ("", "x", "9" * 5000, "-1", "0"))]
            )
        ],
    }
    return [head(honest, *lines[chance.choice(list(lines))]), honest.body]


def types(chance: Random, honest: Honest) -> Iterable[Piece]:
    return send(Honest(honest.body, chance.choice(TYPES)), chance)


def encodings(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer compressed, with or without the header that says so, a bomb among them."""
    plain = chance.choice([honest.body, b"\0" * 50_000_000, honest.body + b" " * 50_000_000])
    body, name = chance.choice(
        [(gzip.compress(plain, 1), "gzip"), (zlib.compress(plain, 1), "deflate"), (plain[:10_000], "br")]
    )
    said = chance.choice([[f"Content-Encoding: {name}"], [], [f"Transfer-Encoding: {name}"]])
    return [head(Honest(body, honest.media_type), *said), body]


def retries(chance: Random, honest: Honest) -> Iterable[Piece]:
    status = chance.choice(
        ["503 Busy", "429 Slow", "502 Bad", "504 Late", "500 Error", "301 Moved", "200 OK"]
    )
    return [head(honest, f"Retry-After: {chance.choice(RETRIES)}", status=status), honest.body]


def redirects(chance: Random, _: Honest) -> Iterable[Piece]:
    status = chance.choice(
        ["301 Moved", "302 Found", "303 See", "307 There", "308 There", "300 Many", "304 Same"]
    )
    return [head(Honest(b"", ""), f"Location: {chance.choice(LOCATIONS)}", status=status)]


def challenges(chance: Random, _: Honest) -> Iterable[Piece]:
    names = ["realm", "nonce", "qop", "algorithm", "opaque", "stale", "domain", "userhash", "charset", ""]
    values = [
        "",
        '"',
        '""',
        '"auth"',
        '"auth-int"',
        "MD5",
        "SHA-256",
        "x",
        '"\xe9"',
        "TRUE",
        '"a\\"',
        "=",
        "\x85",
    ]
    lines = []
    for _ in range(chance.choice([0, 1, 1, 2, 50])):
        pairs = [
            f"{chance.choice(names)}{chance.choice(['=', '=', '', ' = '])}{chance.choice(values)}"
            for _ in range(chance.randrange(6))
        ]
        begun = chance.choice(["", 'realm="r", nonce="n", ', 'realm="r",nonce="n",qop="auth",'])
        scheme = chance.choice(["Digest ", "digest ", "Basic ", "", "Digest", "Negotiate ", " "])
        lines.append(f"WWW-Authenticate: {scheme}{begun}{chance.choice([', ', ',', ' ']).join(pairs)}")
    status = chance.choice(["401 Who", "401 Who", "407 Proxy", "403 No"])
    return [head(Honest(b"no", "text/plain"), *lines, status=status), b"no"]


def lengths(chance: Random, honest: Honest) -> Iterable[Piece]:
    size = len(honest.body)
    claims = [
        0,
        1,
        size - 1,
        size + 1,
        size * 2,
        10**9,
        10**18,
        10**30,
        "9" * 5000,
        -1,
        -5,
        "x",
        "0x10",
        "1 2",
        "1,2",
        "\xff",
    ]
    return [head(honest, length=chance.choice(claims)), honest.body]


def chunks(chance: Random, honest: Honest) -> Iterable[Piece]:
    chunk = f"{len(honest.body):x}\r\n".encode() + honest.body + b"\r\n"
    odd = chance.choice(
        [
            *(
                b"-1\r\n" + honest.body,
                b"-5\r\nx",
                b"xyz\r\n",
                b"f" * 70_000,
                b"ffffffffffffffffff\r\n" + honest.body,
            ),
            *(
                chunk,
                chunk + b"0",
                chunk + b"0\r\n" + b"x" * 70_000,
                b";x\r\n",
                b"0x5\r\nabcde\r\n",
                b"1_0\r\nx",
                b"+1\r\n{\r\n",
            ),
            *(
                chunk[:-9],
                chunk + b"-0\r\n\r\n",
                b"5;" + b"x" * 70_000,
                b"\r\n\r\n",
                chunk * 2 + b"0\r\n\r\n",
            ),
            *(b"".join(b"1\r\n%c\r\n" % byte for byte in honest.body[:200_000]) + b"0\r\n\r\n",),
        ]
    )
    return [head(honest, "Transfer-Encoding: chunked", length=""), odd]


def endless(chance: Random, honest: Honest) -> Iterator[Piece]:
    filler = chance.choice([b" ", b"\0", b"x", b"[", b"{", b"<a>", b"\n", b'"', b"(", b'"aa",', b"#"])
    head_, body = head(honest, length=""), honest.body[: len(honest.body) // 2]
    chunked = head(honest, "Transfer-Encoding: chunked", length="")
    begin, piece = chance.choice(
        [
            (head_ + body, filler * 1_000_000),
            (head_, filler * 1_000_000),
            (b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 1000 + b"\r\n"),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
            (b"", b"HTTP/1.1 102 Wait\r\n\r\n" * 1000),
            (chunked + b"0\r\n", b"X: y\r\n" * 1000),
            (chunked, b"1\r\n \r\n" * 10_000),
            (chunked + b"-1\r\n", b"x" * 1_000_000),
            (b"", filler * 1_000_000),
            (b"HTTP/1.1 500 Error\r\n\r\n", filler * 1_000_000),
        ]
    )
    yield begin
    yield from repeat(piece)


def slow(chance: Random, honest: Honest) -> Iterator[Piece]:
    """Pause for ever, or between parts, at a random place."""
    data = head(honest) + honest.body
    place = chance.choice([0, 1, 9, chance.randrange(len(data)), len(head(honest)), len(data)])
    yield data[:place]
    rest = data[place:] or b"x"
    size, pause = chance.choice([(len(rest), 60.0), (1, 0.1), (1, 0.9), (max(1, len(rest) // 5), 1.0)])
    for at in range(0, len(rest), size):
        yield pause
        yield rest[at : at + size]
    yield 60.0


def cut(chance: Random, honest: Honest) -> Iterable[Piece]:
    data = b"".join(piece for piece in send(honest, chance) if isinstance(piece, bytes))
    return [data[: chance.randrange(len(data))]]


TRANSPORT: tuple[Kind, ...] = (
    *(statuses, status_lines, garbage, header_lines, types, encodings, retries, redirects),
    *(challenges, challenges, lengths, chunks, endless, slow, cut),
)
REASONS = ["OK", "", "\xff", "\x1b[2J"]
RETRIES = [
    *(
        "0",
        "1",
        "2",
        "10",
        "3600",
        "-1",
        "1e9",
        "9" * 400,
        "",
        "x",
        "0.1",
        "²",
        "1, 2",
    ),
    *(
        f"Fri, 31 Dec {year} 23:59:59 {zone}"
        for year in (1970, 2099, 9999, 99999, "x", 0)
        for zone in ("GMT", "+9999", "")
    ),
]
LOCATIONS = [
    "",
    "/",
    "?",
    "#",
    "//",
    "///",
    "..",
    "http://[::1",
    "http://[x]/",
    "//[",
    "file:///etc/passwd",
    "http:",
]
LOCATIONS += [
    "http://127.0.0.1:99999/",
    "http://u:p@127.0.0.1/",
    "http://\xe9/",
    "/\xe9",
    "/ x",
    "/\0",
    "/" + "x" * 60_000,
]
LOCATIONS += [
    "http://127.0.0.1:1/",
    "https://127.0.0.1/",
    "javascript:alert(1)",
    "data:,x",
    "http://a\u2100b/",
    "x",
    "http://\x85/",
]
TYPES = [
    "",
    "/",
    "text/html",
    "application/json",
    "text/turtle",
    "application/n-triples",
    "text/csv",
    "a/b/c",
]
TYPES += [
    "application/sparql-results+json; charset=utf-16",
    "application/sparql-results+xml",
    "multipart/mixed",
]
TYPES += [
    "application/sparql-results+JSON",
    "\x1b[2J",
    "text/plain; boundary*0*=a'b'c; x=" + "y" * 3000,
    "x" * 3000,
]


def answer_tls(chance: Random) -> Iterable[Piece]:
    """Return an answer to the beginning of a TLS handshake."""
    alert, hello = (
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x16\x03\x03" + chance.randbytes(2) + chance.randbytes(70),
    )
    return chance.choice(
        [[alert], [hello], [chance.randbytes(500)], [b"HTTP/1.1 200 OK\r\n\r\n"], [60.0], [b"\x16", 60.0], []]
    )

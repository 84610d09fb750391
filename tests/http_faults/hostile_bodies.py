"""Random hostile bodies: SPARQL results in JSON and XML, and statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from http_faults.pieces import Honest, Kind, Piece, send

TERM = '{"type":"literal","value":"x"}'


def _wrap(rows: str, names: list[str], more: str = "") -> str:
    return f'{{"head":{{"vars":{json.dumps(names)}}}{more},"results":{{"bindings":[{rows}]}}}}'


def _names(honest: Honest) -> list[str]:
    """Return the names of the columns of an honest answer in JSON."""
    try:
        return list(json.loads(honest.body)["head"]["vars"]) or ["a"]
    except (ValueError, KeyError):
        return ["a"]


def _json(body: bytes | str) -> Honest:
    return Honest(
        body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body,
        "application/sparql-results+json",
    )


def _pick(chance: Random, *makers: Callable[[], str]) -> str:
    """Return the text of one of several functions; the others are not called."""
    return chance.choice(makers)()


def _count(number: int, form: str) -> str:
    """Return a form with the numbers from 0 on in its place, as often as fits."""
    return "".join(map(form.format, range(min(number, 45_000_000 // (len(form) + 5)))))


def _join(item: str, count: int) -> str:
    return ",".join([item] * count)


def _keyed(item: str, count: int) -> str:
    return ",".join(f'"{number}":{item}' for number in range(min(count, 2_000_000)))


def json_deep(chance: Random, honest: Honest) -> Iterable[Piece]:
    depth = chance.choice([99, 900, 1_100, 100_000, 8_000_000])
    deep = chance.choice(
        ["[" * depth + "]" * depth, '{"a":' * (depth // 3) + "1" + "}" * (depth // 3), "[" * depth]
    )
    body = chance.choice(
        [
            *(
                deep,
                f'{{"head":{deep}}}',
                _wrap(f'{{"a":{deep}}}', _names(honest)),
                f'{{"x":{deep},"head":{{}}}}',
            ),
            *(
                _wrap(f'{{"a":{{"type":"uri","value":{deep}}}}}', ["a"]),
                f'{{"results":{{"bindings":{deep}}}}}',
            ),
        ]
    )
    return send(_json(body), chance)


def json_sizes(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with very many variables, rows or cells."""
    names = _names(honest)
    if chance.random() < 0.6:
        names = [*names, *(f"v{n}" for n in range(chance.choice([500, 1_500, 100_000, 1_000_000])))]
    bound = names[: chance.choice([0, 1, 3, 2_000])]
    row = "{" + ",".join(f'"{name}":{TERM}' for name in bound) + "}"
    number = min(chance.choice([1, 2_000, 99_999, 100_001, 1_000_000]), 45_000_000 // len(row))
    return send(_json(_wrap(",".join([row] * number), names)), chance)


def json_junk(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with a member of very many small values."""
    item = chance.choice(
        ["[]", '"aa"', "{}", "1.5", "null", '{"a":1}', "12345678901", '""', "[[]]", "1e999", "-", "NaN"]
    )
    count = chance.choice([1_000, 45_000_000]) // (len(item) + 1)
    body = _pick(
        chance,
        lambda: f'{{"x":[{_join(item, count)}],"head":{{}},"boolean":true}}',
        lambda: f'{{"head":{{"vars":[{_join(item, count)}]}}}}',
        lambda: _wrap(_join(item, count), ["a"]),
        lambda: _wrap("{}", _names(honest), f',"link":[{_join(item, count)}]'),
        lambda: f'{{"head":{{}},{_keyed(item, count)}}}',
        lambda: _wrap(f"{{{_keyed(item, count)}}}", ["a"]),
        lambda: f'{{"results":{{{_keyed(item, count)}}}}}',
    )
    return send(_json(body), chance)


def json_text(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with long or odd text in a term, or around the document."""
    unit = chance.choice(
        [
            "x",
            "\\u0041",
            "\\ud83d\\ude00",
            "\U0001f600",
            "文",
            "\\n",
            "\\u0000",
            "\\ud800",
            " ",
            "=",
            "\u202e",
        ]
    )
    text = unit * (chance.choice([10, 3_000_000, 20_000_000, 45_000_000]) // len(unit.encode()))
    name = chance.choice(_names(honest))
    term = chance.choice(
        [
            *(
                f'{{"type":"literal","value":"{text}"}}',
                f'{{"type":"uri","value":"a:{text}"}}',
                f'{{"type":"bnode","value":"{text}"}}',
            ),
            *(
                f'{{"type":"literal","value":"x","xml:lang":"{text}"}}',
                f'{{"type":"literal","value":"x","datatype":"a:{text}"}}',
            ),
        ]
    )
    rows = f'{{"{name}":{term}}}' + f',{{"{name}":{TERM}}}' * chance.choice([0, 0, 50_000])
    body = chance.choice(
        [
            _wrap(rows, _names(honest)),
            " " * len(text) + honest.body.decode("utf-8", "replace"),
            f'{{"{text}":1}}',
        ]
    )
    return send(_json(body), chance)


def json_forms(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer in another encoding, or with something around the document."""
    text = honest.body.decode("utf-8", "replace")
    return send(
        _json(
            chance.choice(
                [
                    *(text.encode(name) for name in ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "utf-7")),
                    *(
                        text + "x",
                        text * 2,
                        "x" + text,
                        text + "\0",
                        text + "\xff",
                        "\0" + text,
                        "",
                        "null",
                        "[]",
                        "{}",
                        '""',
                        "1",
                    ),
                    *(
                        text.replace("head", "Head"),
                        text.replace('"results"', '"boolean":true,"results"'),
                    ),
                    *(
                        text.replace('"head"', '"head":{},"head"'),
                        "<!-- -->" + text,
                        text.replace(",", ",,", 1),
                    ),
                ]
            )
        ),
        chance,
    )


def json_values(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with some JSON values replaced by others."""
    odd: list[Any] = [
        None,
        True,
        1,
        1.5,
        -1,
        "",
        "x",
        [],
        {},
        [1],
        {"a": 1},
        "9" * 5_000,
        10**20,
        "\x1b[2J",
        "a b",
        "\ud800",
    ]
    odd += [{"type": kind, "value": "x"} for kind in ("uri", "bnode", "literal", "triple", "thing", None)]

    def change(value: Any) -> Any:
        if chance.random() < 0.02:
            return chance.choice(odd)
        if isinstance(value, dict):
            return {
                chance.choice([key, key, key, "x"]) if chance.random() < 0.02 else key: change(one)
                for key, one in value.items()
            }
        return [change(one) for one in value] if isinstance(value, list) else value

    try:
        document = json.loads(honest.body)
    except ValueError:
        document = {}
    return send(_json(json.dumps(change(document))), chance)


def json_terms(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with the right columns and random terms."""
    values = [
        "",
        "x",
        "0",
        "-1",
        "1e400",
        "9" * 5_000,
        "2023-02-30",
        "2023-08-01",
        "99999-01-01",
        "-0001-01-01",
        "中",
        "\x1b[31m",
        "\0",
    ]
    values += [
        "true",
        "NaN",
        "INF",
        "\u202e",
        "a" * 10_000,
        "P1Y",
        "<script>",
        "=1+1",
        "https://w3id.org/msme-kg/member/us",
        "\n\r\n",
    ]
    xsd = "http://www.w3.org/2001/XMLSchema#"

    def build_term() -> dict[str, str]:
        kind = chance.choice(["literal", "literal", "typed", "lang", "uri", "bnode"])
        value = chance.choice(values)
        if kind == "uri":
            return {
                "type": "uri",
                "value": chance.choice(
                    ["a:b", "https://w3id.org/msme-kg/member/us", "urn:x:\u202e", "a:" + "x" * 9_000]
                ),
            }
        if kind == "typed":
            return {
                "type": "literal",
                "value": value,
                "datatype": xsd + chance.choice(["integer", "date", "boolean", "decimal", "gYear", "x"]),
            }
        if kind == "lang":
            return {
                "type": "literal",
                "value": value,
                "xml:lang": chance.choice(["en", "zh-hant", "x-y", "de"]),
            }
        return {"type": kind, "value": value}

    names = _names(honest)
    rows = [
        {name: build_term() for name in names if chance.random() < 0.8}
        for _ in range(chance.choice([0, 1, 2, 30, 3_000]))
    ]
    return send(_json(json.dumps({"head": {"vars": names}, "results": {"bindings": rows}})), chance)


def flip_bytes(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with some bytes changed, inserted or left out."""
    body = bytearray(honest.body)
    for _ in range(chance.choice([1, 2, 10, 100])):
        at = chance.randrange(len(body) + 1)
        body[at : at + chance.randrange(3)] = chance.choice(
            [b"", b"\0", b'"', b"\\", b"{", b"]", b"<", b"\xff", b",", b"\n", b"_:"]
        )
    return send(Honest(bytes(body), honest.media_type), chance)


def xml(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer in XML: deep, long, wide, or with what results do not have."""
    names, many = _names(honest), chance.choice([3, 1_000, 100_000, 3_000_000])
    unit = chance.choice(
        ["x", "&#65;", "\n", "文", "]]&gt;", "<!-- c -->", "<![CDATA[x<]]>", "<?p x?>", "\U0001f600"]
    )
    term = _pick(
        chance,
        *(
            lambda: "<literal>x</literal>",
            lambda: "<uri>a b</uri>",
            lambda: "<thing/>",
            lambda: "<uri>a:b</uri>" * 2,
        ),
        lambda: f"<literal>{unit * min(many, 40_000_000 // len(unit.encode()))}</literal>",
        *(lambda: "<literal>" + "<a>" * many, lambda: "<binding>" * many),
        lambda: f'<literal xml:lang="{"x" * many}">x</literal>',
        lambda: "<literal " + _count(many, 'a{}="" ') + "/>",
    )
    variables = "".join(f'<variable name="{name}"/>' for name in names) + _pick(
        chance,
        *(
            lambda: "",
            lambda: "",
            lambda: '<variable name="a"/>',
            lambda: "<link/>" * many,
            lambda: "<x/>" * many,
        ),
        lambda: _count(many, '<variable name="v{}"/>'),
        lambda: "<link " + _count(many, 'xmlns:a{}="x" ') + "/>",
    )
    row = f'<result><binding name="{names[0]}">{term}</binding></result>'
    rows = _pick(
        chance,
        *(lambda: row, lambda: row, lambda: row * min(100_001, max(1, 40_000_000 // len(row)))),
        *(lambda: "<result/>" * many, lambda: _count(many, "<r{}/>")),
    )
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    start = _pick(
        chance,
        *(lambda: "", lambda: '<?xml version="1.0"?>', lambda: "<a>" * many),
        lambda: f'<?xml version="1.0" encoding="{chance.choice(["ISO-8859-1", "x", "utf-16"])}"?>',
        *(lambda: f'<!DOCTYPE a [<!ENTITY e0 "x">{bomb}]>', lambda: f"<!-- {'< ' * many} -->"),
    )
    space = chance.choice(["http://www.w3.org/2005/sparql-results#"] * 9 + ["", "x"])
    body = f'{start}<sparql xmlns="{space}"><head>{variables}</head><results>{rows}</results></sparql>'
    body = chance.choice([body, body, body[: chance.randrange(len(body))], body + "x", body + "<x/>"])
    return send(Honest(body.encode()[:49_000_000], "application/sparql-results+xml"), chance)


def statements(chance: Random, honest: Honest) -> Iterable[Piece]:
    """Answer with Turtle or N-Triples that is deep, long, wide or repeats itself."""
    many = chance.choice([10, 1_000, 100_001, 2_000_000])
    long = chance.choice([100, 1_000_000, 20_000_000, 40_000_000])
    unit = chance.choice(["x", "\\u0041", "文", "\\n", "%", "\U0001f600"])
    body = _pick(
        chance,
        *(
            lambda: "<a:a> <a:b> " + "(" * many,
            lambda: "<a:a> <a:b> " + "[<a:b> " * many,
            lambda: "<< " * many,
        ),
        lambda: "<a:a> <a:b> " + "[<a:b> " * 90 + "<a:c>" + "]" * 90 + ".",
        lambda: f"<a:{'a' * long}> <a:b> {','.join(map(str, range(min(many, 200_000))))} .",
        lambda: f"@prefix p: <a:{'a' * long}> . {_count(min(many, 200_000), 'p:{} p:p p:p .')}",
        *(lambda: _count(many, "@prefix p{}: <a:b> .\n"), lambda: "#" * long, lambda: "#\n" * long),
        lambda: f'<a:a> <a:b> "{unit * (long // len(unit.encode()))}" .\n',
        lambda: f"<a:a> <a:b> <a:{unit * (long // len(unit.encode()))}> .\n",
        lambda: f'<a:a> <a:b> "x"@{"x" * long} .\n',
        lambda: _count(min(many, 1_000_000), "<a:{}> <a:b> <a:c> .\n"),
        lambda: "".join(f"_:{a} <a:b> _:{b} .\n" for a in "abcdefghij" for b in "abcdefghij" if a != b),
        lambda: chance.choice(
            ['"x" <a:b> <a:c> .\n', "<a:a> <a:b> <a:\u202e> .\n", "<a> <b> <c> .\n", "\0", ""]
        ),
        lambda: '<a:a> <a:b> "\\u0000\\u001b[2J" .\n',
    )
    kind = chance.choice(["text/turtle", "application/n-triples", honest.media_type])
    return send(Honest(body.encode()[:49_000_000], kind), chance)


RESULTS: tuple[Kind, ...] = (
    *(json_deep, json_sizes, json_sizes, json_junk, json_text, json_forms, json_values, json_terms),
    *(json_terms, flip_bytes, xml, xml, xml),
)
GRAPHS: tuple[Kind, ...] = (statements, statements, statements, flip_bytes)

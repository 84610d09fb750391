"""Headers of query files: bounded, without anchors, and never the cause of an unexpected exception."""

from __future__ import annotations

from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msme_kg.errors import InputError, KGError, SafetyError, UsageError
from msme_kg.sparql.parameters import convert_value
from msme_kg.sparql.query_header import MAX_HEADER_LENGTH, parse_query

BOTH = "{en: a, zh-Hant: b}"
KEYS = {"title": BOTH, "description": BOTH, "tags": "[a]"}
PARAMETER = f"type: date, help: {BOTH}"
VALUES = [
    *(
        "x",
        "[a]",
        "{a: b}",
        "null",
        "true",
        "1.5",
        "2024-13-45",
        "9" * 5000,
        "0x" + "f" * 5000,
        "1:1",
        "=",
        "<<",
    ),
    *("!!binary aGk=", "!!timestamp x", "!!bool x", "!!int x", "!!float x", "!!set {a, b}", "!!omap [a: b]"),
    *("!!python/object:os.system x", "{? [a] : b}", "{1: 2}", "{null: null}", "{<<: {a: b}}", "{<<: x}"),
    *(
        "{en: [a], zh-Hant: {x: y}}",
        "{en: 0x" + "f" * 5000 + ", zh-Hant: b}",
        BOTH,
        "[[a]]",
        "[{a: b}]",
        "''",
    ),
    *(f"{{m: {{{PARAMETER}, {more}}}}}" for more in ("type: [date]", "type: {a: b}", "default: [a]")),
    *(
        f"{{m: {{{PARAMETER}, {more}}}}}"
        for more in ("fallback: [[x]]", "creates: {a: [b]}", "class: {a: b}")
    ),
    *("{kind: [a], words: {a: " + BOTH + "}}", "{kind: x, words: [a]}", '"\\ud800"', '"\\0"', "&x y", "*x"),
]


def write(**keys: str) -> str:
    lines = (f"#+ {key}: {value}\n" for key, value in (KEYS | keys).items())
    return "".join(lines) + "SELECT * { ?s ?p ?o }"


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("key", [*KEYS, "params", "plot", "severity", "problem", "solution"])
def test_any_value_is_read_or_refused(key: str, value: str) -> None:
    with suppress(KGError):
        repr(parse_query(write(**{key: value}), "a.rq"))


@given(
    st.dictionaries(st.sampled_from([*KEYS, "params", "plot", "severity"]), st.text(max_size=20), max_size=3)
)
def test_any_text_is_read_or_refused(keys: dict[str, str]) -> None:
    with suppress(KGError):
        parse_query(write(**keys), "a.rq")


def test_numbers_and_dates_are_kept_as_written() -> None:
    text = "SELECT * { VALUES ?in_a { UNDEF }  # param\n VALUES ?in_b { UNDEF }  # param\n }"
    header = "".join(f"#+ {key}: {value}\n" for key, value in KEYS.items())
    header += "#+ params:\n" + "".join(
        f"#+   {name}: {{type: {kind}, default: {value}, required: {flag}, help: {BOTH}}}\n"
        for name, kind, value, flag in (("a", "integer", "007", "false"), ("b", "date", "2023-08-01", "yes"))
    )
    first, second = parse_query(header + text, "a.rq").parameters
    assert (first.default, first.required, second.default, second.required) == (
        "007",
        False,
        "2023-08-01",
        True,
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["a: &a [x, x]", "b: [*a, *a]"],
        ["a: &a x"],
        ["a: {b: &b [c]}", "d:", "  - *b"],
        ["? &a x", ": y"],
    ],
)
def test_anchors_and_aliases_are_refused_with_their_line(lines: list[str]) -> None:
    text = "#+ tags: [a]\n" + "".join(f"#+ {line}\n" for line in lines)
    with pytest.raises(SafetyError, match="anchor") as caught:
        parse_query(text, "a.rq")
    assert caught.value.location
    assert caught.value.location.line == 2


def test_text_with_the_signs_of_anchors_is_accepted() -> None:
    query = parse_query(write(title="{en: 'Q&A *now*', zh-Hant: 問 & 答}"), "a.rq")
    assert query.title == {"en": "Q&A *now*", "zh-Hant": "問 & 答"}


def test_a_long_header_is_refused() -> None:
    with pytest.raises(SafetyError, match=str(MAX_HEADER_LENGTH)):
        parse_query("#+ tags: [a]\n" * (MAX_HEADER_LENGTH // 9), "a.rq")


def test_a_nested_header_is_refused() -> None:
    with pytest.raises(InputError):
        parse_query(write(title="[" * 20_000 + "]" * 20_000), "a.rq")


def test_choices_may_have_words_in_both_languages() -> None:
    header = (
        f"#+ title: {BOTH}\n#+ description: {BOTH}\n#+ params:\n"
        f"#+   sure: {{type: choice, default: possible, help: {BOTH},\n"
        "#+          choices: {certain: {en: sure, zh-Hant: 確定}, possible: {en: maybe, zh-Hant: 可能}}}\n"
        "SELECT * { VALUES ?in_sure { UNDEF }  # param\n}"
    )
    (parameter,) = parse_query(header, "queries/q.rq").parameters
    assert parameter.choices == ("certain", "possible")
    for text in ("certain", "CERTAIN", "sure", "確定", "确定", "ＳＵＲＥ"):
        assert convert_value(parameter, text, lambda text, _: pytest.fail(text)) == {
            "sure": ox.Literal("certain")
        }
    with pytest.raises(UsageError, match="does not fit sure"):
        convert_value(parameter, "perhaps", lambda text, _: pytest.fail(text))


def test_a_key_that_is_no_text_has_an_error_of_its_own() -> None:
    with pytest.raises(InputError, match="True must be given in en and zh-Hant"):
        parse_query(write(columns="{yes: {en: No, zh-Hant: 否}}"), "a.rq")

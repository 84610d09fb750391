"""Language tags compared with LANG in queries and updates, whatever their case."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Run, scale_examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from msme_kg.sparql.language_tags import fold_language_tags

STORE = ox.Store()
STORE.load(
    b'<urn:s> <urn:p> "one"@zh-Hant , "two"@en , "three"@en-GB , "zh-Hant" , "LANG" .',
    format=ox.RdfFormat.TURTLE,
)
TAG = st.sampled_from(["zh-Hant", "ZH-HANT", "zh-hant", "EN", "en", "en-GB", "fr", ""])
QUOTED = st.tuples(TAG, st.sampled_from(['"{}"', "'{}'", '"""{}"""', "'''{}'''"])).map(
    lambda pair: pair[1].format(pair[0])
)
BLANK = st.sampled_from(["", " ", "\n", " # LANG(?l) = 'EN'\n"])
CALL = st.tuples(st.sampled_from(["LANG", "lang", "Lang"]), BLANK, BLANK).map(
    lambda parts: f"{parts[0]}{parts[1]}({parts[2]}?l)"
)
EQUAL = st.tuples(BLANK, st.sampled_from(["=", "!="]), BLANK).map("".join)
LIST = st.tuples(
    st.sampled_from([" IN (", " NOT IN(", " not in ("]), st.lists(QUOTED, min_size=1, max_size=3)
)
COMPARISON = st.one_of(
    st.tuples(CALL, EQUAL, QUOTED).map("".join),
    st.tuples(QUOTED, EQUAL, CALL).map("".join),
    st.tuples(CALL, LIST).map(lambda pair: f"{pair[0]}{pair[1][0]}{', '.join(pair[1][1])})"),
)
OTHER = st.one_of(
    st.tuples(st.just("STR(?l)"), EQUAL, QUOTED).map("".join),
    QUOTED.map(lambda text: f"langMatches(LANG(?l), {text})"),
    QUOTED.map(lambda text: f"REGEX(STR(?l), {text})"),
    QUOTED.map(lambda text: f"?l = STRLANG('one', {text} )"),
    QUOTED.map(lambda text: f"CONTAINS(\"LANG(?l) = 'EN'\", {text})"),
)


def select(condition: str) -> list[str]:
    return sorted(str(row[0]) for row in STORE.query(f"SELECT ?l {{ ?s ?p ?l FILTER({condition}) }}"))


@settings(max_examples=scale_examples(300), deadline=None)
@given(COMPARISON)
@example('LANG(?l) = "zh-Hant"')
def test_case_of_a_compared_tag_does_not_matter(condition: str) -> None:
    assert select(fold_language_tags(condition)) == select(re.sub("(?i)zh-hant|en-gb|en", _lower, condition))


def _lower(match: re.Match[str]) -> str:
    return match[0].lower()


@settings(max_examples=scale_examples(300), deadline=None)
@given(OTHER)
def test_other_constants_stay_as_they_are(condition: str) -> None:
    assert fold_language_tags(condition) == condition


@settings(max_examples=scale_examples(300), deadline=None)
@given(COMPARISON, OTHER, st.sampled_from([" && ", " || "]))
def test_only_letters_of_the_compared_tags_change(compared: str, other: str, operator: str) -> None:
    for text in (f"{compared}{operator}{other}", f"{other}{operator}{compared}"):
        folded = fold_language_tags(text)
        assert len(folded) == len(text)
        assert folded.lower() == text.lower()
        assert other in folded


@settings(max_examples=scale_examples(300), deadline=None)
@given(
    st.lists(st.sampled_from([*"()!=,{}#\n ?.\\", "LANG", "lang(", '"EN"', "'zh-Hant'", "IN", "NOT", '"""']))
)
def test_any_text_is_accepted_and_keeps_its_length(parts: list[str]) -> None:
    text = "".join(parts)
    assert len(fold_language_tags(text)) == len(text)


@pytest.mark.parametrize(
    "condition", ['LANG(?l) = "zh-Hant"', '"ZH-HANT" = LANG(?l)', 'LANG(?l) IN ("zh-Hant")']
)
def test_query_finds_text_in_traditional_chinese(run: Run, condition: str) -> None:
    ended = run(
        "sparql", "-e", f"SELECT ?l {{ member:us rdfs:label ?l FILTER({condition}) }}", "--format", "csv"
    )
    assert (ended.code, ended.out.splitlines()[1:]) == (0, ["美國"])


def test_update_finds_text_in_traditional_chinese(run: Run, root: Path, tmp_path: Path) -> None:
    (tmp_path / "u.ru").write_text(
        "PREFIX member: <https://w3id.org/msme-kg/member/>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        'INSERT { member:us skos:altLabel "美國人"@zh-Hant }\n'
        'WHERE { member:us rdfs:label ?l FILTER(LANG(?l) = "zh-Hant") }\n',
        encoding="utf-8",
    )
    assert "美國人" in run("check", "--root", root, "--update", tmp_path / "u.ru").out

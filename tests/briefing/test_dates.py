"""A note as of a date mentions nothing later, and states what is unknown or unchanged."""

from __future__ import annotations

import re
from datetime import date

import pytest
from conftest import Run
from notes import brief

from msme_kg.api import KnowledgeGraph
from msme_kg.briefing.content.anachronisms import mentions_later_date
from msme_kg.briefing.content.fact_queries import keep_untranslated
from msme_kg.briefing.content.note_model import MultilingualText
from msme_kg.sparql.date_intervals import parse_interval

LANGUAGES = ["zh-Hant", "en"]
MARKED = {"zh-Hant": "（晚於基準日", "en": "(later than the date of this note"}
NAMES = "January February March April May June July August September October November December"
MONTHS = NAMES.split()
DATES = ["2018-06-30", "2020-12-31", "2023-08-01", "2024-03-31"]


def parts(as_of: str, lang: str, since: str | None = None) -> tuple[str, list[str]]:
    """Return the body of a note and its sources."""
    text = brief(as_of, lang, since)
    body, mark, sources = text.partition("\n- [1] ")
    return body, (mark.strip() + " " + sources).splitlines()


def begins(text: str) -> list[date]:
    """Return the first day of every date, month and year that a text names."""
    found = [
        date(int(y), int(m), int(d or 1)) for y, m, d in re.findall(r"(\d{4})年(\d+)月(?:(\d+)日)?", text)
    ]
    for day, month, year in re.findall(rf"(?:(\d+) )?({'|'.join(MONTHS)}) (\d{{4}})", text):
        found.append(date(int(year), MONTHS.index(month) + 1, int(day or 1)))
    return found + [date(int(year), 1, 1) for year in re.findall(r"(?<![\d/])(20\d\d)(?!\d)", text)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("as_of", DATES)
def test_note_mentions_no_later_date(as_of: str, lang: str) -> None:
    body, _ = parts(as_of, lang)
    assert len(begins(body)) > 20
    assert [one for one in begins(body) if one > date.fromisoformat(as_of)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("as_of", DATES)
def test_note_mentions_no_later_entity(as_of: str, lang: str, kg: KnowledgeGraph) -> None:
    """The graph lists the entities that certainly began later, and the Members that joined later."""
    answer = kg.sparql(f"""
        SELECT ?label WHERE {{
          {{ ?thing a ?class }} UNION
          {{ ?membership org:member ?thing ; a ?class ; msme:notBefore ?start }}
          VALUES ?class {{ msme:Event msme:Initiative msme:Award msme:Compendium msme:Proposal
            msme:StudyReport msme:MeetingReport msme:Package msme:WorkProgramme msme:Membership }}
          OPTIONAL {{ ?thing msme:notBefore ?own }}
          BIND(IF(BOUND(?start), ?start, ?own) AS ?begin)
          FILTER(?begin > "{as_of}"^^xsd:date)
          ?thing rdfs:label ?label . FILTER(langMatches(LANG(?label), "{lang}"))
        }}""")
    later = {row[0].value.replace(" ", "") for row in answer.rows}  # type: ignore[union-attr]
    assert len(later) > 20
    body, _ = parts(as_of, lang)
    quoted = set(re.findall(r"[「“]([^」”]+)[」”]", body)) | set(re.split("[、，：。；,;]", body))
    squeezed = {one.replace(" ", "") for one in quoted}
    # Announced entities may be mentioned: a work item is named after its planned result.
    assert later & squeezed == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sources_dated_later_are_marked(lang: str) -> None:
    for as_of in DATES:
        _, sources = parts(as_of, lang)
        for entry in sources:
            words = re.sub(r"<[^>]*>", "", entry)
            if any(one > date.fromisoformat(as_of) for one in begins(words)):
                assert MARKED[lang] in entry


def test_source_issued_by_the_date_is_preferred() -> None:
    """The brief is dated 1 August 2023: it is cited without a mark only from that day on."""
    for as_of, is_marked in (("2023-08-01", False), ("2023-07-31", True)):
        _, sources = parts(as_of, "en")
        (entry,) = [one for one in sources if "000_819d391495d1848e" in one]
        assert (MARKED["en"] in entry) is is_marked


@pytest.mark.parametrize(
    ("lang", "there", "absent"),
    [
        (
            "en",
            [
                "José Luís Cancela Gómez of Uruguay",
                "since February 2018",
                "84, 87 or 88",
                "No work programme of the Group",
            ],
            ["INF/MSME/4", "Trade4MSMEs", "Global Trade Helpdesk", "Matthew Wilson", "98"],
        ),
        (
            "zh-Hant",
            ["由烏拉圭駐WTO大使José Luís Cancela Gómez擔任小組協調人", "84、87或88個", "尚無小組之工作計畫"],
            ["INF/MSME/4", "Trade4MSMEs", "全球貿易資訊平台", "Matthew Wilson", "98"],
        ),
    ],
)
def test_in_june_2018(lang: str, there: list[str], absent: list[str]) -> None:
    body, _ = parts("2018-06-30", lang)
    assert [one for one in there if one not in body] == []
    assert [one for one in absent if one in body] == []


@pytest.mark.parametrize(("lang", "words"), [("en", "did not yet exist"), ("zh-Hant", "尚未成立")])
def test_note_before_the_founding_states_that_the_group_did_not_exist(lang: str, words: str) -> None:
    body, sources = parts("2015-01-01", lang)
    assert words in body
    assert len(body) < 800
    assert len(sources) == 1
    assert [one for one in begins(body) if one > date(2015, 1, 1)] == []


def test_note_after_the_record_states_its_end(run: Run) -> None:
    ended = run("brief", "--as-of", "2027-05-01", "--lang", "zh-Hant")
    assert ended.code == 0
    assert ended.err == "註：紀錄止於 2025-12-31，其後尚無資料\n"
    assert "惟現有紀錄止於2025年12月31日，其後情形尚無資料。[1]" in ended.out
    assert "The record ends on 31 December 2025" in brief("2027-05-01", "en")
    assert "The record ends" not in brief("2025-12-31", "en")


NEWS = {
    "en": [
        *("Cabo Verde", "Democratic Republic of the Congo", "Maldives", "Mauritius", "Mozambique"),
        *("Cameroon joined in 2025", "changed from 98 to 104", "WT/MIN(24)/9", "INF/MSME/W/47/Rev.2"),
        "13 November 2025: “Study report on integration of MSMEs into Authorized Economic Operator",
    ],
    "zh-Hant": [
        *("維德角", "剛果民主共和國", "馬爾地夫", "模里西斯", "莫三比克"),
        *("喀麥隆於2025年加入", "由98個增為104個", "WT/MIN(24)/9", "INF/MSME/W/47/Rev.2"),
        "2025年11月13日：「微中小企業納入安全認證優質企業（AEO）計畫研究報告」",
    ],
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_comparison_opens_with_changes_that_cite_sources(lang: str) -> None:
    body, _ = parts("2025-12-31", lang, "2023-08-01")
    _, news, *others = body.split("\n## ")
    for words in NEWS[lang]:
        (line,) = [line for line in news.splitlines() if words in line]
        numbers = re.findall(r"\[(\d+)(?:\\\*)?\]", line)
        assert set(numbers) - {"1"}, "a fact needs a source other than the dataset"
    mark = {"en": "[new]", "zh-Hant": "【新增】"}[lang]
    assert mark not in news
    marked = [line for section in others for line in section.splitlines() if mark in line]
    assert any(NEWS[lang][5].split(" joined")[0].split("於")[0] in line for line in marked)
    assert any("INF/MSME/W/47/Rev.2" in line for line in marked)
    unmarked = [line for section in others for line in section.splitlines() if mark not in line]
    assert any("INF/MSME/R/21" in line for line in unmarked)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "No change is recorded between"), ("zh-Hant", "依現有紀錄並無變動")]
)
def test_comparison_without_changes_states_that(lang: str, words: str) -> None:
    body, _ = parts("2023-08-02", lang, "2023-08-01")
    assert words in body


def test_growth_equals_the_canned_query(kg: KnowledgeGraph) -> None:
    from msme_kg.briefing.content.compose import compose_note
    from msme_kg.briefing.content.fact_queries import FactQueries

    note = compose_note(FactQueries(kg.engine, kg.repository), date(2025, 12, 31))
    (bars,) = [section.membership_totals for section in note.sections if section.membership_totals]
    counted = {
        (str(bar.day), value, bar.named_count, bar.possible_count, bar.indirect_count)
        for bar in bars
        for value in bar.stated_totals
    }
    rows = kg.query("growth")
    counts = ("stated", "named", "possible", "indirect")
    assert counted == {
        (str(parse_interval(str(row["date"]), "date")[1]), *(row[name] for name in counts)) for row in rows
    }


@pytest.mark.parametrize(
    ("words", "is_later"),
    [
        ("Agreed on 1 August 2023.", False),
        ("Agreed on 2 August 2023.", True),
        ("In August 2023.", False),
        ("In September 2023.", True),
        ("2023 年 8 月 1 日", False),
        ("2023年8月2日", True),
        ("2024 年", True),
        ("2023-08-02", True),
        ("up to 2031", True),
        ("the work programme of 2023", False),
        ("INF/MSME/W/2024", False),
        ("2023 年 13 月", False),
        ("https://example.org/2024/x", False),
    ],
)
def test_mention_of_a_later_date_is_detected(words: str, is_later: bool) -> None:
    assert mentions_later_date(keep_untranslated(words), date(2023, 8, 1)) is is_later


def test_mention_in_one_language_suffices() -> None:
    assert mentions_later_date(MultilingualText({"en": "soon", "zh-Hant": "2024 年"}), date(2023, 8, 1))


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--as-of", "2023-13-01"], 2, "is not a date"),
        (["--as-of", "2023-08-01", "--since", "yesterday"], 2, "is not a date"),
        (["--as-of", "2023-08-01", "--since", "2023-08-01"], 2, "is not before"),
        (["--as-of", "2023-08-01", "--format", "pdf"], 2, "pdf"),
        (["--as-of", "2023-08-01", "--lang", "fr"], 2, "fr"),
    ],
)
def test_invalid_options_get_one_line_and_a_hint(options: list[str], code: int, says: str, run: Run) -> None:
    ended = run("brief", *options)
    assert (ended.code, ended.out) == (code, "")
    said, hint = ended.err.splitlines()
    assert said.startswith("Error: ")
    assert says in said
    assert hint.startswith("hint: ")

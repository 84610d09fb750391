"""Names in options and arguments: whole names, parts of names, and the values of closed sets."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from msme_kg.api import KnowledgeGraph
from msme_kg.entities import name_archive
from msme_kg.entities.name_archive import NAMES, TEXTS, NameArchive
from msme_kg.entities.name_index import list_names
from msme_kg.entities.name_source import NameSource
from msme_kg.entities.resolver import Resolver
from msme_kg.errors import UsageError

BASE = "https://w3id.org/msme-kg/"


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("台灣", "member/tw"),
        ("Taiwan", "member/tw"),
        ("美国", "member/us"),
        ("ＵＳＡ", "member/us"),
        ("cote d'ivoire", "member/ci"),
        ("wt/min(17)/58", "document/wt-min-17-58"),
        ("WT MIN 17 58", "document/wt-min-17-58"),
        ("INF/MSME/4 Rev 2", "document/inf-msme-4-rev-2"),
    ],
)
def test_any_spelling_of_a_name_is_enough(run: Run, name: str, thing: str) -> None:
    assert run("log", "--thing", name, "--format", "json").code == 0
    ended = run("query", "evidence", "--thing", name, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == run("query", "evidence", "--thing", BASE + thing, "--format", "json").out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["query", "member-profile", "--member", "Korea"], "member/kr"),
        (["query", "sponsors", "--symbol", "min(17)/58"], "document/wt-min-17-58"),
        (["query", "documents", "--area", "finance"], "vocab/work-area/4"),
        (["query", "documents", "--area", "融資"], "vocab/work-area/4"),
        (["query", "documents", "--area", "融资"], "vocab/work-area/4"),
        (["describe", "Wilson"], "person/matthew-wilson"),
        (["describe", "貿易政策檢討資料庫"], "initiative/msme-tpr-database"),
        (["describe", "TPR資料庫"], "initiative/msme-tpr-database"),
        (["describe", "TPR 資料庫"], "initiative/msme-tpr-database"),
        (["describe", "helpdesk"], "initiative/global-trade-helpdesk"),
    ],
)
def test_part_of_one_name_is_enough_and_is_said(run: Run, words: list[str], meant: str) -> None:
    ended = run(*words)
    assert ended.code == 0
    assert f"<{BASE}{meant}>" in ended.err
    assert run(*words, "--lang", "zh-Hant").err.startswith("註：「")


def test_part_of_several_names_lists_them(run: Run) -> None:
    ended = run("query", "timeline", "--kind", "meeting")
    assert (ended.code, ended.out) == (2, "")
    assert "regular meeting (event-kind:regular-meeting)" in ended.err
    assert "organizational meeting (event-kind:organizational-meeting)" in ended.err
    assert "workshop" not in ended.err
    ended = run("describe", "trade finance", "--lang", "zh-Hant")
    assert (ended.code, ended.out) == (2, "")
    assert "（document:wt-wgtdf-w-98）；" in ended.err
    # Instances first, then terms of a vocabulary.
    assert ended.err.index("（document:wt-wgtdf-w-98）") < ended.err.index("（work-area:4）")


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("TPR database", "initiative/msme-tpr-database"),
        ("annex 6", "document/inf-msme-4-rev-2-annex-6"),
        ("附件六", "document/inf-msme-4-rev-2-annex-6"),
        ("附件 6", "document/inf-msme-4-rev-2-annex-6"),
        ("Annex 3 of INF/MSME/4/Rev.2", "document/inf-msme-4-rev-2-annex-3"),
        ("2021 declaration", "document/inf-msme-w-36"),
        ("2021 年宣言", "document/inf-msme-w-36"),
        ("NO", "member/no"),
    ],
)
def test_number_or_year_and_kind_name_an_entity(run: Run, name: str, thing: str) -> None:
    ended = run("describe", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[1] == BASE + thing


def test_versions_of_one_text_are_listed_and_none_is_preferred(run: Run) -> None:
    ended = run("describe", "Declaration on the Establishment of a WTO Informal Work Programme")
    assert (ended.code, ended.out) == (2, "")
    assert "(document:wt-min-17-58)" in ended.err
    assert "(document:wt-min-17-58-rev-1)" in ended.err


def test_near_names_are_those_of_instances_then_what_search_finds(run: Run) -> None:
    assert "did you mean China (member:cn)" in run("describe", "Chian").err
    hint = run("describe", "cross-border payments of banks in finance").err
    assert "did you mean Trade-related aspects of MSMEs' access to finance and cross-border payments" in hint


def test_symbol_that_no_document_has_names_nothing(run: Run) -> None:
    ended = run("describe", "INF/MSME/4/Rev.3")
    assert (ended.code, ended.out) == (2, "")
    assert "no match for 'INF/MSME/4/Rev.3'" in ended.err
    assert "hint: the versions recorded: INF/MSME/4; INF/MSME/4/Rev.1; INF/MSME/4/Rev.2\n" in ended.err
    assert run("describe", "msme/4/rev3").err.splitlines()[1:] == ended.err.splitlines()[1:]


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("trade4msme", "initiative/trade4msmes"),  # before Trade4MSMEs Network
        ("global trade help", "initiative/global-trade-helpdesk"),
        ("Kore", "member/kr"),
        ("Cancel", "person/jose-luis-cancela-gomez"),
    ],
)
def test_a_word_that_is_begun_names_what_alone_begins_so(name: str, thing: str, run: Run) -> None:
    ended = run("describe", name)
    assert ended.code == 0
    assert f"note: '{name}' is taken to mean " in ended.err
    assert ended.out.splitlines()[1] == BASE + thing


def test_a_plural_names_what_the_singular_names(run: Run) -> None:
    for plural, singular in (("proposals", "proposal"), ("annual reports", "annual report")):
        ended = run("query", "documents", "--kind", plural, "--format", "csv")
        assert ended.out == run("query", "documents", "--kind", singular, "--format", "csv").out
        assert ended.out.count("\n") > 2
    assert run("query", "timeline", "--kind", "launches").code == 0
    assert run("query", "conflicts", "--of", "dates").code == 0


def test_a_word_that_several_names_begin_with_lists_them(run: Run) -> None:
    ended = run("query", "member-profile", "--member", "Domini")
    assert (ended.code, ended.out) == (2, "")
    assert "choose one of Dominica (member:dm); Dominican Republic (member:do)" in ended.err
    assert run("describe", "INF/MSME/W/6").code == 2  # a symbol has no beginning


@pytest.mark.parametrize(
    "name",
    [
        *("Buenos Aires statement", "Buenos Aires declaration", "布宜諾斯艾利斯聲明", "布宜諾斯艾利斯宣言"),
        *("MC11 declaration", "MC11 聯合聲明", "declaration of MC11"),
        *("founding declaration", "設立宣言", "13 December 2017 declaration", "2017 年 12 月 13 日宣言"),
        *("December 2017 statement", "2017年12月聲明", "the statement of December 2017"),
    ],
)
def test_place_conference_month_or_role_with_the_kind_names_a_document(name: str, run: Run) -> None:
    assert run("describe", name).out.splitlines()[1] == f"{BASE}document/wt-min-17-58"


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("Abu Dhabi report", "wt-min-24-9"),
        ("MC13 協調人報告", "wt-min-24-9"),
        ("June 2022 report", "2022-coordinators-report-mc12"),
        ("May 2020 statement", "2020-covid-19-statement"),
        ("COVID-19 statement", "2020-covid-19-statement"),
    ],
)
def test_names_of_documents_by_occasion(name: str, thing: str, run: Run) -> None:
    assert run("describe", name).out.splitlines()[1] == f"{BASE}document/{thing}"


def test_a_version_without_title_comes_after_those_with_one(run: Run) -> None:
    ended = run("describe", "AEO compendium")
    assert "(document:inf-msme-w-47-rev-2)" in ended.err
    assert "(document:inf-msme-w-47)" not in ended.err
    assert run("describe", "first version of the package").out.splitlines()[1].endswith("/inf-msme-4")


def test_a_place_names_all_that_happened_there(run: Run) -> None:
    ended = run("describe", "Abu Dhabi")
    assert (ended.code, ended.out) == (2, "")
    assert "(document:wt-min-24-9)" in ended.err
    assert "(event:2024-02-26-mc13)" in ended.err
    # Where there was no such text, what is nearest is only suggested.
    ended = run("query", "declaration", "--symbol", "MC12 declaration")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean Final Draft Declaration on Micro, Small and Medium-sized" in ended.err
    ended = run("query", "sponsors", "--symbol", "Buenos Aires statement", "--format", "csv")
    assert ended.out == run("query", "sponsors", "--symbol", "WT/MIN(17)/58", "--format", "csv").out


def test_part_within_a_word_names_nothing_in_an_open_set(run: Run) -> None:
    assert run("query", "member-profile", "--member", "orea").code == 2
    assert run("describe", "elpdes").code == 2
    assert run("describe", "a").code == 2


@pytest.mark.parametrize(("lang", "label"), [("en", "trade finance"), ("zh-Hant", "貿易融資")])
def test_closed_set_is_listed_whole(run: Run, lang: str, label: str) -> None:
    ended = run("query", "documents", "--area", "nonsense", "--lang", lang)
    assert ended.code == 2
    opened, closed = ("（", "）") if lang == "zh-Hant" else ("(", ")")
    assert all(f"{opened}work-area:{number}{closed}" in ended.err for number in range(1, 7))
    assert label in ended.err
    ended = run("query", "documents", "--kind", "nonsense", "--lang", lang)
    assert ended.code == 2
    assert f"{opened}msme:AnnualReport{closed}" in ended.err
    assert "Membership" not in ended.err


def test_new_entities_need_whole_names(run: Run) -> None:
    words = ("new", "membership", "--member", "Korea", "--since", "2024", "--source", "brief:1-3")
    assert "錯誤：--member 查無符合「Korea」者" in run(*words, "--lang", "zh-Hant").err
    ended = run(*words)
    assert ended.code == 2
    assert "no match for 'Korea' in --member" in ended.err


def test_words_for_choices_are_accepted(run: Run) -> None:
    plain = ("query", "members", "--as-of", "2017-12-13", "--format", "csv", "--certainty")
    expected = run(*plain, "possible")
    assert expected.code == 0
    for word in ("POSSIBLE", "可能", "ｐｏｓｓｉｂｌｅ"):
        ended = run(*plain, word)
        assert (ended.code, ended.out) == (0, expected.out)
    ended = run(*plain, "perhaps")
    assert (ended.code, ended.out) == (2, "")
    assert "certain, possible" in ended.err


ADDRESS = "https://www.export.org.uk/insights/chartered-institute-news/"
ADDRESS += "game-on-ioeit-launches-the-trade-game-on-world-msme-day/"
SOURCE = "source/export-org-uk-insights-chartered-institute-news-gam-469c1e7e"


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        (ADDRESS, SOURCE),
        ("export.org.uk: insights/chartered-institute-news/game-on-ioeit-launches-th…", SOURCE),
        ("Informal Working Group on MSMEs - 2021 Draft annual report (web.wtocenter.org.tw)", None),
    ],
)
def test_whole_name_or_address_names_a_source(run: Run, name: str, thing: str | None) -> None:
    ended = run("describe", name)
    assert (ended.code, ended.err) == (0, "")
    iri = ended.out.splitlines()[1]
    assert iri == BASE + thing if thing else iri.startswith(f"{BASE}source/")


def test_part_of_the_address_of_a_source_names_nothing(run: Run) -> None:
    for name in ("game-on-ioeit", "export.org.uk", "economistdubai", "commend uaes"):
        ended = run("describe", name)
        assert (ended.code, ended.out) == (2, "")
        assert "source:" not in ended.err


def test_sources_and_claims_come_after_all_else(run: Run) -> None:
    # A source is called as the document that it shows.
    ended = run("describe", "MC12 briefing note")
    assert (ended.code, ended.out.splitlines()[1]) == (0, f"{BASE}document/2022-mc12-briefing-note")
    err = run("describe", "trade finance").err
    assert "(document:wt-wgtdf-w-98)" in err
    assert "source:" not in err
    assert "claim:" not in err
    # Where nothing else has the words, claims are listed.
    assert "(claim:members-2023-08-01-98-brief)" in run("describe", "98 members").err


@pytest.mark.parametrize("name", ["98", "９８"])
def test_a_number_names_nothing_by_a_part_of_a_name(run: Run, name: str) -> None:
    for words in (["describe", name], ["query", "evidence", "--thing", name], ["log", "--thing", name]):
        ended = run(*words)
        assert (ended.code, ended.out) == (2, "")
        first, _, hint = ended.err.partition("\nhint: ")
        assert f"no match for '{name}'" in first
        assert hint.startswith("choose one of 98 members of the Group (")
        claims, _, others = hint.rpartition("(claim:")
        assert claims.count("98 members of the Group") == 3
        assert "(document:wt-wgtdf-w-98)" in others


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("MC12", "event/2022-06-12-mc12"),
        ("mc13", "event/2024-02-26-mc13"),
        ("ＭＣ１４", "event/2026-03-26-mc14"),
        # A text on it, whose label ends with it in Chinese, does not have its abbreviation.
        ("IDB", "initiative/wto-integrated-database"),
        ("ISMIT", "initiative/unece-ismit"),
        ("December 2020 package", "document/inf-msme-4-rev-2"),
    ],
)
def test_abbreviation_at_the_end_of_a_label_is_a_name(run: Run, name: str, thing: str) -> None:
    ended = run("describe", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[1] == BASE + thing


@pytest.mark.parametrize(
    ("label", "name", "is_found"),
    [
        ("Trade Facilitation Example Fund (TFEF)", "TFEF", True),
        ("範例基金（TFEF）", "tfef", True),
        ("Fund (TFEF) for examples", "TFEF", False),
        ("Example Fund (of a Member)", "of a Member", False),
    ],
)
def test_abbreviation_is_in_brackets_of_either_width_and_last(
    copy_of_graph: Path, run: Run, label: str, name: str, is_found: bool
) -> None:
    file = copy_of_graph / "data/actors/organizations.ttl"
    tag = "en" if label.isascii() else "zh-Hant"
    text = f'\norganization:tfef-fund a org:Organization ;\n    rdfs:label "{label}"@{tag} ;\n.\n'
    file.write_text(file.read_text("utf-8") + text, "utf-8")
    ended = run("--root", copy_of_graph, "describe", name)
    # A part of a name is said in a note, a name is not.
    assert ("is taken to mean" not in ended.err) == is_found
    assert f"{BASE}organization/tfef-fund" in ended.out


def test_terms_are_suggested_only_where_nothing_else_is_near(run: Run) -> None:
    # "certain" is as similar to it as names of instances are.
    assert "certainty:" not in run("describe", "Brittain").err
    assert "did you mean United Kingdom (member:gb)?" in run("describe", "Brittain").err
    assert "did you mean workshop (event-kind:workshop)" in run("describe", "workshp").err


def test_similar_names_of_a_large_graph_are_found_without_comparing_all(
    kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_archive, "_MAX_NAMES", 0)
    monkeypatch.setattr(name_archive, "_MAX_COMPARED", 20)
    archives = {NAMES: NameArchive.from_names(list_names(kg.engine)), TEXTS: NameArchive.from_names([])}
    resolver = Resolver(kg.engine, kg.prefixes, "en", NameSource(kg.engine, load_archive=archives.get))
    for text, hint in (
        ("Chian", "did you mean China (member:cn)"),
        ("Brittain", "did you mean United Kingdom (member:gb)"),
        ("Trade4MSMEz platfrom", "did you mean Trade4MSMEs in French (language-edition:trade4msmes-fr)"),
        ("多明尼加共合國", "did you mean Dominican Republic (member:do)"),
        ("zzqqzz", "give an IRI"),
    ):
        with pytest.raises(UsageError) as error:
            resolver.resolve(text, "THING", partial=True)
        assert str(error.value.hint).startswith(hint)

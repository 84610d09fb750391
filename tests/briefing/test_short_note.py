"""The short note: sections by name, the Member for which it is written, and nothing said twice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import LONGEST, Run
from notes import brief

from msme_kg.api import KnowledgeGraph
from msme_kg.briefing.content.note_model import MultilingualText
from msme_kg.briefing.content.redundancy import is_redundant
from msme_kg.briefing.content.short import declaration_digest, participation_digest

DATES = [("2020-12-31", None), ("2022-06-30", None), ("2025-12-31", "2023-08-01")]
LANGUAGES = ["zh-Hant", "en"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("as_of", "since"), DATES)
def test_docx_has_at_most_four_pages(
    as_of: str, since: str | None, lang: str, kg: KnowledgeGraph, tmp_path: Path
) -> None:
    """The note of 2023-08-01 is counted in both formats by ``test_forms.py``."""
    pytest.importorskip("docx", reason="the extra docx is not installed")
    office, reader = shutil.which("soffice"), shutil.which("pdfinfo")
    if not office or not reader:
        pytest.skip("LibreOffice or pdfinfo is not installed")
    made = kg.brief(as_of, lang, since, "docx")
    assert isinstance(made, bytes)
    (tmp_path / "note.docx").write_bytes(made)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "note.docx")], check=True, capture_output=True, timeout=LONGEST)
    done = subprocess.run([reader, str(tmp_path / "note.pdf")], check=True, capture_output=True, timeout=60)
    (pages,) = re.findall(r"^Pages:\s+(\d+)$", done.stdout.decode(), re.MULTILINE)
    assert 2 <= int(pages) <= 4


@pytest.mark.parametrize(
    ("lang", "parent", "child"),
    [
        ("en", "Package of six", "Annex 1\t"),
        ("zh-Hant", "Package of six", "附件1「"),
        ("en", "Promote MSMEs", "Status: 1.1"),
    ],
)
def test_sub_paragraphs_of_a_docx_hang_right_of_their_parent(
    lang: str, parent: str, child: str, kg: KnowledgeGraph
) -> None:
    docx = pytest.importorskip("docx", reason="the extra docx is not installed")
    made = kg.brief("2023-08-01", lang, format_name="docx", sections=["declaration", "plan"])
    assert isinstance(made, bytes)
    formats = [
        next(one.paragraph_format for one in docx.Document(io.BytesIO(made)).paragraphs if words in one.text)
        for words in (parent, child)
    ]
    starts = [one.left_indent + (one.first_line_indent or 0) for one in formats]
    assert starts[1] >= formats[0].left_indent > starts[0]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("as_of", "since"), [("2023-08-01", None), *DATES])
def test_no_sentence_stands_twice(as_of: str, since: str | None, lang: str) -> None:
    body = brief(as_of, lang, since, length="short").partition("\n- [1] ")[0]
    clauses = [one.strip() for one in re.split(r"[。；;:：\n]|\. ", re.sub(r"\[\d+(?:\\\*)?\]", "", body))]
    long = [one for one in clauses if len(one) > 24]
    assert [one for one in set(long) if long.count(one) > 1] == []


@pytest.mark.parametrize(
    ("lang", "part", "mark", "founder"),
    [
        ("zh-Hant", "我國自2017年12月13日起參與小組", "【我國】", "為包含我國在內之84個"),
        (
            "en",
            "Chinese Taipei, for which this note is written, has taken part since 13 December 2017",
            "[own]",
            "84 Members, one of them Chinese Taipei",
        ),
    ],
)
def test_note_of_a_member_states_its_part_and_marks_its_acts(
    lang: str, part: str, mark: str, founder: str
) -> None:
    for length in ("short", "full"):
        note, other = (
            brief("2023-08-01", lang, length=length, for_member=member) for member in ("Chinese Taipei", None)
        )
        assert part in note
        (awarded,) = [line for line in note.splitlines() if "TAITRA" in line]
        assert mark in awarded
        if length == "short":
            assert founder in note
        assert mark not in other
        assert "我國" not in other


@pytest.mark.parametrize(
    ("lang", "claims", "inferred"),
    [("en", "one of them", " (date inferred)."), ("zh-Hant", "包含我國在內", "參與小組（日期係推定）。")],
)
def test_note_claims_for_its_member_only_what_sources_state(lang: str, claims: str, inferred: str) -> None:
    """Of the 84 that issued the declaration, sources name 30: among them Chinese Taipei, and not China."""
    for member, is_named, is_inferred in (("TW", True, False), ("AT", True, False), ("CN", False, True)):
        note = brief("2023-08-01", lang, length="short", for_member=member)
        assert (claims in note) is is_named
        assert (inferred in note) is is_inferred


def test_note_of_a_member_that_takes_no_part_states_that() -> None:
    assert "Nothing recorded shows that India" in brief(
        "2023-08-01", "en", length="short", for_member="India"
    )
    assert "only indirect evidence that Norway" in brief("2023-08-01", "en", length="short", for_member="NO")


def test_sections_are_chosen_by_name(run: Run) -> None:
    ended = run("brief", "--as-of", "2023-08-01", "--section", "plan", "--section", "mandate")
    assert re.findall(r"^## (.*)$", ended.out, re.MULTILINE) == [
        "1. Mandate and scope",
        "2. Current work plan and its status",
        "3. Sources",
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--section", "open"], "the short note has no section 'open'"),
        (["--length", "full", "--section", "declaration"], "the full note has no section 'declaration'"),
        (["--section", "changes"], "the section changes compares with an earlier date"),
        (["--section", "x"], "'x' does not fit --section"),
        (["--length", "long"], "'long' does not fit --length"),
        (["--for", "Atlantis"], "no match for 'Atlantis' in --for"),
    ],
)
def test_options_that_do_not_fit_are_usage_errors(options: list[str], says: str, run: Run) -> None:
    ended = run("brief", "--as-of", "2023-08-01", *options)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_meetings_held_are_a_list_in_the_full_note_only() -> None:
    full = brief("2023-08-01", "en")
    assert "Meeting of 24 September 2021" in full.partition("Meetings and events\n")[2]
    assert "Meetings and events\n" not in brief("2023-08-01", "en", length="short")


@pytest.mark.parametrize(
    ("description", "name", "expected"),
    [
        ("Discussion of trade digitalization.", "Digitalization", True),
        (
            "Regular review of the implementation of the six texts.",
            "Implement the December 2020 package",
            False,
        ),
    ],
)
def test_a_description_that_repeats_the_name_is_redundant(
    description: str, name: str, expected: bool
) -> None:
    texts = (MultilingualText({"en": words}) for words in (description, name))
    assert is_redundant(*texts, []) is expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            [
                "Joined on 13 December 2017 (42): Argentina, Austria and Belgium; and 39 more.",
                "other international organizations in Geneva); and 2 more. [",
                "1 earlier document is left out here; the full note states its main points. [1]",
                "Initiatives that exist or are under way (9, of which 3 are named), run by",
                "Reports and publications issued (5, of which the latest 3 are named): “2020 annual report",
            ],
        ),
        (
            "zh-Hant",
            [
                "2017年12月13日加入者42個：阿根廷、奧地利、比利時；另有39個從略。",
                "擔任小組協調人；另有2位從略。[",
                "較早之文件1份從略，其要點見完整版說明。[1]",
                "既有或推動中之倡議計9項，僅列其中3項；",
                "已發布之報告及出版品計5份，僅列最近3筆：「",
            ],
        ),
    ],
)
def test_lists_of_a_larger_graph_are_bounded_and_counted(
    lang: str, expected: list[str], kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participation_digest, "_MAX_MEMBERS", 3)
    monkeypatch.setattr(participation_digest, "_MAX_TENURES", 1)
    monkeypatch.setattr(declaration_digest, "_MAX_INSTRUMENTS", 1)
    monkeypatch.setattr(declaration_digest, "_MAX_LISTED", 3)
    text = kg.brief("2023-08-01", lang)
    assert isinstance(text, str)
    for words in expected:
        assert words in text

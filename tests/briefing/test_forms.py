"""The same note gives the same bytes in every format, and each can be opened and printed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import LONGEST, Run, environment
from notes import brief

import msme_kg
from msme_kg.api import KnowledgeGraph
from msme_kg.briefing.content.note_model import SECTION_NAMES
from msme_kg.briefing.rendering.verbalizer import Verbalizer
from msme_kg.errors import InputError, UsageError

LANGUAGES = ["zh-Hant", "en"]
HEADINGS = {
    "full": {"zh-Hant": "六、現行工作計畫及進度", "en": "6. Current work plan and its status"},
    "short": {"zh-Hant": "四、現行工作計畫及進度", "en": "4. Current work plan and its status"},
}
PAGES = {"full": range(8, 26), "short": range(2, 5)}
EACH = pytest.mark.parametrize(("lang", "length"), [(lang, length) for lang in LANGUAGES for length in PAGES])
GOLDEN = Path(__file__).with_name("golden")
CASES = {
    f"{as_of}{f'-since-{since}' if since else ''}.{lang}.{length}": (as_of, lang, since, length)
    for as_of, since in (("2023-08-01", None), ("2025-12-31", "2023-08-01"))
    for lang in LANGUAGES
    for length in SECTION_NAMES
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_items_of_a_list_of_any_length_have_labels_of_their_own(lang: str, kg: KnowledgeGraph) -> None:
    verbalizer = Verbalizer(kg.repository, lang)
    for level in (1, 2, 3):
        labels = [
            verbalizer.format_phrase("forms.j2", "item_number", level=level, number=number)
            for number in (1, 9, 10, 26, 27, 99, 100, 702, 703, 5000)
        ]
        assert all(labels)
        assert len(set(labels)) == len(labels), labels


@pytest.mark.parametrize("case", CASES)
def test_note_equals_the_golden_file(case: str, kg: KnowledgeGraph, request: pytest.FixtureRequest) -> None:
    as_of, lang, since, length = CASES[case]
    text = kg.brief(as_of, lang, since, length=length)
    assert isinstance(text, str)
    golden = GOLDEN / f"{case}.md"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8", newline="")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["md", "html", "docx"])
def test_output_is_reproducible(form: str, run: Run, kg: KnowledgeGraph, tmp_path: Path) -> None:
    if form == "docx":
        pytest.importorskip("docx", reason="the extra docx is not installed")
    here = kg.brief("2025-12-31", "zh-Hant", "2023-08-01", form)
    made = [here if isinstance(here, bytes) else here.encode()]
    for seed, zone, locale in ((1, "Asia/Taipei", "C"), (2, "America/Lima", "C.UTF-8")):
        file = tmp_path / f"{seed}.{form}"
        ended = run(
            *("brief", "--as-of", "2025-12-31", "--since", "2023-08-01", "--lang", "zh-Hant"),
            *("--format", form, "--output", file),
            seed=seed,
            today=f"2026-0{seed}-01",
            env={"TZ": zone, "LC_ALL": locale},
        )
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        made.append(file.read_bytes())
    assert made[0] == made[1] == made[2]


def test_docx_can_be_piped() -> None:
    pytest.importorskip("docx", reason="the extra docx is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "msme_kg", "brief", "--as-of", "2018-06-30", "--format", "docx"],
        capture_output=True,
        env=environment(),
        check=True,
        timeout=LONGEST,
    )
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        assert archive.testzip() is None


@EACH
def test_libreoffice_opens_the_docx(lang: str, length: str, kg: KnowledgeGraph, tmp_path: Path) -> None:
    pytest.importorskip("docx", reason="the extra docx is not installed")
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not office or not reader:
        pytest.skip("LibreOffice or pdftotext is not installed")
    made = kg.brief("2023-08-01", lang, format_name="docx", length=length)
    assert isinstance(made, bytes)
    (tmp_path / "note.docx").write_bytes(made)
    subprocess.run(
        [
            *(office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "note.docx")),
        ],
        check=True,
        capture_output=True,
        timeout=LONGEST,
    )
    assert_reads_well(reader, tmp_path / "note.pdf", lang, length)


@EACH
def test_chromium_prints_the_page(lang: str, length: str, kg: KnowledgeGraph, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    reader = shutil.which("pdftotext")
    if not browser or not reader:
        pytest.skip("Chromium or pdftotext is not installed")
    made = kg.brief("2023-08-01", lang, format_name="html", length=length)
    assert isinstance(made, str)
    (tmp_path / "note.html").write_text(made, encoding="utf-8")
    subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *(f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'note.pdf'}"),
            (tmp_path / "note.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=LONGEST,
    )
    assert_reads_well(reader, tmp_path / "note.pdf", lang, length)


def assert_reads_well(reader: str, file: Path, lang: str, length: str) -> None:
    """Check that no page is empty or ends with a heading, and that the text is complete."""
    done = subprocess.run([reader, "-layout", str(file), "-"], check=True, capture_output=True, timeout=60)
    pages = [page for page in done.stdout.decode().split("\f") if page.strip()]
    assert len(pages) in PAGES[length]
    squeezed = [re.sub(r"\s", "", page) for page in pages]
    heading = HEADINGS[length][lang].replace(" ", "")
    assert any(heading in page for page in squeezed[1:])
    assert "\ufffd" not in "".join(squeezed)
    for page in pages:
        last = [line.strip() for line in page.splitlines() if line.strip() and not line.strip().isdigit()][-1]
        assert last != HEADINGS[length][lang], "a heading stands alone at the end of a page"


def test_both_languages_have_the_same_macros(root: Path) -> None:
    def macros(lang: str) -> dict[str, list[tuple[str, str]]]:
        return {
            path.name: sorted(re.findall(r"macro (\w+)\(([^)]*)\)", path.read_text(encoding="utf-8")))
            for path in (root / "briefing" / lang).glob("*.j2")
            if path.name != "forms.j2"
        }

    chinese, english = macros("zh-Hant"), macros("en")
    helpers = {("person_of", "person, member, job")}
    assert set(chinese) == set(english)
    for name, found in chinese.items():
        assert set(found) == set(english[name]) - helpers


def test_templates_contain_no_facts(root: Path) -> None:
    """Templates have no number, date, symbol or name of the domain, because these come from the graph."""
    for path in (root / "briefing").rglob("*.j2"):
        if path.name == "page.html.j2":
            continue
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert re.findall(r"\d", text) == [], path
        assert re.findall(r"INF/|WT/|Trade4|MSME|MC1\d|Barbados|巴貝多|歐盟|European", text) == [], path


def test_root_can_have_its_own_templates(copy_of_graph: Path, run: Run) -> None:
    shutil.copytree(Path(msme_kg.__file__).parents[1] / "briefing", copy_of_graph / "briefing")
    file = copy_of_graph / "briefing" / "en" / "mandate.j2"
    file.write_text(
        file.read_text(encoding="utf-8").replace("did not yet exist", "was not there"), encoding="utf-8"
    )
    ended = run("brief", "--as-of", "2015-01-01", "--root", copy_of_graph)
    assert (ended.code, ended.err) == (0, "")
    assert "Enterprises was not there." in ended.out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("{% macro absent(group) %}{% endmacro %}", None),
        ("\n{% macro absent(", 2),
        ("{{ x.__class__ }}", None),
    ],
)
def test_malformed_template_is_reported_with_its_file(
    words: str, line: int | None, copy_of_graph: Path, run: Run
) -> None:
    shutil.copytree(Path(msme_kg.__file__).parents[1] / "briefing", copy_of_graph / "briefing")
    (copy_of_graph / "briefing" / "en" / "mandate.j2").write_text(words, encoding="utf-8")
    ended = run("brief", "--as-of", "2015-01-01", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"mandate.j2:{line}: error: " if line else "mandate.j2")
    assert "\nhint: " in ended.err


def test_graph_without_briefing_queries_is_an_error(copy_of_graph: Path, run: Run) -> None:
    shutil.rmtree(copy_of_graph / "queries" / "briefing")
    ended = run("brief", "--as-of", "2023-08-01", "--root", copy_of_graph)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: no query of briefing is called ")


def test_python_takes_the_same_values_as_the_command(kg: KnowledgeGraph) -> None:
    with pytest.raises(UsageError, match="does not fit format"):
        kg.brief("2023-08-01", format_name="pdf")
    with pytest.raises(UsageError, match="does not fit lang"):
        kg.brief("2023-08-01", lang="fr")
    with pytest.raises(UsageError, match="is not a date"):
        kg.brief("1 August")
    assert kg.brief("2023-08-01") == kg.brief(as_of="2023-08-01", lang="en", format_name="md")


def test_graph_without_the_group_is_an_error(copy_of_graph: Path) -> None:
    (copy_of_graph / "data" / "actors" / "organizations.ttl").unlink()
    with pytest.raises(InputError, match="knows neither"):
        msme_kg.open(copy_of_graph).brief("2023-08-01")


def test_docx_has_no_creation_time(kg: KnowledgeGraph) -> None:
    pytest.importorskip("docx", reason="the extra docx is not installed")
    made = kg.brief("2023-08-01", "en", format_name="docx")
    assert isinstance(made, bytes)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert "2023-08-01T00:00:00Z" in properties
    assert "python-docx" not in properties


def test_source_that_is_only_less_exact_does_not_differ() -> None:
    note = brief("2023-08-01", "en")
    differing = [line for line in note.splitlines() if "Sources differ on the date of" in line]
    assert any("“Membership in the Group: United States”" in line for line in differing)
    assert not any("“Meeting of 26 April 2023" in line for line in differing)  # April and 26 April
    assert "Sources differ on the name of “Valerie Picard”" in note
    assert "Sources differ on the name of “Didier Chambovey”" not in note  # Chambovey


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "The other members by name:"), ("zh-Hant", "其他會員名稱如次：")]
)
def test_members_that_a_sentence_of_their_own_names_are_not_in_the_list(lang: str, words: str) -> None:
    note = brief("2020-12-31", lang, length="short")
    assert words in note
    assert note.count("Ukraine" if lang == "en" else "烏克蘭") == 1


def test_english_sentences_are_apart_and_remarks_in_one_bracket() -> None:
    note = brief("2020-12-31", "en", length="short")
    assert "non-binding texts. Recalls the pledge made at Buenos Aires" in note
    assert "(undated, low reliability)" in note
    full = brief("2023-08-01", "en")
    assert "6 language editions: Arabic, English, Spanish, French, Portuguese and Russian." in full
    assert "run by the International Trade Centre, https://globaltradehelpdesk.org" in full
    assert "\n(2) At the Eleventh Ministerial Conference (MC11), heads of delegation" in full

"""Command ``new``: valid and canonical output, tables in any dialect, locations of errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Result, Run

URL = "https://www.wto.org/english/news_e/news25_e/made_up_e.htm"
TITLES = ("--title", "A made-up title", "--title-zh", "虛構之標題")
THINGS = {
    "membership": ("--member", "IN", "--since", "2025", "--source", URL, "--evidence", "stated"),
    "membership-ended": (
        *("--member", "Angola", "--since", "2017-12-13/2025", "--until", "2025-12-31", "--source", URL),
        *("--through", "eu", "--through-until", "2025-12-01", "--note", "Left.", "--note-zh", "已退出。"),
    ),
    "document": (
        *TITLES,
        *("--symbol", "INF/MSME/W/99", "--kind", "proposal", "--official", "en", "--issued", "2025-03"),
        *("--issuer", "IWG MSMEs", "--issuer", "CN", "--revises", "INF/MSME/W/36", "--area", "1"),
        *("--supports", "trade4msmes", "--status", "draft", "--source", URL, "--source", "brief"),
        *("--note", "It proposes.", "--note-zh", "提出建議。"),
    ),
    "document-annex": (
        *(*TITLES, "--issued", "2025", "--part-of", "INF/MSME/4/Rev.2", "--annex", "7", "--source", URL),
    ),
    "event": (
        *(*TITLES, "--kind", "regular-meeting", "--date", "2026-05-05", "--status", "planned"),
        *("--until", "2026-05-06", "--organizer", "organization:iwg-msmes", "--concerns", "trade4msmes"),
        *("--participant", "ITC", "--note", "A note.", "--note-zh", "註記。"),
        *("--adopted", "INF/MSME/W/36", "--used", "INF/MSME/W/36", "--place", "Geneva"),
        *("--place-zh", "日內瓦", "--gist", "They met.", "--gist-zh", "舉行會議。", "--source", URL),
    ),
    "initiative": (
        *(*TITLES, "--kind", "platform", "--kind", "database", "--launched", "2025-06/..", "--until", "2026"),
        *("--operator", "ITC", "--partner", "CN", "--area", "6", "--homepage", "https://example.org/x"),
        *("--edition-of", "msme-day", "--text", "INF/MSME/W/36", "--gist", "It is.", "--gist-zh", "係平台。"),
        *("--source", URL),
    ),
    "claim": ("--quantity", "members", "--value", "105", "--as-of", "2026-03", "--source", URL),
    "claim-bounds": (
        *("--quantity", "founders", "--at-least", "80", "--at-most", "90", "--counting-rule", "eu-one"),
        *("--source", URL, "--note", "A range.", "--note-zh", "係範圍。", "--publisher", "WTO"),
    ),
    "claim-statistic": (
        *(
            *TITLES,
            "--indicator",
            "msme-share-of-firms",
            "--value",
            "95.5",
            "--unit",
            "percent",
            "--approximate",
            "yes",
            "--source",
            URL,
        ),
        *("--population", "firms", "--population-zh", "企業", "--as-of", "../2025-01-31"),
    ),
    "organization": (
        *("--name", "A made-up body", "--name-zh", "虛構機構", "--official", "none", "--acronym", "AMUB"),
        *("--homepage", "https://example.org/x", "--role", "It briefed.", "--role-zh", "曾作說明。"),
        *("--source", URL),
    ),
    "person": (
        *("--name", "Zoë Made-Up", "--title", "Director", "--title-zh", "主任", "--represents", "ITC"),
        *("--note", "Spoke.", "--note-zh", "曾發言。", "--source", URL, "--source", "brief"),
    ),
    "award": (
        *("--competition", "sbc-2025", "--year", "2025", "--laureate", "Made-Up Ltd.", "--home", "CN"),
        *(
            "--edition",
            "5",
            "--result",
            "runner-up",
            "--theme",
            "Soap",
            "--theme-zh",
            "肥皂",
            "--date",
            "2025-06",
        ),
        *("--event", "event:2025-06-27-champions-award", "--gist", "It reuses.", "--gist-zh", "再利用。"),
        *("--source", URL),
    ),
    "observation": ("--member", "IN", "--event", "event:2025-12-02-meeting", "--source", URL),
    "status": (
        *(
            "--item",
            "work-item:2023-2-1",
            "--date",
            "2025-12-02",
            "--gist",
            "Planned.",
            "--gist-zh",
            "規劃中。",
        ),
        *("--product", "trade4msmes", "--event", "event:2025-12-02-meeting", "--source", URL),
    ),
    "status-since": (
        *("--item", "work-item:2023-2-2", "--date", "2026-01-15/..", "--gist", "It.", "--gist-zh", "其。"),
        *("--source", URL),
    ),
    "status-undated": (
        *("--item", "work-item:2023-2-1", "--gist", "Done.", "--gist-zh", "完成。", "--source", URL),
    ),
    "status-annex": (
        *("--follows-up", "document:inf-msme-4-rev-2-annex-5", "--reported-by", "Canada"),
        *("--date", "2026-03"),
        *("--gist", "It briefed.", "--gist-zh", "曾報告。", "--source", URL),
    ),
    "tenure": (
        *("--person", "Chambovey", "--member", "CH", "--since", "../2017-05", "--until", "2017-06"),
        *("--source", URL, "--note", "Made up.", "--note-zh", "虛構。"),
    ),
    "person-namesake": (
        *("--name", "Matthew Wilson", "--short", "matthew-wilson-itc", "--represents", "ITC"),
        *("--different-from", "person:matthew-wilson", "--source", URL),
    ),
    "document-revision": (
        *("--title", "Final Draft Declaration on Micro, Small and Medium-sized Enterprises"),
        *("--title-zh", "「微中小企業宣言」終版草案", "--symbol", "INF/MSME/W/36/Rev.1"),
        *("--issued", "2025-03", "--revises", "INF/MSME/W/36", "--source", URL),
    ),
    "source": ("--url", URL, "--publisher", "WTO", "--issued", "2025-03-01", "--language", "en"),
}


@pytest.mark.parametrize("thing", THINGS)
def test_output_is_valid_and_canonical(thing: str, tmp_path: Path, run: Run, copy_of_graph: Path) -> None:
    ended = run("new", thing.partition("-")[0], *THINGS[thing])
    assert (ended.code, ended.err) == (0, "")
    (tmp_path / "new.ttl").write_text(ended.out, encoding="utf-8")
    report = run("check", "--add", "new.ttl")
    assert report.code == 0, report.out
    assert ("New findings" in report.out) == (thing == "source")  # info: nothing cites it yet
    printed = copy_of_graph / "data" / "printed.ttl"
    printed.write_text(ended.out, encoding="utf-8")
    assert run("fmt", "--root", copy_of_graph).code == 0
    prefixes, blocks = split_prefixes(ended.out)
    assert split_prefixes(printed.read_text(encoding="utf-8"))[1] == blocks
    assert [name for name in prefixes if not re.search(rf"(?m)(?:[\s^]|^){name}:", blocks)] == []


def split_prefixes(turtle: str) -> tuple[list[str], str]:
    """Return the prefixes that a text declares, and the rest of it."""
    head, _, blocks = turtle.partition("\n\n")
    return re.findall(r"@prefix ([\w-]+):", head), blocks


def test_kinds_are_listed_with_their_options(run: Run) -> None:
    ended = run("new")
    assert (ended.code, ended.err) == (0, "")
    rows = ended.out.splitlines()[2:]
    kinds = "award claim document event initiative membership observation organization person source"
    assert [row.split()[0] for row in rows] == [*kinds.split(), "status", "tenure"]
    assert "--member --since --until --evidence" in ended.out
    assert ended.out.splitlines()[0].split() == ["Kind", "Title", "Options"]
    listed = run("new", "--lang", "zh-Hant").out
    assert listed.splitlines()[0].split() == ["種類", "名稱", "選項"]
    assert "小組會員資格" in listed


def test_help_explains_the_options_of_a_kind(run: Run) -> None:
    ended = run("new", "membership", "--help")
    assert ended.code == 0
    for words in ("--since PERIOD", "[default: shown]", "[repeatable]", "--table FILE"):
        assert words in ended.out
    assert "會員（代碼或名稱）" in run("new", "membership", "--lang", "zh-Hant", "--help").out


def test_kinds_are_not_queries(run: Run) -> None:
    assert "membership " not in run("query").out
    assert run("query", "membership").code == 2


def test_an_unknown_kind_is_refused_with_near_matches(run: Run) -> None:
    ended = run("new", "membershp")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Error: no kind is called 'membershp'\nhint: did you mean membership?\n"


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("--member", "Indja", "--since", "2025", "--source", "brief"), 2, "did you mean India (member:in)?"),
        (("--member", "US", "--since", "2025", "--source", "brief"), 2, "membership:us exists already"),
        (("--member", "IN", "--since", "2025"), 2, "--source is needed"),
        (("--member", "IN", "--since", "soon", "--source", "brief"), 2, "write 2025, 2025-03"),
        (("--member", "IN", "--since", "2016", "--source", "brief"), 1, "must not be earlier"),
        (("--member", "IN", "--since", "2025", "--source", "ftp://x.org/"), 2, "not an address"),
        (("--member", "IN", "--since", "2025", "--source", "no such thing"), 2, "no match for"),
        (("--member", "IN", "--since", "2025", "--source", "brief", "--note", "x"), 1, "zh-Hant"),
        (("--member", "IN", "--since", "2025", "--source", "brief", "--evidence", "sown"), 2, "shown"),
        (("--table", "nosuch.csv"), 3, "nosuch.csv: error: cannot read"),
        (("--table", "https://example.org/t.csv"), 2, "no address is fetched"),
    ],
)
def test_an_error_prints_nothing_on_standard_output(
    args: tuple[str, ...], code: int, says: str, run: Run
) -> None:
    ended = run("new", "membership", *args)
    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err


def test_all_errors_in_options_are_reported_in_one_run(run: Run) -> None:
    ended = run("new", "membership", "--member", "Indja", "--since", "soon")
    assert ended.code == 2
    assert ended.err.count("Error: ") == ended.err.count("hint: ") == 3


HEADER = ("member", "since", "source", "evidence", "note", "note-zh")
ROWS = (
    ("IN", "2025-03", f"{URL}|brief", "stated", 'One\nline; two, "three"', "甲\n乙"),
    ("Angola ", " 2025", URL, "", "", ""),
)


def table(delimiter: str, newline: str = "\n") -> str:
    """Return the rows as a spreadsheet saves them: quoted if necessary, with an empty last row."""

    def cell(text: str) -> str:
        needs_quotes = any(one in text for one in f'{delimiter}"\n')
        return '"' + text.replace('"', '""') + '"' if needs_quotes else text

    lines = [delimiter.join(map(cell, row)) for row in (HEADER, *ROWS)]
    return newline.join([*lines, delimiter * 5, ""])


def run_with_table(content: bytes, run: Run, tmp_path: Path, name: str = "t.csv") -> Result:
    (tmp_path / name).write_bytes(content)
    return run("new", "membership", "--table", name)


@pytest.mark.parametrize(
    "content",
    [
        table(",").encode(),
        table(",", "\r\n").encode("utf-8-sig"),
        table(";", "\r\n").encode("utf-8-sig"),
        table("\t").encode(),
        table("\t", "\r\n").encode("utf-16"),
        table(";", "\r").encode(),
        table(",").replace("note-zh", "Note ZH").replace("member", " --Member ").encode(),
    ],
    ids=["csv", "bom-crlf", "semicolons", "tabs", "utf-16", "cr", "names"],
)
def test_tables_in_all_spreadsheet_dialects_are_read(content: bytes, run: Run, tmp_path: Path) -> None:
    ended = run_with_table(content, run, tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count(" a msme:Membership ;") == 2
    assert ended.out.count(" a msme:Source ;") == 1
    assert 'skos:editorialNote "One\\nline; two, \\"three\\""@en ;' in ended.out
    assert 'skos:editorialNote "甲\\n乙"@zh-Hant ;' in ended.out
    assert "evidence-level:shown" in ended.out
    assert ended.out.count("dcterms:source source:brief ;") == 1


def test_a_table_gives_the_same_as_its_rows_one_by_one(run: Run, tmp_path: Path) -> None:
    content = f"title;title-zh;symbol;source\nA title;標題;INF/X;{URL}\nB title;標題二;INF/Y;{URL}\n"
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    both = run("new", "document", "--table", "t.csv").out
    for title, chinese, symbol in (("A title", "標題", "INF/X"), ("B title", "標題二", "INF/Y")):
        options = ("--title", title, "--title-zh", chinese, "--symbol", symbol, "--source", URL)
        single = run("new", "document", *options).out
        assert set(single.split("\n\n")[1:-1]) < set(both.split("\n\n"))


def test_options_apply_to_every_row_from_standard_input(run: Run) -> None:
    content = b"member\tsource\nIN\t\nVanuatu\tbrief:1-1\n"
    ended = run("new", "membership", "--table", "-", "--since", "2023", "--source", "brief", stdin=content)
    assert (ended.code, ended.err) == (0, "")
    assert "source:brief ;" in ended.out
    assert "brief:1-1 ;" in ended.out
    assert ended.out.count('msme:notBefore "2023-01-01"^^xsd:date') == 2


def test_all_errors_in_a_table_are_reported_with_line_row_and_column(run: Run, tmp_path: Path) -> None:
    content = (
        "member,since,source,note,evidence,evidense\r\n"
        'Indja,2025-13,brief,"one\r\ntwo",state,\r\n'
        "US,2025,brief,,,\r\n"
        "\r\n"
        "IN,2025,https://,,,,needs_quotes\r\n"
    )
    ended = run_with_table(content.encode(), run, tmp_path)
    assert (ended.code, ended.out) == (3, "")
    faults = [line for line in ended.err.splitlines() if line.startswith("t.csv:")]
    assert [line.split(": ", 2)[0] for line in faults] == [
        *("t.csv:1:35", "t.csv:2", "t.csv:2", "t.csv:2", "t.csv:6:1", "t.csv:6"),
    ]
    for words in (
        "unknown column 'evidense'",
        "row 2, column member: no match for 'Indja'",
        "row 2, column since: '2025-13'",
        "row 2, column evidence: 'state'",
        "row 5: a cell without a column",
        "row 5, column source: 'https://' is not an address",
    ):
        assert words in ended.err
    assert "did you mean evidence?" in ended.err


def test_violations_and_duplicates_are_reported_by_row(run: Run, tmp_path: Path) -> None:
    content = "member,since,source\nIN,2016,brief\nAngola,2025,brief\nAO,2025,brief\nXX,2025,brief\n"
    ended = run_with_table(content.encode(), run, tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "t.csv:2: error: row 2: msme:notBefore of a membership must not be earlier" in ended.err
    assert "t.csv:4: error: row 4: row 3 creates membership:ao already" in ended.err
    assert "t.csv:5: error: row 5, column member: no match for 'XX'" in ended.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "t.csv:1: error: the table is empty"),
        (b"member,since\r\n,\r\n", "t.csv:1: error: the table has no rows"),
        ("member,since\nIN,中文\n".encode("big5"), "not UTF-8"),
        ("member,since\nIN,x\n".encode("utf-16-le"), "UTF-16"),
        ("member,since\nIN,x\n".encode("utf-16")[:-1], "malformed UTF-16"),
        (b"PK\x03\x04" + bytes(30), "t.csv:1:1: error: this is "),
        (b'member,since\nIN,"never closed\n', "t.csv:2:4: error: the cell that begins here"),
        (b'member,since\nIN,"a"b\n', "t.csv:2:6: error: a quote ends the cell here"),
        (b"member,since\nIN," + b"x" * 200_000, "t.csv:2:1: error: a cell of more than"),
    ],
    ids=[
        "empty",
        "header-only",
        "big5",
        "utf-16-without-mark",
        "utf-16-cut",
        "xlsx",
        "open-quote",
        "quote-within",
        "long",
    ],
)
def test_an_invalid_table_exits_with_3(content: bytes, says: str, run: Run, tmp_path: Path) -> None:
    ended = run_with_table(content, run, tmp_path)
    assert (ended.code, ended.out) == (3, "")
    assert says in ended.err
    assert "\nhint: " in ended.err


@pytest.mark.parametrize(
    "text", ['a" } # }', "{ UNDEF }  # param", "a\nb", "# x", "<http://x> .", "\\u0041 '''"]
)
def test_hostile_text_is_written_as_text(text: str, run: Run, tmp_path: Path) -> None:
    options = ("--title", text, "--title-zh", text, "--symbol", "INF/X", "--source", "brief")
    ended = run("new", "document", *options)
    assert (ended.code, ended.err) == (0, "")
    (tmp_path / "x.ttl").write_text(ended.out, encoding="utf-8")
    assert run("validate", "x.ttl").out == "0 violation, 0 warning, 0 info\n"
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert f'rdfs:label "{quoted}"@en ;' in ended.out


@pytest.mark.parametrize("thing", ["person-namesake", "document-revision"])
def test_the_same_name_needs_a_reason(thing: str, run: Run) -> None:
    args = list(THINGS[thing])
    place = args.index("--different-from" if "person" in thing else "--revises")
    ended = run("new", thing.partition("-")[0], *args[:place], *args[place + 2 :])
    review = run("check", "--add", "-", stdin=ended.out.encode())
    assert review.code == 1
    assert re.search("Probably a duplicate: .* owl:differentFrom", review.out)


@pytest.mark.parametrize(
    ("text", "code"), [("\u202eabc", 1), ("a\x07b", 1), ("a\u200bb", 1), ("\udcff", 2), ("x" * 100_001, 4)]
)
def test_control_characters_and_too_long_text_are_refused(text: str, code: int, run: Run) -> None:
    options = ("--title-zh", "標題", "--symbol", "INF/X", "--source", "brief")
    ended = run("new", "document", "--title", text, *options)
    assert (ended.code, ended.out) == (code, "")
    assert "\u202e" not in ended.err


@pytest.mark.parametrize(
    "address", ["https://a.org/<x>", "https://a.org/ x", "https://", "https://a b/", "https://u@a.org"]
)
def test_an_invalid_url_is_refused(address: str, run: Run) -> None:
    ended = run("new", "source", "--url", address)
    assert (ended.code, ended.out) == (2, "")
    assert "is not an address" in ended.err


def test_output_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    ended = run("new", "membership", *THINGS["membership"], "--output", "new.ttl")
    assert (ended.code, ended.out) == (0, "")
    assert "membership:in a msme:Membership" in (tmp_path / "new.ttl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "CONSTRUCT {",
            "CONSTRUCT { <https://w3id.org/msme-kg/membership/x> a msme:Membership .",
            "one entity",
        ),
        ("  ?document a ?class ;", "  [] a ?class ;", "one entity"),
        ("#+     required_unless", "#+     required_unles", "did you mean required_unless?"),
        ("unless: [symbol]", "unless: [symbl]", "an unknown one: 'symbl'"),
    ],
)
def test_an_error_in_a_template_is_reported_with_its_location(
    old: str, new: str, says: str, run: Run, copy_of_graph: Path
) -> None:
    file = copy_of_graph / "queries/templates/document.rq"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    ended = run("new", "document", *THINGS["document"], "--root", copy_of_graph)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("queries/templates/document.rq")
    assert says in ended.err


ATTESTED = """\
attestation:document-inf-msme-w-99-1 a msme:Attestation ;
    rdfs:label "A made-up title"@en ;
    dcterms:source source:brief ;
    msme:attests dcterms:title ;
    msme:attests msme:notAfter ;
    msme:attests msme:notBefore ;
    msme:attests msme:symbol ;
    msme:of document:inf-msme-w-99 ;
.

attestation:document-inf-msme-w-99-2 a msme:Attestation ;
    rdfs:label "虛構之標題"@zh-Hant ;
    msme:basis basis:translated-label ;
    msme:of document:inf-msme-w-99 ;
.
"""


def test_the_named_source_attests_what_is_given_and_a_basis_what_is_ours(run: Run) -> None:
    words = (*TITLES, "--symbol", "INF/MSME/W/99", "--official", "en", "--issued", "2023-03")
    assert ATTESTED in run("new", "document", *words, "--source", "brief").out


def test_several_sources_attest_what_is_given_as_one_record(run: Run) -> None:
    words = ("--member", "IN", "--since", "2025", "--source", "brief", "--source", URL)
    out = run("new", "membership", *words).out
    assert "msme:recordSourced msme:notBefore ;" in out
    assert "msme:Attestation" not in out
    assert "recordSourced rdfs:label" not in out

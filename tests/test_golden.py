"""Golden results of the canned queries; ``--update-golden`` rewrites them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CANNED, QueryCatalog

GOLDEN = Path(__file__).with_name("golden")
LAST_DAY = "2025-12-31"

CASES: dict[str, list[str]] = {
    "accessions": [],
    "accessions@2017-12-13": ["--from", "2017-12-13", "--to", "2017-12-13"],
    "accessions@2021-to-2022-possible": [
        *("--from", "2021-01-01", "--to", "2022-12-31", "--certainty", "possible")
    ],
    "conflicts": [],
    "conflicts@number": ["--of", "number"],
    "conflicts@date": ["--of", "date"],
    "conflicts@name": ["--of", "name"],
    "conflicts@place-zh-Hant": ["--of", "place", "--lang", "zh-Hant", "--labels"],
    "coordinators": [],
    "coordinators@2018-01-15": ["--as-of", "2018-01-15"],
    "coordinators@2023-04-10": ["--as-of", "2023-04-10"],
    "coordinators@2023-08-01": ["--as-of", "2023-08-01"],
    "coverage": [],
    "coverage@2017-12-13": ["--as-of", "2017-12-13"],
    "coverage@2020-12-11": ["--as-of", "2020-12-11"],
    "coverage@2023-08-01": ["--as-of", "2023-08-01"],
    "coverage@2023-08-01-eu-one": ["--as-of", "2023-08-01", "--eu", "one"],
    "coverage@zh-Hant": ["--as-of", "2023-08-01", "--lang", "zh-Hant", "--labels"],
    "coverage@2025-12-31": ["--as-of", "2025-12-31"],
    "declaration": [],
    "declaration@zh-Hant": ["--lang", "zh-Hant"],
    "documents": [],
    "documents@area-1-2020": ["--area", "1", "--from", "2020-01-01", "--to", "2020-12-31"],
    "documents@declaration": ["--kind", "declaration"],
    "evidence@us": ["--thing", "US"],
    "evidence@wilson-zh-Hant": ["--thing", "matthew-wilson", "--lang", "zh-Hant", "--labels"],
    "evidence@membership-us": ["--thing", "membership/us"],
    "evidence@wt-min-17-58": ["--thing", "WT/MIN(17)/58"],
    "growth": [],
    "initiatives": [],
    "initiatives@2020-12-31": ["--as-of", "2020-12-31"],
    "initiatives@platform": ["--kind", "platform"],
    "initiatives@welcomed-in-inf-msme-w-36-zh-Hant": [
        *("--welcomed-in", "INF/MSME/W/36", "--lang", "zh-Hant", "--labels")
    ],
    "members": [],
    "members@2017-12-13-only-possible": [*("--as-of", "2017-12-13", "--certainty", "possible"), "--only"],
    "members@2023-08-01-only-shown": [*("--as-of", "2023-08-01", "--evidence", "shown"), "--only"],
    "members@2023-08-01-us": ["--as-of", "2023-08-01", "--member", "US"],
    "members@2023-08-01-us-zh-Hant": [
        *("--as-of", "2023-08-01", "--member", "美國", "--lang", "zh-Hant", "--labels")
    ],
    "members@2017-12-13": ["--as-of", "2017-12-13"],
    "members@2017-12-13-possible": ["--as-of", "2017-12-13", "--certainty", "possible"],
    "members@2017-12-13-possible-indirect": [
        *("--as-of", "2017-12-13", "--certainty", "possible", "--evidence", "indirect")
    ],
    "members@2020-12-11": ["--as-of", "2020-12-11"],
    "members@2023-08-01": ["--as-of", "2023-08-01"],
    "members@2023-08-01-eu-one": ["--as-of", "2023-08-01", "--eu", "one"],
    "members@2023-08-01-indirect": ["--as-of", "2023-08-01", "--evidence", "indirect"],
    "members@2023-08-01-stated": ["--as-of", "2023-08-01", "--evidence", "stated"],
    "members@2024-08-01": ["--as-of", "2024-08-01"],
    "changes@2023-08-01-to-2025-12-31": ["--from", "2023-08-01", "--to", "2025-12-31"],
    "changes@2023": ["--from", "2023-01-01", "--to", "2023-12-31"],
    "changes@2024-zh-Hant": ["--from", "2024-01-01", "--to", "2024-12-31", "--lang", "zh-Hant"],
    "champions": [],
    "champions@2024": ["--year", "2024"],
    "champions@gb": ["--home", "GB"],
    "champions@runner-up-zh-Hant": ["--result", "亞軍", "--lang", "zh-Hant", "--labels"],
    "documents@2024-possible": ["--from", "2024-01-01", "--to", "2024-12-31", "--certainty", "possible"],
    "documents@2024": ["--from", "2024-01-01", "--to", "2024-12-31"],
    "documents@proposal-2024-zh-Hant": [
        *("--kind", "提案", "--from", "2024-01-01", "--to", "2024-12-31", "--lang", "zh-Hant", "--labels")
    ],
    "documents@sponsor-mx": ["--sponsor", "MX"],
    "follow-up": [],
    "follow-up@annex-5": ["--symbol", "INF/MSME/4/Rev.2", "--annex", "5"],
    "follow-up@annex-5-zh-Hant": ["--annex", "5", "--lang", "zh-Hant", "--labels"],
    "languages": [],
    "languages@trade4msmes": ["--initiative", "trade4msmes"],
    "meetings": [],
    "meetings@2024": ["--from", "2024-01-01", "--to", "2024-12-31"],
    "meetings@unconfirmed": ["--status", "unconfirmed"],
    "meetings@2025-zh-Hant": [
        *("--from", "2025-01-01", "--to", "2025-12-31", "--lang", "zh-Hant", "--labels")
    ],
    "member-profile@cn": ["--member", "CN"],
    "member-profile@vn": ["--member", "VN"],
    "member-profile@cn-zh-Hant": ["--member", "中國", "--lang", "zh-Hant", "--labels"],
    "observers": [],
    "observers@2024-10-zh-Hant": [
        *("--from", "2024-10-01", "--to", "2024-10-31", "--lang", "zh-Hant", "--labels")
    ],
    "organizations": [],
    "organizations@zh-Hant": ["--lang", "zh-Hant"],
    "statistics": [],
    "timeline": [],
    "timeline@2022-06-zh-Hant": [
        *("--from", "2022-06-01", "--to", "2022-06-30", "--lang", "zh-Hant", "--labels")
    ],
    "timeline@document-2022": [*("--kind", "document", "--from", "2022-01-01", "--to", "2022-12-31")],
    "timeline@2021-possible": ["--from", "2021-01-01", "--to", "2021-12-31", "--certainty", "possible"],
    "timeline@initiative": ["--kind", "initiative"],
    "timeline@trade4msmes": ["--thing", "trade4msmes"],
    "trade-policy-reviews": [],
    "trade-policy-reviews@announced-li": ["--member", "LI", "--status", "announced"],
    "trade-policy-reviews@cn": ["--member", "CN"],
    "trade-policy-reviews@zh-Hant": ["--lang", "zh-Hant", "--labels"],
    "package": [],
    "package@annex-6": ["--annex", "6"],
    "package@annex-3": ["--annex", "3"],
    "package@annex-6-zh-Hant": ["--annex", "6", "--lang", "zh-Hant", "--labels"],
    "package@zh-Hant": ["--lang", "zh-Hant", "--labels"],
    "revisions": [],
    "revisions@inf-msme-4-rev-2": ["--symbol", "INF/MSME/4/Rev.2"],
    "sources": [],
    "sources@weak": ["--host", "weak"],
    "sponsors": [],
    "sponsors@inf-msme-4-rev-2": ["--symbol", "INF/MSME/4/Rev.2"],
    "sponsors@inf-msme-4-rev-2-zh-Hant": ["--symbol", "INF/MSME/4/Rev.2", "--lang", "zh-Hant", "--labels"],
    "unknowns": [],
    "unknowns@report": ["--kind", "report"],
    "unknowns@zh-Hant": ["--lang", "zh-Hant", "--labels"],
    "work-areas": [],
    "work-areas@zh-Hant": ["--lang", "zh-Hant", "--labels"],
    "work-plan": [],
    "work-plan@2023-08-01": ["--as-of", "2023-08-01"],
    "work-plan@item-2.2": ["--item", "2.2"],
    "work-plan@item-2.2-2025-06-30-zh-Hant": [
        *("--item", "2.2", "--as-of", "2025-06-30", "--lang", "zh-Hant", "--labels")
    ],
    "work-plan@item-3": ["--item", "3"],
    "work-plan@item-4.1-zh-Hant": ["--item", "4.1", "--lang", "zh-Hant"],
    "work-plan@zh-Hant": ["--lang", "zh-Hant"],
}
"""Options by name of the golden file: the query, then after an @ a name of the case."""


@pytest.mark.parametrize("case", CASES)
def test_rows_are_the_golden_ones(case: str, run: Run, request: pytest.FixtureRequest) -> None:
    query = case.partition("@")[0]
    ended = run("query", query, "--format", "csv", *CASES[case], today=LAST_DAY)
    assert (ended.code, ended.err) == (0, "")
    golden = GOLDEN / f"{case}.csv"
    if request.config.getoption("--update-golden"):
        golden.write_bytes(ended.out.encode())
    assert ended.out == golden.read_bytes().decode()


def test_every_query_has_a_golden_file_and_every_golden_file_a_case(root: Path) -> None:
    files = {path.stem for path in GOLDEN.glob("*.csv")}
    assert files == set(CASES)
    assert {name.partition("@")[0] for name in files} == set(QueryCatalog(Repository.find(root)).list(CANNED))


def test_golden_files_have_rows() -> None:
    """A query without rows would agree with an empty golden file."""
    assert [path.name for path in GOLDEN.glob("*.csv") if path.read_bytes().count(b"\r\n") < 2] == []

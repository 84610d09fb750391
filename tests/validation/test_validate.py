"""Tests of ``validate``: seeded faults are found with file and line, in both languages."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEYS = ["focus", "path", "value", "severity", "message", "shape", "constraint", "file", "line", "column"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHAPE = "https://w3id.org/msme-kg/shape/"

ACTORS = "data/actors/"
TEXTS = "data/instruments/"
MEMBERSHIPS = ACTORS + "memberships.ttl"
SPONSORSHIPS = TEXTS + "sponsorships.ttl"
COUNTS = "data/claims/counts.ttl"
EVENTS = "data/events/events.ttl"
ATTENDING = "claim:attending-non-members-2024-07-01-9-wtocenter-400731"


@dataclass(frozen=True)
class Fault:
    """A change of one block of one file, and the expected finding.

    Attributes:
        name: of the test.
        file: relative to the root.
        block: CURIE of the subject whose block is changed; empty to append to the file.
        old: text within the block.
        new: what replaces it.
        at: the beginning of the line, within the block, that the finding must name.
        rule: the shape's local name, or the path of the check, or the house rule.
        severity: of the finding.
    """

    name: str
    file: str
    block: str
    old: str
    new: str
    at: str
    rule: str
    severity: str = "violation"


def remarks(answer: Any) -> str:
    """Return standard error without the line of counts and seconds."""
    judged = re.compile(r"\d+ shapes, \d+ focus nodes, \d+ findings in \d+\.\d s\n")
    assert judged.search(answer.err)
    return judged.sub("", answer.err)


def sponsored(member: str) -> str:
    return f"sponsorship:2020-covid-19-statement-{member}"


BATCHES = {
    "first": [
        Fault(
            "missing source",
            ACTORS + "observations.ttl",
            "observation:2024-07-01-meeting-ao",
            "    dcterms:source source:web-wtocenter-org-tw-page-18079-400731 ;\n",
            "",
            "observation:2024-07-01-meeting-ao a",
            "Observation-source",
        ),
        Fault(
            "missing Chinese label",
            SPONSORSHIPS,
            sponsored("af"),
            '    rdfs:label "阿富汗連署 2020 年 5 月 14 日 COVID-19 聲明"@zh-Hant ;\n',
            "",
            "    rdfs:label ",
            "Sponsorship-label",
        ),
        Fault(
            "missing Chinese label, by the check",
            SPONSORSHIPS,
            sponsored("br"),
            "@zh-Hant ;",
            "@en ;",
            "    rdfs:label ",
            "queries/checks/untranslated.rq",
        ),
        Fault(
            "two labels",
            ACTORS + "people.ttl",
            "person:chambovey",
            '    rdfs:label "Didier Chambovey"@en ;\n',
            '    rdfs:label "Didier Chambovey"@en ;\n    rdfs:label "Mr Chambovey"@en ;\n',
            '    rdfs:label "Didier Chambovey"@en',
            "Person-label",
        ),
        Fault(
            "date without datatype",
            SPONSORSHIPS,
            sponsored("al"),
            'msme:notAfter "2020-05-14"^^xsd:date',
            'msme:notAfter "2020-05-14"',
            "    msme:notAfter ",
            "Sponsorship-notAfter",
        ),
        Fault(
            "start after its latest day",
            SPONSORSHIPS,
            sponsored("ar"),
            'msme:notBefore "2020-05-14"',
            'msme:notBefore "2020-05-15"',
            "    msme:notBefore ",
            "Sponsorship-notBefore",
        ),
        Fault(
            "unknown evidence level",
            MEMBERSHIPS,
            "membership:af",
            "evidence-level:stated",
            "evidence-level:certainly",
            "    msme:evidence ",
            "Membership-evidence",
        ),
        Fault(
            "member without code",
            ACTORS + "members.ttl",
            "member:ag",
            '    skos:notation "AG"^^msme:alpha-2 ;\n    skos:notation "ATG"^^msme:alpha-3 ;\n',
            "",
            "member:ag a",
            "WTOMember-notation",
        ),
        Fault(
            "code of another member",
            ACTORS + "members.ttl",
            "member:al",
            '"AL"^^msme:alpha-2',
            '"AF"^^msme:alpha-2',
            "    skos:notation ",
            "WTOMember-notation-unique",
        ),
        Fault(
            "two quantities",
            COUNTS,
            ATTENDING,
            "    msme:quantity quantity:attending-non-members ;\n",
            "    msme:quantity quantity:attending-non-members ;\n    msme:quantity quantity:members ;\n",
            "    msme:quantity ",
            "CountClaim-quantity",
        ),
        Fault(
            "negative value",
            COUNTS,
            ATTENDING,
            "msme:value 9 ",
            "msme:value -9 ",
            "    msme:value ",
            "CountClaim-value",
        ),
        Fault(
            "unknown language tag",
            ACTORS + "posts.ttl",
            "post:coordinator",
            '"小組協調人"@zh-Hant',
            '"小組協調人"@zh-TW',
            '    rdfs:label "小組協調人"',
            "Post-label",
        ),
        Fault(
            "symbol of another document",
            TEXTS + "documents.ttl",
            "document:inf-msme-w-36",
            'msme:symbol "INF/MSME/W/36"',
            'msme:symbol "INF/MSME/W/46"',
            "    msme:symbol ",
            "Document-symbol-unique",
        ),
        Fault(
            "gap in the annexes",
            TEXTS + "documents.ttl",
            "document:inf-msme-4-rev-2-annex-6",
            "msme:annexNumber 6 ",
            "msme:annexNumber 8 ",
            "    msme:annexNumber ",
            "queries/checks/annex-gap.rq",
        ),
        Fault(
            "sub-item under another number",
            TEXTS + "work-items.ttl",
            "work-item:2023-1-2",
            'msme:number "1.2"',
            'msme:number "9.2"',
            "    msme:number ",
            "queries/checks/orphan-sub-item.rq",
        ),
        Fault(
            "no deliverable in Chinese",
            TEXTS + "work-items.ttl",
            "work-item:2023-2-1",
            '    msme:deliverable "微中小企業手冊及政策制定者手冊。"@zh-Hant ;\n',
            "",
            "work-item:2023-2-1 a",
            "WorkItem-notes-balance",
        ),
        Fault(
            "event without status",
            EVENTS,
            "event:2018-03-27-thematic-session",
            "    adms:status event-status:held ;\n",
            "",
            "event:2018-03-27-thematic-session a",
            "Event-status",
        ),
        Fault(
            "number of another provision",
            TEXTS + "provisions.ttl",
            "provision:inf-msme-4-rev-2-annex-1-2",
            'msme:number "2"',
            'msme:number "1"',
            "provision:inf-msme-4-rev-2-annex-1-2 a",
            "Provision",
        ),
        Fault(
            "dangling member",
            SPONSORSHIPS,
            sponsored("au"),
            "msme:sponsor member:au",
            "msme:sponsor member:zz",
            "    msme:sponsor ",
            "Sponsorship-sponsor",
        ),
        Fault(
            "source that is none",
            ACTORS + "organizations.ttl",
            "organization:iwg-msmes",
            "    dcterms:source brief:1-1 ;",
            "    dcterms:source member:fr ;",
            "    dcterms:source member:fr",
            "WorkingGroup-source",
        ),
        Fault(
            "through until, without through",
            MEMBERSHIPS,
            "membership:gb",
            "    msme:through member:eu ;\n",
            "",
            "membership:gb a",
            "Membership-throughUntil-needs-through",
        ),
        Fault(
            "IRI of another kind",
            ACTORS + "observations.ttl",
            "observation:2024-07-01-meeting-bd",
            "observation:2024-07-01-meeting-bd a",
            "event:seen-2024-07-01-meeting-bd a",
            "event:seen-2024-07-01-meeting-bd a",
            "Observation",
        ),
        Fault(
            "later total than the last name",
            COUNTS,
            "claim:members-2020-12-11-91-trade-finance-global",
            "msme:value 91 ",
            "msme:value 7 ",
            "    msme:value ",
            "queries/checks/more-named-than-stated.rq",
            "warning",
        ),
        Fault(
            "event without a day",
            EVENTS,
            "event:2018-early-organizational-meeting",
            '    msme:notAfter "2018-12-31"^^xsd:date ;\n    msme:notBefore "2018-01-01"^^xsd:date ;\n',
            "",
            "event:2018-early-organizational-meeting a",
            "Event-window",
            "warning",
        ),
        Fault(
            "source that nothing cites",
            "data/sources.ttl",
            "",
            "",
            '\nsource:uncited a msme:Source ;\n    rdfs:label "Uncited"@en ;\n'
            '    rdfs:label "未引用"@zh-Hant ;\n'
            "    schema:url <https://example.org/uncited> ;\n.\n",
            "source:uncited a",
            "queries/checks/uncited-source.rq",
            "info",
        ),
    ],
    "second": [
        Fault(
            "end before it begins to end",
            ACTORS + "tenures.ttl",
            "tenure:hector-casanueva",
            'msme:endNotBefore "2018-01-01"',
            'msme:endNotBefore "2018-03-01"',
            "    msme:endNotBefore ",
            "Tenure-endNotBefore",
        ),
        Fault(
            "two at once in one post",
            ACTORS + "tenures.ttl",
            "tenure:matthew-wilson",
            'msme:notAfter "2023-04-26"^^xsd:date ;\n    msme:notBefore "2023-04-26"',
            'msme:notAfter "2020-04-26"^^xsd:date ;\n    msme:notBefore "2020-04-26"',
            "tenure:matthew-wilson a",
            "Tenure",
        ),
        Fault(
            "date with a time zone",
            COUNTS,
            ATTENDING,
            'msme:notAfter "2024-07-01"',
            'msme:notAfter "2024-07-01Z"',
            "    msme:notAfter ",
            "CountClaim-notAfter",
        ),
        Fault(
            "member before there was a group",
            MEMBERSHIPS,
            "membership:fr",
            'msme:notBefore "2017-12-13"',
            'msme:notBefore "2016-12-13"',
            "    org:organization ",
            "Membership-notBefore-establishment",
        ),
        Fault(
            "membership without a first day",
            MEMBERSHIPS,
            "membership:af",
            '    msme:notBefore "2017-12-13"^^xsd:date ;\n',
            "",
            "membership:af a",
            "Membership-notBefore-known",
            "warning",
        ),
        Fault(
            "note in one language",
            EVENTS,
            "event:2020-12-11-meeting",
            '    skos:note "通過套案；烏克蘭加入小組，模里西斯支持套案。"@zh-Hant ;\n',
            "",
            "event:2020-12-11-meeting a",
            "Event-notes-balance",
        ),
        Fault(
            "source without address",
            "data/sources.ttl",
            "source:biashara-africa-events-other-opportunities-small-bu-355a5d90",
            "    schema:url <https://biashara.africa/events/other-opportunities-small-business-champions-2025-by-"
            "the-icc-itc-and-the-wto-msme-group-in-partnership-with-unctad/> ;\n",
            "",
            "source:biashara-africa-events-other-opportunities-small-bu-355a5d90 a",
            "Source-address",
        ),
        Fault(
            "thing in another file",
            SPONSORSHIPS,
            "",
            "",
            '\nevent:2030-stray a msme:Event ;\n    rdfs:label "Stray"@en ;\n'
            '    rdfs:label "錯置"@zh-Hant ;\n'
            "    adms:status event-status:planned ;\n    dcterms:source brief:1-1 ;\n"
            '    msme:notAfter "2030-01-01"^^xsd:date ;\n    msme:notBefore "2030-01-01"^^xsd:date ;\n.\n',
            "event:2030-stray a",
            "queries/checks/misplaced.rq",
        ),
        Fault(
            "thing in two files",
            COUNTS,
            "",
            "",
            '\norganization:iwg-msmes rdfs:comment "A stray statement"@en ;\n.\n',
            "organization:iwg-msmes rdfs:comment",
            "queries/checks/misplaced.rq",
        ),
        Fault(
            "blank node as a value",
            ACTORS + "people.ttl",
            "person:heraldo-munoz",
            "    msme:represents member:cl ;\n",
            "    msme:represents member:cl ;\n    rdfs:seeAlso [] ;\n",
            "    rdfs:seeAlso ",
            "convention/blank-node",
        ),
        Fault(
            "blank node as a subject",
            TEXTS + "statuses.ttl",
            "",
            "",
            '\n[] rdfs:comment "Of whom?"@en .\n',
            "[] rdfs:comment",
            "convention/blank-node",
        ),
        Fault(
            "blank node within a blank node",
            "data/initiatives/initiatives.ttl",
            "initiative:trade4msmes",
            "    msme:hasKind initiative-kind:platform ;\n",
            "    msme:hasKind initiative-kind:platform ;\n"
            '    rdfs:seeAlso [ rdfs:comment "Of what?"@en ] ;\n',
            "    rdfs:seeAlso ",
            "convention/blank-node",
        ),
        Fault(
            "foreign subject",
            ACTORS + "posts.ttl",
            "",
            "",
            '\n<https://example.org/x> rdfs:comment "Not ours"@en ;\n.\n',
            "<https://example.org/x> ",
            "convention/foreign-subject",
        ),
        Fault(
            "shape among the data",
            ACTORS + "organizations.ttl",
            "",
            "",
            "\nshape:Stray sh:targetClass msme:Event ;\n.\n",
            "shape:Stray ",
            "convention/shape-in-data",
        ),
        Fault(
            "thing that is a shape",
            "data/sources.ttl",
            "",
            "",
            "\nsource:stray a sh:NodeShape ;\n.\n",
            "source:stray a",
            "convention/shape-in-data",
        ),
        Fault(
            "two values of a post",
            ACTORS + "posts.ttl",
            "post:coordinator",
            "    org:role role:coordinator ;\n",
            "    org:role role:coordinator ;\n    org:role role:secretariat ;\n",
            "    org:role ",
            "Post-role",
        ),
    ],
}
ALL = [(batch, fault) for batch, faults in BATCHES.items() for fault in faults]


def copy(to: Path) -> Path:
    for part in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / part, to / part)
    return to


def bounds(text: str, block: str) -> tuple[int, int]:
    """Return the bounds of a subject's block in the text of a file."""
    start = text.index(f"\n{block} ") + 1
    return start, text.index("\n.\n", start) + 3


def seed(root: Path, fault: Fault) -> None:
    path = root / fault.file
    text = path.read_text(encoding="utf-8")
    if not fault.block:
        path.write_text(text + fault.new, encoding="utf-8")
        return
    start, end = bounds(text, fault.block)
    assert text[start:end].count(fault.old) == 1, f"{fault.name}: the data have changed; adapt the fault"
    path.write_text(
        text[:start] + text[start:end].replace(fault.old, fault.new) + text[end:], encoding="utf-8"
    )


def line_of(root: Path, fault: Fault) -> int:
    text = (root / fault.file).read_text(encoding="utf-8")
    start = bounds(text, fault.block)[0] - 1 if fault.at.startswith(" ") else 0
    before = text[: text.index(f"\n{fault.at}", start) + 1]
    return before.count("\n") + 1


class Judged:
    """Copies of the graph with a batch of faults each, validated once per language."""

    def __init__(self, folder: Path) -> None:
        self.run: Any = None
        self._folder = folder
        self._answers: dict[tuple[str, str, int, str], Any] = {}

    def root(self, batch: str) -> Path:
        """Return the copy with the faults of a batch."""
        root = self._folder / batch
        if not root.exists():
            half = copy(root.with_suffix(".half"))
            for fault in BATCHES[batch]:
                seed(half, fault)
            half.rename(root)
        return root

    def answer(self, batch: str, lang: str = "en", seed: int = 0, form: str = "json") -> Any:
        """Return the result of ``validate``."""
        key = (batch, lang, seed, form)
        if key not in self._answers:
            words = ("validate", "--root", self.root(batch), "--lang", lang, "--format", form)
            self._answers[key] = self.run(*words, seed=seed)
        return self._answers[key]

    def findings(self, batch: str, lang: str = "en") -> list[dict[str, Any]]:
        """Return the findings of ``validate``."""
        found: list[dict[str, Any]] = json.loads(self.answer(batch, lang).out)["findings"]
        return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return Judged(tmp_path_factory.mktemp("faulty"))


@pytest.fixture
def judged(kept: Judged, run: Any) -> Judged:
    kept.run = run
    return kept


def of_rule(findings: list[dict[str, Any]], fault: Fault) -> list[dict[str, Any]]:
    return [one for one in findings if one["shape"].removeprefix(SHAPE) == fault.rule]


def test_shipped_data_has_no_violation(run: Any, root: Path) -> None:
    answer = run("validate", "--root", str(root))
    assert (answer.code, remarks(answer)) == (0, "")
    assert answer.out.splitlines()[-1].startswith("0 violation")


@pytest.mark.parametrize(("batch", "fault"), ALL, ids=[fault.name for _, fault in ALL])
def test_seeded_fault_is_found_at_its_line(judged: Judged, batch: str, fault: Fault) -> None:
    found = of_rule(judged.findings(batch), fault)
    line = line_of(judged.root(batch), fault)
    places = {(one["file"], one["line"], one["severity"]) for one in found}
    assert (fault.file, line, fault.severity) in places


@pytest.mark.parametrize("batch", BATCHES)
def test_text_and_sarif_name_the_same_lines(judged: Judged, batch: str) -> None:
    expected = [(one["file"], one["line"], one["severity"]) for one in judged.findings(batch)]
    assert len(expected) >= len(BATCHES[batch])
    said = re.findall(r"^(\S+):(\d+): (\w+): ", judged.answer(batch, form="text").out, re.MULTILINE)
    assert [(file, int(line), severity) for file, line, severity in said] == expected
    levels = {"error": "violation", "warning": "warning", "note": "info"}
    (log,) = json.loads(judged.answer(batch, form="sarif").out)["runs"]
    places = [(one["locations"][0]["physicalLocation"], one["level"]) for one in log["results"]]
    assert [
        (place["artifactLocation"]["uri"], place["region"]["startLine"], levels[level])
        for place, level in places
    ] == expected


@pytest.mark.parametrize("batch", BATCHES)
def test_every_finding_is_located_in_a_changed_file(judged: Judged, batch: str) -> None:
    changed = {fault.file for fault in BATCHES[batch]}
    for one in judged.findings(batch):
        assert one["file"] in changed, one
        lines = (judged.root(batch) / one["file"]).read_text(encoding="utf-8").split("\n")
        assert 0 < one["line"] <= len(lines), one


@pytest.mark.parametrize("batch", BATCHES)
def test_json_has_the_documented_keys(judged: Judged, batch: str) -> None:
    answer = judged.answer(batch)
    assert (answer.code, remarks(answer)) == (1, "")
    whole = json.loads(answer.out)
    assert whole["conforms"] is False
    assert all(list(one) == KEYS for one in whole["findings"])
    places = [(one["file"], one["line"]) for one in whole["findings"]]
    assert places == sorted(places)


def test_messages_are_in_the_chosen_language(judged: Judged) -> None:
    english, chinese = judged.findings("second"), judged.findings("second", "zh-Hant")
    assert [one["message"] for one in english if CHINESE.search(one["message"])] == []
    assert [one["message"] for one in chinese if not CHINESE.search(one["message"])] == []
    for one in english + chinese:
        del one["message"]
    assert english == chinese


def test_output_does_not_depend_on_the_hash_seed(judged: Judged) -> None:
    assert judged.answer("first", seed=0).out == judged.answer("first", seed=1).out


# A small graph is enough where the fault, not the data, is the matter.


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Create a conforming graph of one event and one source."""
    root = tmp_path / "small"
    for part in ("ontology", "queries"):
        shutil.copytree(ROOT / part, root / part)
    prefixes = "\n".join(
        line
        for line in (ROOT / "data/sources.ttl").read_text(encoding="utf-8").split("\n")
        if line.startswith("@prefix")
    )
    (root / "data/events").mkdir(parents=True)
    shutil.copy(ROOT / "data/dataset.ttl", root / "data")
    sources = (ROOT / "data/sources.ttl").read_text(encoding="utf-8")
    cited = "\n".join(
        sources[slice(*bounds(sources, one))]
        for one in ("source:brief", "brief:1-2")  # by the vocabularies
    )
    (root / "data/sources.ttl").write_text(
        f'{prefixes}\n\n{cited}\nsource:a a msme:Source ;\n    rdfs:label "A"@en ;\n'
        '    rdfs:label "甲"@zh-Hant ;\n'
        "    schema:url <https://example.org/a> ;\n.\n",
        encoding="utf-8",
    )
    (root / "data/events/events.ttl").write_text(
        f'{prefixes}\n\nevent:a a msme:Event ;\n    rdfs:label "A"@en ;\n    rdfs:label "甲"@zh-Hant ;\n'
        "    adms:status event-status:held ;\n    dcterms:source source:a ;\n"
        '    msme:notAfter "2020-01-01"^^xsd:date ;\n    msme:notBefore "2020-01-01"^^xsd:date ;\n.\n'
        "\nattestation:event-a-1 a msme:Attestation ;\n    dcterms:source source:a ;\n"
        "    msme:attests adms:status ;\n    msme:of event:a ;\n.\n"
        "\nattestation:event-a-2 a msme:Attestation ;\n    dcterms:source source:a ;\n"
        '    msme:notAfter "2020-01-01"^^xsd:date ;\n    msme:notBefore "2020-01-01"^^xsd:date ;\n'
        "    msme:of event:a ;\n.\n",
        encoding="utf-8",
    )
    return root


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("fail_on", "code"), [("violation", 0), ("warning", 1), ("info", 1), ("never", 0)], ids=str
)
def test_fail_on_sets_the_minimum_severity(run: Any, small: Path, fail_on: str, code: int) -> None:
    window = '    msme:notAfter "2020-01-01"^^xsd:date ;\n    msme:notBefore "2020-01-01"^^xsd:date ;\n.\n'
    edit(small / "data/events/events.ttl", window, ".\n")
    answer = run("validate", "--root", str(small), "--fail-on", fail_on)
    assert (answer.code, remarks(answer)) == (code, "")
    assert "warning: A (event:a)" in answer.out
    assert answer.out.splitlines()[-1] == "0 violation, 1 warning, 0 info"


def test_fail_on_never_passes_violations(run: Any, small: Path) -> None:
    edit(small / "data/events/events.ttl", "    adms:status event-status:held ;\n", "")
    answer = run("validate", "--root", str(small), "--fail-on", "never", "--lang", "zh-Hant")
    assert (answer.code, remarks(answer)) == (0, "")
    (line,) = [one for one in answer.out.splitlines() if ": violation: " in one and "(event:a)" in one]
    number = (
        (small / "data/events/events.ttl")
        .read_text(encoding="utf-8")
        .split("\n")
        .index("event:a a msme:Event ;")
    )
    assert line.startswith(f"data/events/events.ttl:{number + 1}: violation: 甲 (event:a) adms:status: ")
    assert CHINESE.search(line.split("adms:status: ")[1])


def test_fail_on_unknown_severity_is_a_usage_error(run: Any, small: Path) -> None:
    answer = run("validate", "--root", str(small), "--fail-on", "grave")
    assert answer.code == 2
    assert "hint: " in answer.err


def test_byte_order_mark_and_crlf_are_accepted(run: Any, small: Path) -> None:
    path = small / "data/events/events.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    answer = run("validate", "--root", str(small))
    assert (answer.code, answer.out, remarks(answer)) == (0, "0 violation, 0 warning, 0 info\n", "")


@pytest.mark.parametrize(
    "file", ["data/events/events.ttl", "ontology/shapes/Event.ttl", "ontology/msme.ttl"], ids=str
)
def test_malformed_file_is_reported_with_line_and_column(run: Any, small: Path, file: str) -> None:
    path = small / file
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if "rdfs:label" in line)
    lines[at] = lines[at].replace("@en ;", "@en")
    path.write_text("\n".join(lines), encoding="utf-8")
    answer = run("validate", "--root", str(small))
    assert (answer.code, answer.out) == (3, "")
    place = re.match(rf"{re.escape(file)}:(\d+):(\d+): error: ", answer.err)
    assert place, answer.err
    assert int(place[1]) in {at + 1, at + 2}
    assert "\nhint: " in answer.err
    assert "Traceback" not in answer.err


def test_text_that_is_not_utf8_is_reported_with_its_line(run: Any, small: Path) -> None:
    path = small / "data/sources.ttl"
    content = path.read_bytes()
    path.write_bytes(content.replace("甲".encode(), "甲".encode("big5")))
    line = content[: content.index("甲".encode())].count(b"\n") + 1
    answer = run("validate", "--root", str(small))
    assert (answer.code, answer.out) == (3, "")
    assert re.match(rf"data/sources\.ttl:{line}:\d+: error: not UTF-8\n(?:  .*\n)+hint: ", answer.err)


@pytest.mark.parametrize("brackets", ["[]", "()"], ids=["nodes", "lists"])
def test_deep_nesting_is_refused(run: Any, small: Path, brackets: str) -> None:
    path = small / "data/events/events.ttl"
    text = path.read_text(encoding="utf-8")
    inner = " rdfs:seeAlso " if brackets == "[]" else " "
    deep = f"\nevent:a rdfs:seeAlso {(brackets[0] + inner) * 5000}1{brackets[1] * 5000} .\n"
    path.write_text(text + deep, encoding="utf-8")
    answer = run("validate", "--root", str(small))
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(f"data/events/events.ttl:{text.count(chr(10)) + 2}: error: ")
    assert "\nhint: " in answer.err


@pytest.mark.parametrize("link", ["data/events/more.ttl", "data/more", "queries/more.rq"], ids=str)
def test_link_that_leaves_the_root_is_refused(run: Any, small: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    target = outside if link == "data/more" else outside / Path(link).name
    if target != outside:
        target.write_text("", encoding="utf-8")
    (small / link).symlink_to(target)
    answer = run("validate", "--root", str(small))
    assert (answer.code, answer.out) == (4, "")
    assert link in answer.err
    assert "\nhint: " in answer.err


def test_data_that_is_a_link_out_of_the_root_is_refused(run: Any, small: Path, tmp_path: Path) -> None:
    (small / "data").rename(tmp_path / "elsewhere")
    (small / "data").symlink_to(tmp_path / "elsewhere")
    answer = run("validate", "--root", str(small))
    assert (answer.code, answer.out) == (4, "")


@pytest.mark.parametrize("target", ["nowhere.ttl", "lost.ttl"], ids=["dangling", "circular"])
def test_dangling_link_is_an_input_error(run: Any, small: Path, target: str) -> None:
    (small / "data/lost.ttl").symlink_to(small / "data" / target)
    answer = run("validate", "--root", str(small))
    assert answer.code in {3, 4}, answer.err
    assert "data/lost.ttl" in answer.err
    assert "Traceback" not in answer.err

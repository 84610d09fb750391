"""Contradictions: each is reported on both sides, wherever the fault is seeded, with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from msme_kg.changes.changeset import UpdateRequest
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.report import Finding
from msme_kg.storage.dataset import GraphFile
from msme_kg.validation.graph_validation import validate
from msme_kg.validation.proposal import Proposal, review_update
from msme_kg.validation.validation_input import ValidationInput

DATE = re.compile(r"('\d{4}-\d\d-\d\d')")
NEW_EVENT = """event:2024-07-01-second a msme:Event ; msme:hasKind event-kind:regular-meeting ;
  msme:notBefore '2024-07-01' ; msme:notAfter '2024-07-01' ;
  msme:organizer organization:iwg-msmes ."""
GONE_ITEM = "work-item:x a msme:WorkItem ; owl:deprecated true ."
NEW_ITEM = "work-item:2031-1 a msme:WorkItem ; msme:number '1' ; msme:inProgramme document:2031-programme ."
OBSERVED = (
    "observation:x a msme:Observation ; msme:atEvent event:2024-07-01-meeting ; msme:observedMember {} ."
)
BEGUN = "membership:ao a msme:Membership ; org:member member:ao ; msme:notAfter '{}' ."

# Check, statements to add and to remove, and the pairs of entities of which each is reported with the other.
FAULTS: dict[str, tuple[str, str, str, set[frozenset[str]]]] = {
    "observation of a member": (
        "observed-member",
        OBSERVED.format("member:us"),
        "",
        {frozenset({"observation:x", "membership:us"})},
    ),
    "membership of an observed non-member": (
        "observed-member",
        BEGUN.format("2024-07-01"),
        "",
        {frozenset({f"observation:2024-{day}-meeting-ao", "membership:ao"}) for day in ("07-01", "10-18")},
    ),
    "original of a later day": (
        "older-revision",
        "document:inf-msme-r-13 msme:notBefore '2019-12-10' .",
        "",
        {frozenset({"document:inf-msme-r-13-rev-1", "document:inf-msme-r-13"})},
    ),
    "revision of an earlier day": (
        "older-revision",
        "document:x a msme:Document ; prov:wasRevisionOf document:inf-msme-r-13-rev-1 ;"
        " msme:notAfter '2019-12-08' .",
        "",
        {frozenset({"document:x", "document:inf-msme-r-13-rev-1"})},
    ),
    "revision of a revision without a date": (
        "older-revision",
        """document:x a msme:Document ; prov:wasRevisionOf document:y ; msme:notAfter '2019-12-08' .
        document:y a msme:Document ; prov:wasRevisionOf document:inf-msme-r-13-rev-1 .""",
        "",
        {frozenset({"document:x", "document:inf-msme-r-13-rev-1"})},
    ),
    "event recorded again": (
        "repeated-event",
        NEW_EVENT,
        "",
        {frozenset({"event:2024-07-01-second", "event:2024-07-01-meeting"})},
    ),
    "event moved to the day of another": (
        "repeated-event",
        "event:2024-10-18-meeting msme:notBefore '2024-07-01' ; msme:notAfter '2024-07-01' .",
        "event:2024-10-18-meeting msme:notBefore '2024-10-18' ; msme:notAfter '2024-10-18' .",
        {frozenset({"event:2024-10-18-meeting", "event:2024-07-01-meeting"})},
    ),
    "status of a deprecated work item": (
        "status-without-work",
        f"status:x a msme:StatusReport ; msme:statusOf work-item:x . {GONE_ITEM}",
        "",
        {frozenset({"status:x", "work-item:x"})},
    ),
    "work item of a deprecated programme": (
        "status-without-work",
        f"{NEW_ITEM} document:2031-programme a msme:Document ; owl:deprecated true .",
        "",
        {frozenset({"work-item:2031-1", "document:2031-programme"})},
    ),
    "part of a deprecated work item": (
        "status-without-work",
        f"work-item:y a msme:WorkItem ; msme:partOfItem work-item:x . {GONE_ITEM}",
        "",
        {frozenset({"work-item:y", "work-item:x"})},
    ),
    "part of an item of another programme": (
        "status-without-work",
        f"{NEW_ITEM} work-item:2031-1 msme:partOfItem work-item:2023-1 .",
        "",
        {frozenset({"work-item:2031-1", "work-item:2023-1"})},
    ),
    "status given before its event": (
        "misdated-status",
        "status:x a msme:StatusReport ; msme:atEvent event:2024-07-01-meeting ; msme:notAfter '2024-06-30' .",
        "",
        {frozenset({"status:x", "event:2024-07-01-meeting"})},
    ),
    "event moved before its status": (
        "misdated-status",
        "event:2025-03-05-meeting msme:notBefore '2025-03-04' ; msme:notAfter '2025-03-04' .",
        "event:2025-03-05-meeting msme:notBefore '2025-03-05' ; msme:notAfter '2025-03-05' .",
        {frozenset({"status:annex-4-2025-03-05", "event:2025-03-05-meeting"})},
    ),
    "coordinator before the other leaves": (
        "shape:Tenure",
        "tenure:x a msme:Tenure ; msme:inPost post:coordinator ; msme:notAfter '2022-01-01' .",
        "",
        {
            frozenset({"tenure:x", "tenure:jose-luis-cancela-gomez"}),
            frozenset({"tenure:x", "tenure:matthew-wilson"}),
        },
    ),
    "coordinator who stays on": (
        "shape:Tenure",
        "tenure:jose-luis-cancela-gomez msme:endNotBefore '2023-05-01' ; msme:endNotAfter '2023-05-01' .",
        "tenure:jose-luis-cancela-gomez msme:endNotBefore '2023-04-26' ; msme:endNotAfter '2023-04-26' .",
        {frozenset({"tenure:jose-luis-cancela-gomez", "tenure:matthew-wilson"})},
    ),
}

# Statements that contradict nothing for certain.
CONSISTENT = {
    "observed before the first certain day": BEGUN.format("2024-10-19"),
    "observed after the end": f"""{BEGUN.format("2020-01-01")} membership:ao
        msme:endNotBefore '2021-01-01' ; msme:endNotAfter '2021-12-31' .""",
    "observed after an end on an unknown day": f"""{BEGUN.format("2020-01-01")} membership:ao
        msme:endNotAfter '2025-12-31' .""",
    "observed after the withdrawal of the EU's membership": f"""{BEGUN.format("2017-12-13")} membership:ao
        msme:throughUntil '2020-01-31' .""",
    "revision of the same day": "document:x a msme:Document ;"
    " prov:wasRevisionOf document:inf-msme-r-13-rev-1 ; msme:notAfter '2019-12-09' .",
    "event of another kind": NEW_EVENT.replace("regular-meeting", "workshop"),
    "second event that is said to differ": f"""{NEW_EVENT}
        event:2024-07-01-second owl:differentFrom event:2024-07-01-meeting .""",
    "event in the same month": NEW_EVENT.replace("notAfter '2024-07-01'", "notAfter '2024-07-31'"),
    "event of another organizer": NEW_EVENT.replace("organization:iwg-msmes", "organization:icc"),
    "attestation with own values like those of the things": """attestation:x a msme:Attestation ;
        msme:notAfter '2019-01-01' ; prov:wasRevisionOf document:inf-msme-r-13-rev-1 ;
        msme:inPost post:coordinator ; msme:annexNumber 9 ; dcterms:isPartOf document:inf-msme-4-rev-2 ;
        msme:number '7' ; msme:partOfItem work-item:2023-1 ; msme:hasKind event-kind:regular-meeting ;
        msme:quantity quantity:members ; msme:scope scope:all ; msme:value 1 .""",
    "deprecated event": f"{NEW_EVENT} event:2024-07-01-second owl:deprecated true .",
    "deprecated observation": f"{OBSERVED.format('member:us')} observation:x owl:deprecated true .",
    "deprecated tenure": "tenure:x a msme:Tenure ; msme:inPost post:coordinator ; owl:deprecated true ;"
    " msme:notAfter '2022-01-01' .",
}
RULES = {check if ":" in check else f"queries/checks/{check}.rq" for check, *_ in FAULTS.values()} | {
    "queries/checks/annex-gap.rq",
    "queries/checks/meeting-without-organizer.rq",
    "queries/checks/more-named-than-stated.rq",
    "queries/checks/orphan-sub-item.rq",
}


@pytest.fixture(scope="module")
def state(root: Path) -> ValidationInput:
    return ValidationInput.from_working_tree(Repository.find(root))


def review(state: ValidationInput, add: str, remove: str = "") -> Proposal:
    """Review statements in Turtle, in which dates are in single quotes."""
    prefixes = "".join(
        f"@prefix {name}: <{iri}> .\n" for name, iri in state.repository_files.prefixes.items()
    )
    files = {}
    for name, text in (("add.ttl", add.replace(" . ", " .\n")), ("remove.ttl", remove)):
        content = (prefixes + DATE.sub(r"\1^^xsd:date", text)).encode()
        files[name] = (GraphFile(name, to_graph_iri(f"foreign/{name}"), content),) if text else ()
    return review_update(state, UpdateRequest(add=files["add.ttl"], remove=files["remove.ttl"]))


def shorten(state: ValidationInput, term: object) -> str:
    return state.repository_files.prefixes.shorten(getattr(term, "value", "")) or ""


def read_line(state: ValidationInput, proposal: Proposal, finding: Finding) -> str:
    """Return the line at which a finding points."""
    assert finding.location
    files = (*state.repository_files.files, *proposal.changeset.request.add)
    (content,) = (file.content for file in files if file.path == finding.location.file)
    return content.decode().split("\n")[finding.location.line - 1]


@pytest.mark.parametrize("fault", FAULTS)
def test_both_sides_are_reported(state: ValidationInput, fault: str) -> None:
    check, add, remove, pairs = FAULTS[fault]
    rule = state.repository_files.prefixes.expand(check) or f"queries/checks/{check}.rq"
    proposal = review(state, add, remove)
    found = {
        (shorten(state, one.focus_node), shorten(state, one.value)): one
        for one in proposal.report.findings
        if one.shape == rule
    }
    assert set(found) == {(one, other) for pair in pairs for one in pair for other in pair - {one}}
    for (focus, _), finding in found.items():
        assert read_line(state, proposal, finding).lstrip().startswith(focus)


@pytest.mark.parametrize("case", CONSISTENT)
def test_nothing_uncertain_or_deprecated_is_reported(state: ValidationInput, case: str) -> None:
    expanded = {state.repository_files.prefixes.expand(rule) or rule for rule in RULES}
    assert [one for one in review(state, CONSISTENT[case]).report.findings if one.shape in expanded] == []


def test_meeting_without_organizer_is_reported_at_its_kind(state: ValidationInput) -> None:
    gone = "event:2024-07-01-meeting msme:organizer organization:iwg-msmes ."
    proposal = review(state, "", gone)
    (found,) = (one for one in proposal.report.findings if "meeting-without-organizer" in one.shape)
    assert shorten(state, found.focus_node) == "event:2024-07-01-meeting"
    assert "msme:hasKind event-kind:regular-meeting" in read_line(state, proposal, found)


def test_status_of_work_that_does_not_exist_is_reported(state: ValidationInput) -> None:
    proposal = review(state, "status:x a msme:StatusReport ; msme:statusOf work-item:2023-9 .")
    assert any("StatusReport-statusOf" in one.shape for one in proposal.report.findings)


def test_document_of_a_subclass_needs_source_and_labels(state: ValidationInput) -> None:
    proposal = review(state, "document:x a msme:Recommendation .")
    found = {one.shape for one in proposal.report.findings if one.shape.startswith("queries/")}
    assert found == {"queries/checks/unsourced.rq", "queries/checks/untranslated.rq"}


def test_whole_graph_reports_what_its_updates_would(state: ValidationInput, copy_of_graph: Path) -> None:
    """Two faults in files of the graph itself are found by a full validation, too."""
    place = copy_of_graph / "data/actors/observations.ttl"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("msme:observedMember member:ao", "msme:observedMember member:us"), "utf-8")
    report = validate(ValidationInput.from_working_tree(Repository.find(copy_of_graph)))
    found = [one for one in report.findings if one.shape == "queries/checks/observed-member.rq"]
    assert {one.location.file for one in found if one.location} == {
        "data/actors/memberships.ttl",
        "data/actors/observations.ttl",
    }
    assert {shorten(state, one.focus_node) for one in found} == {
        "membership:us",
        "observation:2024-07-01-meeting-ao",
        "observation:2024-10-18-meeting-ao",
    }

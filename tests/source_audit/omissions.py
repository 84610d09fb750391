"""Columns and cells of the source tables that the graph does not state, each with the reason."""

from __future__ import annotations

_GRADE = "a grade of the compiler; the model grades evidence of membership, and certainty by windows"
_REMARK = "remarks of the compiler: a fact or conflict in them is also in a cell, a note or a claim"

_LATER = {"confidence": _GRADE, "note": _REMARK, "quote": "words of the source, to judge the row by"}

COLUMNS: dict[str, dict[str, str]] = {
    "members": {
        "confidence": _GRADE,
        "note": _REMARK,
        "joined_basis": "how the compiler read the date: window, evidence, sources and notes state it",
        "joined_date_presumed": "a presumption, which never narrows a window (README of the tables)",
        "date_confidence": _GRADE,
        "left_date": "empty in every row: nobody has left",
    },
    "counts": {"note": _REMARK},
    "people": {"confidence": _GRADE, "note": _REMARK},
    "sponsors": {"confidence": _GRADE, "note": _REMARK},
    "nonmembers_observed": {},
    "documents": {
        "topic_tags": "free words of the compiler; the model has work areas and links",
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "package_2020": {
        "candidate_title_unverified": "from general knowledge: not data (README of the tables)",
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "declaration_2021": {
        "label_en": "short names of the compiler; the graph has its own, with symbol and number",
        "label_zh_hant": "short names of the compiler; the graph has its own, with symbol and number",
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "work_areas": {"confidence": _GRADE, "note": _REMARK},
    "work_plan_2023": {
        "status_document": "product or source of the reports on the status, which the sources hold",
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "meetings": {"confidence": _GRADE, "note": _REMARK},
    "tpr_reports": {"confidence": _GRADE, "note": _REMARK},
    "initiatives": {"confidence": _GRADE, "note": _REMARK},
    "organisations": {"confidence": _GRADE, "note": _REMARK},
    "champions": {"confidence": _GRADE, "note": _REMARK},
    "events": {"confidence": _GRADE, "note": _REMARK},
    "stats": {
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "later_people": {**_LATER, "representing": "mostly firms, which are no bodies: job titles name them"},
    "later_sponsors": _LATER,
    "later_meetings": {
        **_LATER,
        "date_precision": "the day is a source's own value: the record keeps the month",
    },
    "later_organisations": _LATER,
    "later_events": {**_LATER, "date_precision": "the day of the news, or a year in the note on the Group"},
    "later_stats": _LATER,
}
"""Columns for which the model has no place."""

_CITED = "narrower: a dated text cites it (note of the row)"
_SPRING = "merges.tsv: between 18 February and 24 June 2021"
_OWN_WORDS = "words of the compiler, put in other words"
_NOT_SEEN = "the cell says that nothing was seen"

CELLS: dict[tuple[str, int, str], str] = {
    (
        "initiatives",
        2,
        "partners",
    ): "partly: ITC and ICC only by a third party, in the note",
    ("initiatives", 48, "operated_by"): "WTO Members at large and an ambassador: in the note",
    ("members", 38, "eu_member_state"): "no state of the Union now, but counted through it until 2020-01-31",
    ("people", 11, "title"): "the cell says that the title is not given",
    (
        "documents",
        7,
        "date",
    ): "merges.tsv: the circulation of Rev.1 is unknown, the day is that of what it revises",
    ("documents", 7, "issuing_body"): "in the note on the first version",
    ("documents", 15, "title_en"): "a descriptive title of the compiler, put in other words",
    ("documents", 15, "date"): "the day of the adoption: when Rev.2 was circulated was not seen",
    ("documents", 23, "date"): "merges.tsv: 2022-06-27",
    ("documents", 24, "date"): "the month of the presentation of 7 April 2022, which is the last day",
    ("documents", 26, "title_en"): "a descriptive title of the compiler, shortened",
    ("documents", 30, "title_en"): "merges.tsv: two initiatives with names of their own",
    ("documents", 30, "source_urls"): "partly: the brief plans them, and is a source of the work item",
    ("documents", 31, "date"): "narrower: tabled by the meeting of 1 July 2024 (note of the row)",
    ("documents", 46, "title_en"): "a descriptive title of the compiler, with the name of the group in full",
    ("documents", 49, "title_en"): "the brief is a source, with its own title and a translated label",
    ("documents", 49, "type"): "the brief is a source, not a document",
    (
        "declaration_2021",
        10,
        "related_items",
    ): "in the editorial note on the text: an inference, no link",
    ("tpr_reports", 9, "tpr_date"): "narrower: reported on 1 July 2024",
    ("tpr_reports", 9, "tpr_date_precision"): "narrower: reported on 1 July 2024",
    ("work_plan_2023", 8, "later_status"): "the cell refers to the items below, which have the reports",
    ("meetings", 10, "date"): _SPRING,
    ("meetings", 10, "date_precision"): _SPRING,
    (
        "meetings",
        25,
        "documents",
    ): "the draft of the report for MC13 is in the note; the report is later",
    (
        "initiatives",
        6,
        "launched_date",
    ): "the day of a decision: the database is much older (note of the row)",
    ("initiatives", 6, "launched_date_precision"): "the day of a decision: the database is much older",
    ("initiatives", 13, "funders"): "the cell says that there are none: in the note",
    (
        "initiatives",
        14,
        "homepage_url",
    ): "the page of the edition of 2020, which has this home page (foaf:homepage is inverse functional)",
    (
        "initiatives",
        15,
        "operated_by",
    ): "partly: the Friends of MSMEs are no body of the graph, in the gist",
    ("initiatives", 23, "launched_date"): "narrower: it existed by 12 June 2022 (work_plan_2023, item 5.1)",
    (
        "initiatives",
        23,
        "launched_date_precision",
    ): "narrower: it existed by 12 June 2022 (work_plan_2023, item 5.1)",
    ("initiatives", 23, "partners"): "the cell names none",
    ("organisations", 11, "name_zh_hant"): "a usual name from general knowledge (notes); the UN has another",
    ("work_plan_2023", 7, "label_en"): _OWN_WORDS,
    ("work_plan_2023", 15, "label_en"): _OWN_WORDS,
    ("events", 35, "place"): _OWN_WORDS,
    ("initiatives", 24, "source_urls"): "partly: the brief plans it, and is a source of the work item",
    ("initiatives", 25, "source_urls"): "partly: the draft is a source of the draft",
    ("initiatives", 27, "source_urls"): "partly: the brief plans it, and is a source of the work item",
    ("initiatives", 28, "source_urls"): "partly: the brief plans it, and is a source of the work item",
    ("initiatives", 30, "launched_date"): "narrower: news of 15 March 2023 cites it",
    ("initiatives", 30, "launched_date_precision"): "narrower: news of 15 March 2023 cites it",
    ("initiatives", 36, "operated_by"): "a paper of the Russian Federation (documents.tsv) to both groups",
    **dict.fromkeys(
        [("initiatives", row, "operated_by") for row in (38, 39, 40)]
        + [("initiatives", row, "relation_to_group") for row in (38, 39)],
        "the Coordinator of the Group issued it (documents.tsv)",
    ),
    ("initiatives", 40, "launched_date"): _CITED,
    ("initiatives", 40, "launched_date_precision"): _CITED,
    (
        "organisations",
        3,
        "homepage_url",
    ): "the address of the WTO, which has this home page (foaf:homepage is inverse functional)",
    (
        "organisations",
        4,
        "source_urls",
    ): "partly: two pages are about the coordinators and are sources of their tenures",
    ("champions", 4, "project_summary"): _NOT_SEEN,
    ("champions", 5, "project_summary"): _NOT_SEEN,
    ("champions", 24, "theme"): _NOT_SEEN,
    ("events", 7, "related_initiative_or_document"): "Rev.1 revises what was adopted and is later",
    ("events", 20, "date"): "merges.tsv: 2020-11, a month; the 5th is the day of the news",
    ("events", 20, "date_precision"): "merges.tsv: 2020-11, a month; the 5th is the day of the news",
    ("events", 20, "related_initiative_or_document"): "the texts published were the draft; Rev.2 is later",
    ("events", 22, "place"): "a joining is the membership; the place is that of the meeting of the day",
    ("events", 32, "date"): _SPRING,
    ("events", 32, "date_precision"): _SPRING,
    (
        "events",
        63,
        "date",
    ): "members.tsv: between March and 1 July 2024; the day is that of the count",
    ("events", 63, "date_precision"): "members.tsv: between March and 1 July 2024",
    ("events", 78, "date"): "narrower: known by 22 February 2022 (members.tsv)",
    ("events", 78, "date_precision"): "narrower: known by 22 February 2022 (members.tsv)",
    ("later_people", 14, "title"): "with the Member, as the source has it (quote of the row)",
    ("later_events", 2, "related_initiative_or_document"): "later than that proposal: no source links them",
    ("later_stats", 2, "as_of"): "undated: 2023 is the year of the work that the page cites",
}
"""Single cells that differ from the graph, by the number of the row; the header is row 1."""

NOTHING_TO_STATE = {
    ("events", "participants"): "guests without an entity of their own, each with its reason in NO_NODE",
    ("members", "founder_status"): "no source names it as a founder: there is no sponsorship to state",
    ("sponsors", "group_member_at_the_time"): "unknown: no evidence of the membership states it",
}
"""Cells for which it is right that the graph states nothing."""

OTHER_ENTITIES = {
    "document:inf-msme-4-rev-1": "package_2020.tsv, earlier_versions: a revision known by its number",
    "document:inf-tge-w-10-rev-1": "documents.tsv, row 46, note: an earlier copy of the news cites it",
}
"""Entities that no cell needs, with the place where the tables name them."""

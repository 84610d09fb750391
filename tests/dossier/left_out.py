"""What of the dossier the graph does not carry: columns without a place, rows and single cells, with reasons."""

from __future__ import annotations

_GRADE = "a grade of the compiler; the model grades evidence of membership, and certainty by windows"
_REMARK = "remarks of the compiler in free words: what of them is a fact or a conflict stands in another column, a note or a claim"

COLUMNS: dict[str, dict[str, str]] = {
    "members": {
        "confidence": _GRADE,
        "note": _REMARK,
        "joined_basis": "how the compiler read the date; window, evidence, sources and notes say it",
        "joined_date_presumed": "a presumption, which never narrows a window (README of the dossier)",
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
        "candidate_title_unverified": "from general knowledge: not data (README of the dossier)",
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "declaration_2021": {
        "label_en": "short names of the compiler; the graph has its own, after the symbol and the number",
        "label_zh_hant": "short names of the compiler; the graph has its own, after the symbol and the number",
        "confidence": _GRADE,
        "note": _REMARK,
    },
    "work_areas": {"confidence": _GRADE, "note": _REMARK},
    "work_plan_2023": {
        "status_document": "the product or the source of the reports on the status, checked as status and source",
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
        "scope": "within the population of the claim, in both languages and other words",
        "confidence": _GRADE,
        "note": _REMARK,
    },
}
"""Columns that the model has no place for."""

ROWS: dict[tuple[str, int], str] = {}
"""Rows without a thing: none."""

CELLS: dict[tuple[str, int, str], str] = {}

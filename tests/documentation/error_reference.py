"""Reference of errors and findings: the ids that can be reported, and the made parts of docs/errors.md."""

from __future__ import annotations

import ast
import re
import textwrap
import tomllib

from documentation.markdown import ROOT
from msme_kg.message_catalog import load_messages
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import CHECKS, QueryCatalog

MESSAGES = ROOT / "msme_kg" / "messages" / "syntax.toml"
PATH = ROOT / "docs" / "errors.md"
BEGIN, END = "<!-- made by make docs: {} begin -->", "<!-- made by make docs: {} end -->"
"""The lines around a made part, with its name."""
_TABLES = ("lint", "convention", "policy")
_PARTS = {"policy/or", "policy/suggestion", "policy/removed-entity-reference"}
"""Messages that are parts or variants of others, without an id of their own in reports."""
_ID = re.compile(rf"(?:{'|'.join(_TABLES)})/[a-z-]+")


def list_finding_ids() -> set[str]:
    """Return the ids of findings that are neither shapes nor checks.

    An id is a message of one of the tables in ``messages/en.toml``, or stands in the code as it is.
    """
    ids = {
        message_id.replace(".", "/", 1)
        for message_id in load_messages("en")
        if message_id.partition(".")[0] in _TABLES
    }
    for path in (ROOT / "msme_kg").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ID.fullmatch(node.value):
                ids.add(node.value)
    return ids - _PARTS


def render_syntax() -> str:
    """Return a table of the kinds of syntax errors: the id, a message with its hint."""
    kinds: dict[str, tuple[str, str]] = {}
    for key, (what, hint) in tomllib.loads(MESSAGES.read_text(encoding="utf-8")).items():
        if key != "other":
            kinds.setdefault(key.partition("/")[0], (what, hint))
    rows = ["| id | for example | cure |", "|---|---|---|"]
    for code, texts in kinds.items():
        shown = (re.sub(r"\{\w+\}", "…", text).replace("{{", "{").replace("}}", "}") for text in texts)
        rows.append(" | ".join([f"| `syntax/{code}`", *(text.replace("|", "\\|") for text in shown)]) + " |")
    return "\n".join(rows) + "\n"


def render_checks() -> str:
    """Return a section for each check, from its header."""
    sections = []
    for check in QueryCatalog(Repository.find(ROOT)).get_all(CHECKS):
        words = f"**{check.title['en']}** ({check.severity}). {check.problem['en']} *{check.solution['en']}*"
        sections.append(f"### {check.path}\n\n{textwrap.fill(words, 120, break_on_hyphens=False)}\n")
    return "\n".join(sections)

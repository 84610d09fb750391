"""Diagnosis of files that do not parse: another format than the ending says, or a syntax error."""

from __future__ import annotations

import re
from pathlib import PurePath

from msme_kg.errors import InputError
from msme_kg.rdf.syntax_diagnosis import Diagnosis, diagnose_merge_conflict, find_offset
from msme_kg.rdf.tolerant_lexer import tokenize_loosely

_MAX_TOKEN_SIZE = 1 << 24
"""The most bytes of a term or comment that the parser takes."""
_XML, _JSON, _TURTLE = (".rdf", ".xml"), (".jsonld",), (".ttl", ".trig", ".nt", ".nq")
_SIGNATURES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (r"\s*<(?:!doctype html|html)", (), "an HTML page", "download the RDF itself"),
    (r"\s*<(?:\?xml|rdf:RDF)", _XML, "XML", "call it .rdf if it is RDF/XML"),
    (r"version https://git-lfs", (), "a Git LFS pointer", "run git lfs pull"),
    (r"\s*(?:\[\s*[\"{]|\{\s*[\"}])", _JSON, "JSON", "call it .jsonld if it is JSON-LD"),
)


def build_syntax_error(content: bytes, name: str, message: str, line: int, column: int) -> InputError:
    """Return the error for a file that the parser refuses.

    Args:
        content: the bytes of the file, in UTF-8 without a byte order mark.
        name: the file's name, which gives the format.
        message: what the parser said.
        line: the line that it named; 0 if unknown.
        column: the column that it named; 0 if unknown. Of JSON it is in bytes.
    """
    text = content.decode("utf-8", "replace")
    form = PurePath(name).suffix.lower() if name != "-" else ".ttl"
    if form in _JSON and column:
        column = len(content.split(b"\n", line)[line - 1][: column - 1].decode("utf-8", "replace")) + 1
    diagnosis = (
        diagnose_merge_conflict(text)
        or _diagnose_format(text, form)
        or _diagnose_syntax(text, form, message, line, column)
    )
    if diagnosis is None:
        shown = f"XML: {message}" if form in _XML and column else message
        diagnosis = Diagnosis("other", find_offset(text, line, column) if column else None, message=shown)
    return diagnosis.to_error(text, name, line, column)


def build_size_error(content: bytes, name: str) -> InputError:
    """Return the error for a file with a term or comment that exceeds the memory of the parser."""
    text = content.decode("utf-8", "replace")
    starts = (
        token.start
        for token in tokenize_loosely(text)
        if token.end - token.start > _MAX_TOKEN_SIZE // 4 and len(token.text.encode()) > _MAX_TOKEN_SIZE
    )
    return Diagnosis("too-long", next(starts, None), size=_MAX_TOKEN_SIZE >> 20).to_error(text, name)


def _diagnose_format(text: str, form: str) -> Diagnosis | None:
    """Return the diagnosis of a file in another format than its ending says."""
    for signature, forms, kind, hint in _SIGNATURES:
        if form not in forms and re.match(signature, text, re.IGNORECASE):
            return Diagnosis("wrong-format/other", 0, kind=kind, hint=hint)
    is_turtle = re.match(r"\s*(?:@prefix|@base|PREFIX|BASE)\s", text)
    return Diagnosis("wrong-format/turtle", 0) if is_turtle and form not in _TURTLE else None


def _diagnose_syntax(text: str, form: str, message: str, line: int, column: int) -> Diagnosis | None:
    """Return the diagnosis of a syntax error; the module of the format is imported when it is needed."""
    offset = find_offset(text, line, column)
    if form in _XML:
        from msme_kg.rdf.rdfxml_diagnosis import diagnose_rdfxml, diagnose_xml

        return diagnose_xml(text, offset, message) if column else diagnose_rdfxml(text, line, message)
    if form in _JSON:
        from msme_kg.rdf.json_diagnosis import diagnose_json, diagnose_jsonld

        return diagnose_json(text, offset, message) if column else diagnose_jsonld(text, line, message)
    from msme_kg.rdf.turtle_diagnosis import diagnose_turtle

    return diagnose_turtle(text, offset, message, form)

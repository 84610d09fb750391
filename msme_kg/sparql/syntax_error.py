"""Syntax errors of SPARQL, without the long list of tokens that the parser expected."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msme_kg.errors import InputError, to_printable
from msme_kg.rdf.syntax_diagnosis import Diagnosis
from msme_kg.sparql.query_diagnosis import diagnose_query
from msme_kg.sparql.query_situation import analyze_query

_NO_PREFIXES: Mapping[str, str] = MappingProxyType({})


def build_syntax_error(
    error: SyntaxError, text: str, update_name: str = "", prefixes: Mapping[str, str] = _NO_PREFIXES
) -> InputError:
    """Return an error with line, column, and the likely cause.

    Args:
        error: the error of the parser.
        text: the query or update.
        update_name: the name of the file of an update; empty for a query.
        prefixes: those that the text need not declare.
    """
    situation = analyze_query(error, text, prefixes, is_update=bool(update_name))
    if situation is None:
        message = to_printable(str(error.msg))
        return InputError(f"query syntax: {message}", location=None, code="syntax/other")
    diagnosis = diagnose_query(situation, prefixes)
    if diagnosis is None:
        token = situation.token
        problem = f"unexpected {to_printable(token.text, 40)!r}" if token else "unexpected end"
        place = token.start if token else len(text.rstrip())
        diagnosis = Diagnosis("other", place, message=problem)
    return diagnosis.to_error(text, update_name or "query", prefix="query syntax: ")

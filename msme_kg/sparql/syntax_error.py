"""Errors of SPARQL queries, without the long list of tokens that the parser expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from msme_kg.errors import InputError, SourceLocation, to_printable

_UNKNOWN_FUNCTION = re.compile("custom function (<[^>]*>)")
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
    from msme_kg.rdf.syntax_diagnosis import Diagnosis  # queries that parse do not wait for it
    from msme_kg.sparql.query_diagnosis import diagnose_query
    from msme_kg.sparql.query_situation import analyze_query

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
    return diagnosis.to_error(text, update_name or "query", frame="error.query-syntax")


def build_evaluation_error(error: RuntimeError, name: str = "query") -> InputError:
    """Return the error of a well-formed query that cannot be evaluated (SPARQL 1.1 §17.6).

    Args:
        error: the error of the engine.
        name: the name of the query or update.
    """
    function = _UNKNOWN_FUNCTION.search(str(error))
    what = f"{function[1]} is not a function" if function else str(error)
    hint = "functions are those of SPARQL 1.1, such as STR, and the constructors of XSD, such as xsd:date"
    return InputError(to_printable(what), location=SourceLocation(name), hint=hint if function else None)


def build_triple_term_error(name: str = "query") -> InputError:
    """Return the error of a query whose result has a triple within a triple, which RDF 1.1 has not."""
    hint = "return its subject, predicate and object instead"
    return InputError("a quoted triple, which RDF 1.1 has not", location=SourceLocation(name), hint=hint)

"""Guards that refuse a query or update which must not reach a parser or an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from msme_kg.errors import TOO_LARGE, SafetyError, SourceLocation
from msme_kg.rdf.parser_guards import MAX_NESTING_DEPTH
from msme_kg.sparql.query_lexer import TOKEN

MAX_QUERY_LENGTH = 100_000
"""The longest query, in characters."""
MAX_UPDATE_LENGTH = 100_000_000
"""The longest update, in characters: it may hold much data."""
MAX_CHAIN_LENGTH = 2_000
"""The most operators, separators and clauses: on very long chains the parser overflows the stack."""
QUERY_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
"""The query forms (SPARQL 1.1 Query §16)."""

_CHAINING_TOKENS = {"&&", *"|+-*/.;,", "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND"}
_REFUSED_OPERATIONS = {
    "LOAD": ("LOAD would fetch a document", "download it, then add the file with --add"),
    **{
        word: (f"{word} affects a whole graph", "list the statements with DELETE and INSERT")
        for word in ("CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
    },
}
"""The operations that begin with these words, with message and hint."""
_BARE_DATE = re.compile(
    r"\d{4}(?:([-/])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])|-0[1-9])(?![\dT/-])", re.ASCII
)
"""A date without quotes, which is a subtraction or division of numbers."""
_ABSOLUTE_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")


@lru_cache(maxsize=64)
def reject_unsafe_query(query: str) -> frozenset[str]:
    """Refuse a query that could end the process, update a graph or reach the network.

    Returns:
        The query form, and those of ``GRAPH`` and ``FROM`` that the query uses.

    Raises:
        SafetyError: too long, too deep, an update, or a call to another server (``SERVICE``).
    """
    words: set[str] = set()
    for word, is_outermost, offset in _scan_words(query, MAX_QUERY_LENGTH):
        # The engine needs no blank after a keyword: GRAPHex:a, FROMNAMEDex:a.
        words |= {one for one in ("GRAPH", *(["FROM"] if is_outermost else ())) if word.startswith(one)}
        if is_outermost and not words & QUERY_FORMS:
            words |= {word} & QUERY_FORMS
        if is_outermost and word in {"INSERT", "DELETE", *_REFUSED_OPERATIONS}:
            raise SafetyError(
                f"{word} is an update; queries only read",
                location=_locate_offset(query, offset),
                hint="use SELECT, ASK, CONSTRUCT or DESCRIBE",
            )
    return frozenset(words)


def reject_unsafe_update(update: str, file_name: str) -> None:
    """Refuse an update that could end the process or reach the network, or that affects whole graphs.

    Args:
        update: the SPARQL 1.1 Update.
        file_name: the name of its file, for error messages.

    Raises:
        SafetyError: too long, too deep, ``SERVICE``, ``LOAD``, or an operation on whole graphs (SPARQL 1.1
            Update §3.1.5, §3.2); with the line.
    """
    begins_operation, in_declaration = True, False
    for word, is_outermost, offset in _scan_words(update, MAX_UPDATE_LENGTH, file_name):
        if not is_outermost:
            continue
        # The engine needs no blank after a keyword: LOADSILENT:name, COPYDEFAULTTO:name.
        operation = next((one for one in _REFUSED_OPERATIONS if word.startswith(one)), "")
        if operation and begins_operation:
            message, hint = _REFUSED_OPERATIONS[operation]
            raise SafetyError(message, hint=hint, location=_locate_offset(update, offset, file_name))
        # Declarations come before the operation; each ends with an IRI.
        is_iri = word.startswith("<")
        in_declaration = not is_iri and (in_declaration or word.startswith(("PREFIX", "BASE")))
        begins_operation = word in {";", "}"} or (begins_operation and (in_declaration or is_iri))


def _locate_offset(text: str, offset: int, file_name: str = "") -> SourceLocation:
    return SourceLocation(file_name or "query", text.count("\n", 0, offset) + 1)


def _scan_words(text: str, max_length: int, file_name: str = "") -> Iterator[tuple[str, bool, int]]:
    """Yield each token in upper case, whether it is outside all brackets, and its offset.

    A prefixed name is yielded as its prefix with the colon; the prefix of a declaration is left out.

    Raises:
        SafetyError: too long, too deep, ambiguous, or a call to another server.
        InputError: a date without quotes.
    """

    def build_error(message: str, hint: str, code: str = "") -> SafetyError:
        return SafetyError(message, hint=hint, location=_locate_offset(text, offset, file_name), code=code)

    noun, offset = "update" if file_name else "query", 0
    if len(text) > max_length:
        raise build_error(f"the {noun} is longer than {max_length} characters", "split it", TOO_LARGE)
    brackets: list[str] = []
    signs = links = members = end = 0
    is_data = False
    keyword = ""
    while match := TOKEN.search(text, end):
        token, offset, end = match[0], match.start(), match.end()
        if match["comment"]:
            continue
        if match["iri"] and _may_be_comparison(text, match, brackets):
            if set("'#") & set(token) or token.count("(") != token.count(")"):
                raise build_error(f"the {noun} has an ambiguous <", "put a space after <")
            end = offset + 1
            continue
        _reject_bare_date(match, file_name)
        if token in "[({":
            brackets.append(token)
            members = 0
        elif token in "])}":
            brackets = brackets[:-1]
            is_data = is_data and bool(brackets)
        else:
            members += 1
        signs = signs + 1 if token in "!+-" else 0
        if max(len(brackets), signs) > MAX_NESTING_DEPTH:
            raise build_error(f"the {noun} nests deeper than {MAX_NESTING_DEPTH}", "simplify it")
        is_declaration = keyword == "PREFIX" and match["local"] is not None
        keyword = (match["keyword"] or "").upper()
        word = "" if is_declaration else keyword or (match["word"] or token).upper()
        is_data = is_data or (word == "DATA" and not brackets)  # the parser reads data in a loop
        if not is_data:
            links += (word in _CHAINING_TOKENS) + keyword.count("-")
        if links > MAX_CHAIN_LENGTH or (members > MAX_CHAIN_LENGTH and brackets[-1:] == ["("]):
            raise build_error(f"the {noun} has more than {MAX_CHAIN_LENGTH} parts", "split it, or use VALUES")
        # The engine needs no blank around a keyword: trueSERVICE:a, SERVICESILENT:a.
        if "SERVICE" in word and (keyword or match["word"]):
            raise build_error("SERVICE would call another server", "query that server with --endpoint")
        yield f"{word}:" if match["local"] else word, not brackets, offset


def _reject_bare_date(token: re.Match[str], file_name: str) -> None:
    date = _BARE_DATE.match(token.string, token.start()) if token["number"] else None
    if date:
        from msme_kg.rdf.syntax_diagnosis import Diagnosis  # queries that pass do not wait for it

        datatype, value = "gYearMonth" if date[1] is None else "date", date[0].replace("/", "-")
        diagnosis = Diagnosis(
            "unquoted-date/arithmetic", token.start(), word=date[0], value=value, datatype=datatype
        )
        raise diagnosis.to_error(token.string, file_name or "query", frame="error.query-syntax")


def _may_be_comparison(text: str, match: re.Match[str], brackets: list[str]) -> bool:
    """Return whether the engine could read ``<`` as less than, or as the start of a quoted triple.

    Only expressions, which are in parentheses, have comparisons; no expression has two slashes in a row.
    """
    is_possible = brackets[-1:] == ["("] or text.startswith("<", match.start() - 1)
    return is_possible and not _ABSOLUTE_IRI.match(match[0])

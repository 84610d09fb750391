"""Strict parser of SPARQL 1.1 Query Results in JSON and XML, tolerant of what stores write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.sparql.results import AskResult, Solutions, Term

MAX_ROWS = 100_000
"""The most rows, or triples, of a result."""

_MAX_NODES = 5_000_000
_RESULTS_NAMESPACE = "{http://www.w3.org/2005/sparql-results#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_VARIABLE_NAME = re.compile(r"[\w.-]+")
_VIRTUOSO_ASK_VARIABLE = "__ask_retval"
"""The column in which Virtuoso returns the boolean of an ASK; some versions write it in upper case."""


class InvalidResultsError(Exception):
    """A response that is not a complete, well-formed result.

    Attributes:
        is_limit_exceeded: whether it is only too large.
    """

    def __init__(self, message: str, *, is_limit_exceeded: bool = False) -> None:
        super().__init__(message)
        self.is_limit_exceeded = is_limit_exceeded


def parse_results(body: bytes, media_type: str) -> Solutions | AskResult:
    """Return the result in a response body.

    Args:
        body: the whole body.
        media_type: one of ``msme_kg.sparql.protocol.RESULTS_MEDIA_TYPES``.

    Raises:
        InvalidResultsError: it is truncated, malformed or too large.
    """
    # Each part becomes an object: a short body may have very many.
    if body.count(b"{") + body.count(b"[") + body.count(b"<") > _MAX_NODES:
        raise InvalidResultsError("the answer has too many parts", is_limit_exceeded=True)
    document = _parse_json(body) if media_type.endswith("json") else _parse_xml(body)
    match document:
        case {"boolean": _, "results": _}:
            raise InvalidResultsError("the answer is both a table and a boolean")
        case {"head": Mapping(), "boolean": bool(value)}:
            return AskResult(value)
        case {"head": {"vars": list(columns)}, "results": {"bindings": list(rows)}}:
            if len(rows) > MAX_ROWS:
                raise InvalidResultsError(f"the answer has more than {MAX_ROWS} rows", is_limit_exceeded=True)
            return _build_solutions(columns, rows)
    raise InvalidResultsError("the answer lacks the members of a SPARQL result")


def parse_boolean_rows(solutions: Solutions) -> AskResult | None:
    """Return the boolean of an ASK that a store returned as a table; None for any other table."""
    if [name.lower() for name in solutions.columns] != [_VIRTUOSO_ASK_VARIABLE] or len(solutions.rows) > 1:
        return None
    if not solutions.rows:
        return AskResult(False)  # Virtuoso returns no row for false
    (term,) = solutions.rows[0]
    text = term.value if isinstance(term, ox.Literal) else ""
    return AskResult(text in {"1", "true"}) if text in {"0", "1", "false", "true"} else None


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise InvalidResultsError("the answer nests too deep") from None
    except ValueError:
        raise InvalidResultsError("the answer is cut, or malformed JSON") from None


class _DoctypeRejectingBuilder(ElementTree.TreeBuilder):
    """A builder that rejects document types, whose entities could expand without limit."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002 (its signature)
        raise InvalidResultsError("the answer declares a document type")


def _parse_xml(body: bytes) -> Any:
    """Return XML results in the structure of JSON results."""
    parser = ElementTree.XMLParser(target=_DoctypeRejectingBuilder())  # noqa: S314 (without document types there is no attack)
    try:
        parser.feed(body)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):  # LookupError: an unknown encoding
        raise InvalidResultsError("the answer is cut, or malformed XML") from None
    if root.tag != f"{_RESULTS_NAMESPACE}sparql":
        return None
    head, boolean = root.find(f"{_RESULTS_NAMESPACE}head"), root.find(f"{_RESULTS_NAMESPACE}boolean")
    document: dict[str, Any] = {}
    if head is not None:
        variables = head.findall(f"{_RESULTS_NAMESPACE}variable")
        document["head"] = {"vars": [variable.get("name") for variable in variables]}
    if boolean is not None:
        values = {"true": True, "1": True, "false": False, "0": False}
        document["boolean"] = values.get((boolean.text or "").strip())
    results = root.find(f"{_RESULTS_NAMESPACE}results")
    if results is not None:
        rows = results.findall(f"{_RESULTS_NAMESPACE}result")
        document["results"] = {"bindings": [dict(_parse_xml_bindings(row)) for row in rows]}
    return document


def _parse_xml_bindings(row: ElementTree.Element) -> Iterator[tuple[str | None, dict[str, str | None]]]:
    for binding in row.findall(f"{_RESULTS_NAMESPACE}binding"):
        for term in binding:
            kind = term.tag.removeprefix(_RESULTS_NAMESPACE)
            parts = {"type": kind, "value": term.text or "", "xml:lang": term.get(_XML_LANG)}
            yield binding.get("name"), {**parts, "datatype": term.get("datatype")}


def _build_solutions(columns: list[Any], rows: list[Any]) -> Solutions:
    if not all(isinstance(name, str) and _VARIABLE_NAME.fullmatch(name) for name in columns):
        raise InvalidResultsError("the answer has malformed names of columns")
    if len(set(columns)) < len(columns):
        raise InvalidResultsError("the answer has two columns of the same name")
    terms = _TermParser()
    known = set(columns)
    solutions = []
    for row in rows:
        if not isinstance(row, dict) or not row.keys() <= known:
            raise InvalidResultsError("the answer has a row that does not fit its columns")
        solutions.append(tuple(terms.parse(row[name]) if name in row else None for name in columns))
    return Solutions(tuple(columns), tuple(solutions))


class _TermParser:
    """Parses terms; blank nodes are renamed, since stores use labels that are not legal."""

    def __init__(self) -> None:
        self._bnodes: dict[str, ox.BlankNode] = {}

    def parse(self, binding: Any) -> Term:
        """Return the term of a binding.

        Raises:
            InvalidResultsError: it is malformed.
        """
        try:
            match binding:
                case {"type": "uri", "value": str(value)}:
                    return ox.NamedNode(value)
                case {"type": "bnode", "value": str(value)}:
                    return self._bnodes.setdefault(value, ox.BlankNode(f"b{len(self._bnodes)}"))
                case {"type": "literal" | "typed-literal", "value": str(value)}:
                    return _build_literal(value, binding.get("xml:lang"), binding.get("datatype"))
        except (TypeError, ValueError):
            pass
        raise InvalidResultsError("the answer has a malformed term")


def _build_literal(value: str, language: Any, datatype: Any) -> ox.Literal:
    """Return a literal; a language tag wins over a datatype, as some stores send both."""
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype or f"{XSD}string"))

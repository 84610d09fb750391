"""Reads the results of SPARQL as stores write them, JSON and XML, and believes only what is whole."""

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
"""The most rows, and the most statements, that are taken."""

_MAX_NODES = 5_000_000
_RESULTS_NAMESPACE = "{http://www.w3.org/2005/sparql-results#}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_VARIABLE_NAME = re.compile(r"[\w.-]+")
_VIRTUOSO_ASK_VARIABLE = "__ask_retval"
"""The column in which Virtuoso answers an ASK with a table; it is in capitals in some versions."""


class InvalidResultsError(Exception):
    """What came are no results; says why, in words of ours.

    Attributes:
        is_limit_exceeded: whether less would have been taken.
    """

    def __init__(self, message: str, *, is_limit_exceeded: bool = False) -> None:
        super().__init__(message)
        self.is_limit_exceeded = is_limit_exceeded


def parse_results(body: bytes, media_type: str) -> Solutions | AskResult:
    """Return the results that a body holds.

    Args:
        body: all of it.
        media_type: the one it was sent under, of the two of ``request.ROWS``.

    Raises:
        NoResultsError: it is cut, malformed or too large.
    """
    # Each part is an object in memory: a small body may hold very many.
    if body.count(b"{") + body.count(b"[") + body.count(b"<") > _MAX_NODES:
        raise InvalidResultsError("the answer has too many parts", is_limit_exceeded=True)
    read = _parse_json(body) if media_type.endswith("json") else _parse_xml(body)
    match read:
        case {"boolean": _, "results": _}:
            raise InvalidResultsError("the answer is both rows and yes or no")
        case {"head": Mapping(), "boolean": bool(truth)}:
            return AskResult(truth)
        case {"head": {"vars": list(columns)}, "results": {"bindings": list(rows)}}:
            if len(rows) > MAX_ROWS:
                raise InvalidResultsError(f"the answer has more than {MAX_ROWS} rows", is_limit_exceeded=True)
            return _build_solutions(columns, rows)
    raise InvalidResultsError("the answer lacks what results must have")


def parse_boolean_rows(solutions: Solutions) -> AskResult | None:
    """Return the truth that a table says which a store gave for an ASK; None if it says none."""
    if [one.lower() for one in solutions.columns] != [_VIRTUOSO_ASK_VARIABLE] or len(solutions.rows) > 1:
        return None
    if not solutions.rows:
        return AskResult(False)  # as Virtuoso says no
    (term,) = solutions.rows[0]
    said = term.value if isinstance(term, ox.Literal) else ""
    return AskResult(said in {"1", "true"}) if said in {"0", "1", "false", "true"} else None


def _parse_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise InvalidResultsError("the answer nests too deep") from None
    except ValueError:
        raise InvalidResultsError("the answer is cut, or malformed JSON") from None


class _DoctypeRejectingBuilder(ElementTree.TreeBuilder):
    """A tree of elements without a document type, which could make much of little."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002 (its signature)
        raise InvalidResultsError("the answer declares a document type")


def _parse_xml(body: bytes) -> Any:
    """Return results in XML as those in JSON are."""
    parser = ElementTree.XMLParser(target=_DoctypeRejectingBuilder())  # noqa: S314 (without document types there is no attack)
    try:
        parser.feed(body)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):  # LookupError: an unknown encoding
        raise InvalidResultsError("the answer is cut, or malformed XML") from None
    if root.tag != f"{_RESULTS_NAMESPACE}sparql":
        return None
    head, found = root.find(f"{_RESULTS_NAMESPACE}head"), root.find(f"{_RESULTS_NAMESPACE}boolean")
    read: dict[str, Any] = {}
    if head is not None:
        read["head"] = {"vars": [one.get("name") for one in head.findall(f"{_RESULTS_NAMESPACE}variable")]}
    if found is not None:
        read["boolean"] = {"true": True, "1": True, "false": False, "0": False}.get(
            (found.text or "").strip()
        )
    results = root.find(f"{_RESULTS_NAMESPACE}results")
    if results is not None:
        rows = results.findall(f"{_RESULTS_NAMESPACE}result")
        read["results"] = {"bindings": [dict(_parse_xml_bindings(row)) for row in rows]}
    return read


def _parse_xml_bindings(row: ElementTree.Element) -> Iterator[tuple[str | None, dict[str, str | None]]]:
    for binding in row.findall(f"{_RESULTS_NAMESPACE}binding"):
        for term in binding:
            kind = term.tag.removeprefix(_RESULTS_NAMESPACE)
            said = {"type": kind, "value": term.text or "", "xml:lang": term.get(_XML_LANG)}
            yield binding.get("name"), {**said, "datatype": term.get("datatype")}


def _build_solutions(columns: list[Any], rows: list[Any]) -> Solutions:
    if not all(isinstance(one, str) and _VARIABLE_NAME.fullmatch(one) for one in columns):
        raise InvalidResultsError("the answer has malformed names of columns")
    if len(set(columns)) < len(columns):
        raise InvalidResultsError("the answer has two columns of one name")
    terms = _TermParser()
    known = set(columns)
    found = []
    for row in rows:
        if not isinstance(row, dict) or not row.keys() <= known:
            raise InvalidResultsError("the answer has a row that does not fit its columns")
        found.append(tuple(terms.parse(row[one]) if one in row else None for one in columns))
    return Solutions(tuple(columns), tuple(found))


class _TermParser:
    """Makes terms; blank nodes, which stores name in ways of their own, get names of ours."""

    def __init__(self) -> None:
        self._bnodes: dict[str, ox.BlankNode] = {}

    def parse(self, binding: Any) -> Term:
        """Return the term that a binding is.

        Raises:
            NoResultsError: it is none.
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
    """Return a literal; the language counts where a datatype is given beside it, as some stores do."""
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype or f"{XSD}string"))

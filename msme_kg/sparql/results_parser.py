"""Reads the results of SPARQL as stores write them, JSON and XML, and believes only what is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox

from msme_kg.namespaces import XSD
from msme_kg.sparql.results import Boolean, Solutions, Term

MOST_ROWS = 100_000
"""The most rows, and the most statements, that are taken."""

_MOST_PARTS = 5_000_000
_NAMESPACE = "{http://www.w3.org/2005/sparql-results#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_COLUMN = re.compile(r"[\w.-]+")
_ASKED = "__ask_retval"
"""The column in which Virtuoso answers an ASK with a table; it is in capitals in some versions."""


class NoResultsError(Exception):
    """What came are no results; says why, in words of ours.

    Attributes:
        is_too_much: whether less would have been taken.
    """

    def __init__(self, what: str, *, is_too_much: bool = False) -> None:
        super().__init__(what)
        self.is_too_much = is_too_much


def read_rows(body: bytes, media_type: str) -> Solutions | Boolean:
    """Return the results that a body holds.

    Args:
        body: all of it.
        media_type: the one it was sent under, of the two of ``request.ROWS``.

    Raises:
        NoResultsError: it is cut, malformed or too large.
    """
    # Each part is an object in memory: a small body may hold very many.
    if body.count(b"{") + body.count(b"[") + body.count(b"<") > _MOST_PARTS:
        raise NoResultsError("the answer has too many parts", is_too_much=True)
    read = _from_json(body) if media_type.endswith("json") else _from_xml(body)
    match read:
        case {"boolean": _, "results": _}:
            raise NoResultsError("the answer is both rows and yes or no")
        case {"head": Mapping(), "boolean": bool(truth)}:
            return Boolean(truth)
        case {"head": {"vars": list(columns)}, "results": {"bindings": list(rows)}}:
            if len(rows) > MOST_ROWS:
                raise NoResultsError(f"the answer has more than {MOST_ROWS} rows", is_too_much=True)
            return _solutions(columns, rows)
    raise NoResultsError("the answer lacks what results must have")


def as_boolean(answer: Solutions) -> Boolean | None:
    """Return the truth that a table says which a store gave for an ASK; None if it says none."""
    if [one.lower() for one in answer.columns] != [_ASKED] or len(answer.rows) > 1:
        return None
    if not answer.rows:
        return Boolean(False)  # as Virtuoso says no
    (term,) = answer.rows[0]
    said = term.value if isinstance(term, ox.Literal) else ""
    return Boolean(said in {"1", "true"}) if said in {"0", "1", "false", "true"} else None


def _from_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError:
        raise NoResultsError("the answer nests too deep") from None
    except ValueError:
        raise NoResultsError("the answer is cut, or malformed JSON") from None


class _Plain(ElementTree.TreeBuilder):
    """A tree of elements without a document type, which could make much of little."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002 (its signature)
        raise NoResultsError("the answer declares a document type")


def _from_xml(body: bytes) -> Any:
    """Return results in XML as those in JSON are."""
    parser = ElementTree.XMLParser(target=_Plain())  # noqa: S314 (without document types there is no attack)
    try:
        parser.feed(body)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError):  # LookupError: an unknown encoding
        raise NoResultsError("the answer is cut, or malformed XML") from None
    if root.tag != f"{_NAMESPACE}sparql":
        return None
    head, found = root.find(f"{_NAMESPACE}head"), root.find(f"{_NAMESPACE}boolean")
    read: dict[str, Any] = {}
    if head is not None:
        read["head"] = {"vars": [one.get("name") for one in head.findall(f"{_NAMESPACE}variable")]}
    if found is not None:
        read["boolean"] = {"true": True, "1": True, "false": False, "0": False}.get(
            (found.text or "").strip()
        )
    results = root.find(f"{_NAMESPACE}results")
    if results is not None:
        rows = results.findall(f"{_NAMESPACE}result")
        read["results"] = {"bindings": [dict(_xml_row(row)) for row in rows]}
    return read


def _xml_row(row: ElementTree.Element) -> Iterator[tuple[str | None, dict[str, str | None]]]:
    for binding in row.findall(f"{_NAMESPACE}binding"):
        for term in binding:
            kind = term.tag.removeprefix(_NAMESPACE)
            said = {"type": kind, "value": term.text or "", "xml:lang": term.get(_LANGUAGE)}
            yield binding.get("name"), {**said, "datatype": term.get("datatype")}


def _solutions(columns: list[Any], rows: list[Any]) -> Solutions:
    if not all(isinstance(one, str) and _COLUMN.fullmatch(one) for one in columns):
        raise NoResultsError("the answer has malformed names of columns")
    if len(set(columns)) < len(columns):
        raise NoResultsError("the answer has two columns of one name")
    terms = _Terms()
    known = set(columns)
    found = []
    for row in rows:
        if not isinstance(row, dict) or not row.keys() <= known:
            raise NoResultsError("the answer has a row that does not fit its columns")
        found.append(tuple(terms.read(row[one]) if one in row else None for one in columns))
    return Solutions(tuple(columns), tuple(found))


class _Terms:
    """Makes terms; blank nodes, which stores name in ways of their own, get names of ours."""

    def __init__(self) -> None:
        self._nodes: dict[str, ox.BlankNode] = {}

    def read(self, said: Any) -> Term:
        """Return the term that a binding is.

        Raises:
            NoResultsError: it is none.
        """
        try:
            match said:
                case {"type": "uri", "value": str(value)}:
                    return ox.NamedNode(value)
                case {"type": "bnode", "value": str(value)}:
                    return self._nodes.setdefault(value, ox.BlankNode(f"b{len(self._nodes)}"))
                case {"type": "literal" | "typed-literal", "value": str(value)}:
                    return _literal(value, said.get("xml:lang"), said.get("datatype"))
        except (TypeError, ValueError):
            pass
        raise NoResultsError("the answer has a malformed term")


def _literal(value: str, language: Any, datatype: Any) -> ox.Literal:
    """Return a literal; the language counts where a datatype is given beside it, as some stores do."""
    if language:
        return ox.Literal(value, language=language)
    return ox.Literal(value, datatype=ox.NamedNode(datatype or f"{XSD}string"))

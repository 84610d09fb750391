"""Strict parser of SPARQL 1.1 Query Results in JSON and XML, tolerant of what stores write."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

import pyoxigraph as ox

from msme_kg.sparql.json_reader import JsonReader, TooLongError
from msme_kg.sparql.results import AskResult, Solutions, Term
from msme_kg.sparql.results_builder import (
    MAX_VALUE_LENGTH,
    InvalidResultsError,
    ResultsBuilder,
    build_limit_error,
)

_NAMESPACE = "http://www.w3.org/2005/sparql-results# "
_XML_LANG = "http://www.w3.org/XML/1998/namespace lang"
_CHUNK_BYTES = 1 << 20
_LONG_TAG = re.compile(rb"<[^<]{%d}" % MAX_VALUE_LENGTH)
_CHILDREN = {
    "": {"sparql"},
    "sparql": {"head", "boolean", "results"},
    "head": {"variable", "link"},
    "results": {"result"},
    "result": {"binding"},
    "binding": {"uri", "bnode", "literal"},
}
"""The elements of XML results by their parents; parsers keep every name that they have seen."""
_MAX_NAMES = 100
"""The most namespaces, and the most attributes that results do not have."""
_VIRTUOSO_ASK_VARIABLE = "__ask_retval"
"""The column in which Virtuoso returns the boolean of an ASK; some versions write it in upper case."""


def parse_results(body: bytes, media_type: str, check_time: Callable[[], object]) -> Solutions | AskResult:
    """Return the result in a response body.

    Args:
        body: the whole body.
        media_type: one of ``msme_kg.sparql.protocol.RESULTS_MEDIA_TYPES``.
        check_time: raises ``TimeoutError`` when no time is left.

    Raises:
        InvalidResultsError: it is truncated, malformed or too large.
        TimeoutError: no time is left.
    """
    builder = ResultsBuilder(check_time)
    syntax = "JSON" if media_type.endswith("json") else "XML"
    try:
        if syntax == "JSON":
            _read_json(body, builder)
        else:
            _XmlResultsReader(builder).read(body)
    except TooLongError:
        raise build_limit_error(f"a row or value longer than {MAX_VALUE_LENGTH // 1_000_000} MB") from None
    except RecursionError:
        raise InvalidResultsError("the answer nests too deep") from None
    except (ValueError, LookupError, expat.ExpatError):  # LookupError: an unknown encoding
        raise InvalidResultsError(f"the answer is cut, or malformed {syntax} results") from None
    return builder.build()


def parse_boolean_rows(solutions: Solutions) -> AskResult | None:
    """Return the boolean of an ASK that a store returned as a table; None for any other table."""
    if [name.lower() for name in solutions.columns] != [_VIRTUOSO_ASK_VARIABLE] or len(solutions.rows) > 1:
        return None
    if not solutions.rows:
        return AskResult(False)  # Virtuoso returns no row for false
    (term,) = solutions.rows[0]
    text = term.value if isinstance(term, ox.Literal) else ""
    return AskResult(text in {"1", "true"}) if text in {"0", "1", "false", "true"} else None


def _read_json(body: bytes, builder: ResultsBuilder) -> None:
    reader = JsonReader(body, MAX_VALUE_LENGTH)
    for member in reader.read_members():
        if member == "results":
            for inner in reader.read_members():
                if inner != "bindings":
                    reader.read_value()
                    continue
                builder.begin_rows()
                for row in reader.read_elements():
                    builder.add_row(_parse_json_row(row, builder))
            continue
        value = reader.read_value()
        if member == "boolean":
            builder.set_boolean(value)
        elif member == "head" and isinstance(value, Mapping) and isinstance(value.get("vars"), list):
            builder.set_columns(value["vars"])
    reader.finish()


def _parse_json_row(row: Any, builder: ResultsBuilder) -> dict[str, Term]:
    if not isinstance(row, Mapping):
        raise InvalidResultsError("the answer has a row that does not fit its columns")
    terms: dict[str, Term] = {}
    for name, binding in row.items():
        parts = binding if isinstance(binding, Mapping) else {}
        terms[name] = builder.build_term(
            parts.get("type"), parts.get("value"), parts.get("xml:lang"), parts.get("datatype")
        )
    return terms


class _XmlResultsReader:
    """Reads results in XML element by element, without a tree."""

    def __init__(self, builder: ResultsBuilder) -> None:
        self._builder = builder
        self._path = [""]
        self._columns: list[object] = []
        self._row: dict[str, Term] = {}
        self._binding_name = ""
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._text_length = 0
        self._name_count = 0

    def read(self, body: bytes) -> None:
        """Read the whole body.

        Raises:
            expat.ExpatError: it is not well-formed.
            InvalidResultsError: it has what results do not have.
        """
        if _LONG_TAG.search(body):
            raise TooLongError
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._reject_doctype
        parser.StartNamespaceDeclHandler = lambda *_: self._count_names(1)
        parser.StartElementHandler = self._open_element
        parser.EndElementHandler = self._close_element
        parser.CharacterDataHandler = self._add_text
        for start in range(0, len(body), _CHUNK_BYTES):
            parser.Parse(body[start : start + _CHUNK_BYTES], False)
        parser.Parse(b"", True)

    def _reject_doctype(self, *_: object) -> None:
        # Its entities could expand without limit.
        raise InvalidResultsError("the answer declares a document type")

    def _count_names(self, number: int) -> None:
        self._name_count += number
        if self._name_count > _MAX_NAMES:
            raise build_limit_error("very many names that SPARQL results do not have")

    def _open_element(self, tag: str, attributes: dict[str, str]) -> None:
        self._builder.check_time()
        name = tag.removeprefix(_NAMESPACE)
        if name not in _CHILDREN.get(self._path[-1], ()):
            raise InvalidResultsError(
                "the answer lacks the members of a SPARQL result"
                if len(self._path) == 1
                else "the answer has an element that SPARQL results do not have"
            )
        self._count_names(len(attributes.keys() - {"name", "datatype", "href", _XML_LANG}))
        self._path.append(name)
        self._attributes, self._text, self._text_length = attributes, [], 0
        match name:
            case "variable":
                self._columns.append(attributes.get("name"))
            case "results":
                self._builder.begin_rows()
            case "result":
                self._row = {}
            case "binding":
                self._binding_name = attributes.get("name", "")

    def _add_text(self, text: str) -> None:
        self._text.append(text)
        self._text_length += len(text)
        if self._text_length > MAX_VALUE_LENGTH:
            raise TooLongError

    def _close_element(self, _: str) -> None:
        name, text = self._path.pop(), "".join(self._text)
        match name:
            case "head":
                self._builder.set_columns(self._columns)
            case "boolean":
                values = {"true": True, "1": True, "false": False, "0": False}
                self._builder.set_boolean(values.get(text.strip(), text))
            case "uri" | "bnode" | "literal":
                language, datatype = self._attributes.get(_XML_LANG), self._attributes.get("datatype")
                self._row[self._binding_name] = self._builder.build_term(name, text, language, datatype)
            case "result":
                self._builder.add_row(self._row)

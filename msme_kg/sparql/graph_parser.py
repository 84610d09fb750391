"""Strict parser of the statements that a store answers with, within limits of number and size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from sys import getsizeof

import pyoxigraph as ox

from msme_kg.errors import KGError, to_printable
from msme_kg.rdf.parser_guards import reject_deep_nesting, reject_unsafe_turtle
from msme_kg.rdf.terms import split_quad
from msme_kg.sparql.protocol import RDF_MEDIA_TYPES
from msme_kg.sparql.results_builder import MAX_ROWS, MAX_TEXT_SIZE, InvalidResultsError, build_limit_error

_MAX_OPEN_PARTS = 200_000
"""The most brackets and prefixes of Turtle, for which the parser keeps memory until they are closed."""


def parse_statements(
    body: bytes,
    media_type: str,
    check_time: Callable[[], object],
    *,
    max_count: int = MAX_ROWS,
    max_size: int = MAX_TEXT_SIZE,
) -> Iterator[ox.Quad]:
    """Yield the statements in a response body.

    Args:
        body: the whole body.
        media_type: one of ``msme_kg.sparql.protocol.RDF_MEDIA_TYPES``.
        check_time: raises ``TimeoutError`` when no time is left.
        max_count: the most statements.
        max_size: the most bytes that their text may take in memory: Turtle can repeat a long IRI in each.

    Raises:
        InvalidResultsError: they are malformed or too large.
        TimeoutError: no time is left.
    """
    rdf_format = RDF_MEDIA_TYPES[media_type]
    if rdf_format == ox.RdfFormat.TURTLE:
        folded = body.lower()
        if folded.count(b"[") + folded.count(b"prefix") > _MAX_OPEN_PARTS:
            raise build_limit_error(f"more than {_MAX_OPEN_PARTS} brackets and prefixes")
    count = size = 0
    try:
        reject_unsafe_turtle(body, "answer")
        for quad in reject_deep_nesting(ox.parse(body, format=rdf_format), "answer"):
            check_time()
            count += 1
            size += sum(getsizeof(term.value) for term in split_quad(quad))
            if count > max_count:
                raise build_limit_error(f"more than {max_count} statements")
            if size > max_size:
                raise build_limit_error(f"more than {max_size // 1_000_000} MB of text")
            yield quad
    except SyntaxError as error:
        raise InvalidResultsError(
            f"the statements are cut or malformed: {to_printable(str(error.msg))}"
        ) from None
    except KGError as error:
        line = f" (line {error.location.line})" if error.location and error.location.line else ""
        raise InvalidResultsError(f"the statements are malformed{line}: {error.message}") from None
    except MemoryError:
        # The parser's own limit, which is no lack of memory.
        raise build_limit_error("a statement longer than 16 MB") from None

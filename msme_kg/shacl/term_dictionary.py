"""The terms of a graph, each with a number, and what checks ask of each as columns."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, XSD
from msme_kg.shacl import literal_values
from msme_kg.shacl.model import Term

Ids = NDArray[np.int64]
IRI, BLANK, LITERAL = 0, 1, 2
COLUMN_DTYPES: dict[str, Any] = {
    "kinds": np.uint8,
    "datatypes": np.int32,
    "languages": np.int32,
    "lexical_states": np.uint8,
    "comparison_kinds": np.int8,
    "comparison_values": np.float64,
    "lengths": np.int32,
}
_LITERAL_DEFAULTS = {
    "datatypes": -1,
    "languages": -1,
    "lexical_states": literal_values.PASS,
    "comparison_kinds": 0,
    "comparison_values": 0.0,
}
"""What is known of literals only, and what stands in its place for other terms."""
_INDEX_DTYPES: dict[str, Any] = {"ends": np.int64, "sums": np.uint32, "order": np.int32}
_KIND_CODES = {ox.NamedNode: IRI, ox.BlankNode: BLANK, ox.Literal: LITERAL}
_UNDECIDABLE_BYTES = np.array([code >= 0x80 or code <= 0x20 or code == ord("\\") for code in range(256)])
"""The bytes that do not tell what a text begins or ends with."""
_LOWERCASE_BYTES = np.array([ord(chr(code).lower()) if code < 0x80 else code for code in range(256)])
_XSD_STRING, _RDF_LANG_STRING = f"{XSD}string", f"{RDF}langString"
_TRIPLE_TEMPLATE = b"<a:> <a:> %s .\n"


class TermDictionary:
    """Terms by number and numbers by term.

    Attributes:
        kinds: of each term, ``IRI``, ``BLANK`` or ``LITERAL``.
        datatypes: of each term, the place of its datatype in ``datatype_names``; -1: no literal.
        languages: of each term, the place of its tag in ``tags``, which are in lower case; -1: none.
        lexical_states: of each term, whether its form is surely right for the datatype, see
            ``literal_values.form``.
        comparison_kinds: of each term, what it compares with, see ``literal_values.comparable``; 0: nothing.
        comparison_values: of each term, what it compares by.
        lengths: of each term, the characters of its text; of a blank node none.
    """

    kinds: NDArray[np.uint8]
    datatypes: NDArray[np.int32]
    languages: NDArray[np.int32]
    lexical_states: NDArray[np.uint8]
    comparison_kinds: NDArray[np.int8]
    comparison_values: NDArray[np.float64]
    lengths: NDArray[np.int32]

    def __init__(self, terms: Sequence[Term] = ()) -> None:
        """Take terms, each of which stands once; their numbers count from 0."""
        self.datatype_names: dict[str, int] = {}
        self.language_tags: dict[str, int] = {}
        self._ids: dict[Term, int] = {}
        self._terms: dict[int, Term] = {}
        self._text_buffer = memoryview(b"")
        self._stored_columns: dict[str, NDArray[Any]] = {
            name: np.empty(0, kind) for name, kind in _INDEX_DTYPES.items()
        }
        for name, kind in COLUMN_DTYPES.items():
            setattr(self, name, np.empty(0, kind))
        self._append(terms)

    def __len__(self) -> int:
        return len(self.kinds)

    def add(self, terms: Iterable[Term]) -> None:
        """Give a number to each term that has none."""
        fresh = [one for one in dict.fromkeys(terms) if self.get_id(one) < 0]
        if fresh:
            self._append(fresh)

    def _append(self, fresh: Sequence[Term]) -> None:
        """Give a number to each of some terms that have none."""
        start = len(self)
        self._ids.update(zip(fresh, range(start, start + len(fresh)), strict=True))
        self._terms.update(enumerate(fresh, start))
        for name, column in compute_term_columns(fresh, self.datatype_names, self.language_tags).items():
            setattr(self, name, np.concatenate([getattr(self, name), column]))

    def get_id(self, term: Term) -> int:
        """Return the number of a term, -1 if it has none."""
        found = self._ids.get(term)
        if found is not None or not len(self._stored_columns["sums"]):
            return -1 if found is None else found
        text = str(term).encode()
        sums = self._stored_columns["sums"]
        sum_ = np.uint32(zlib.crc32(text))
        left, right = np.searchsorted(sums, sum_, "left"), np.searchsorted(sums, sum_, "right")
        for number in self._stored_columns["order"][left:right].tolist():
            if self._serialize_term(number) == text:
                self._ids[term] = number
                return int(number)
        return -1

    def find_ids(self, terms: Iterable[Term]) -> Ids:
        """Return the numbers of those terms that have one, sorted."""
        return np.unique(np.array([one for one in map(self.get_id, terms) if one >= 0], dtype=np.int64))

    def get_terms(self, ids: Ids) -> list[Term]:
        """Return the terms of numbers."""
        wanted = ids.tolist()
        unread = [one for one in dict.fromkeys(wanted) if one not in self._terms]
        lines = b"".join(_TRIPLE_TEMPLATE % self._serialize_term(one) for one in unread)
        for number, quad in zip(unread, ox.parse(lines, ox.RdfFormat.N_TRIPLES), strict=True):
            self._terms[number] = quad.object
        return [self._terms[one] for one in wanted]

    def serialize_terms(self, ids: Ids) -> list[str]:
        """Return the terms of numbers as N-Triples writes them, which takes less than to read them."""
        return [self._serialize_term(number).decode() for number in ids.tolist()]

    def decode_strings(self, ids: Ids) -> list[str]:
        """Return what terms, none of them blank, have in brackets or quotes; only escapes are parsed."""
        if (ids >= len(self._stored_columns["ends"])).any():
            return [term.value for term in self.get_terms(ids)]
        first, last = self._locate_strings(ids)
        texts = [
            str(self._text_buffer[start:end], "utf-8")
            for start, end in zip(first.tolist(), last.tolist(), strict=True)
        ]
        for place in [place for place, text in enumerate(texts) if "\\" in text]:
            texts[place] = self.get_terms(ids[place : place + 1])[0].value
        return texts

    def _locate_strings(self, ids: Ids) -> tuple[Ids, Ids]:
        """Return where the brackets or quotes of stored terms, none of them blank, open and close."""
        ends = self._stored_columns["ends"]
        tags = np.array([*(len(tag) + 1 for tag in self.language_tags), 0])[self.languages[ids]]
        kinds = [
            0 if name in {_XSD_STRING, _RDF_LANG_STRING} else len(f"^^<{name}>".encode())
            for name in self.datatype_names
        ]
        last = ends[ids] - 1 - tags - np.array([*kinds, 0])[self.datatypes[ids]]
        return np.where(ids > 0, ends[ids - 1], 0) + 1, last

    def can_match_ends(self, ids: Ids, first: str, last: str) -> NDArray[np.bool_]:
        """Tell which terms may begin and end with two characters, without regard to case and blanks.

        What is told from one byte is told: terms with other bytes than ASCII there, blanks or escapes may.
        """
        found = np.ones(len(ids), dtype=bool)
        stored = ids < len(self._stored_columns["ends"])
        bytes_ = np.frombuffer(self._text_buffer, np.uint8)
        opens, closes = self._locate_strings(ids[stored])
        for character, places in ((first, opens), (last, closes - 1)):
            if character.isascii():
                here = bytes_[places]
                apart = (_LOWERCASE_BYTES[here] != _LOWERCASE_BYTES[ord(character)]) & ~_UNDECIDABLE_BYTES[
                    here
                ]
                found[stored] &= ~apart | (closes <= opens)
        return found

    def serialize_triples(self, triples: Iterable[tuple[int, int, int]]) -> bytes:
        """Return statements, given by numbers, as N-Triples."""
        return b"".join(b"%s %s %s .\n" % tuple(map(self._serialize_term, row)) for row in triples)

    def _serialize_term(self, term_id: int) -> bytes:
        ends = self._stored_columns["ends"]
        if term_id >= len(ends):
            return str(self._terms[term_id]).encode()
        start = int(ends[term_id - 1]) if term_id else 0
        return bytes(self._text_buffer[start : int(ends[term_id])])

    def to_buffers(self) -> Mapping[str, bytes | memoryview]:
        """Return everything as bytes, for a cache."""
        texts = [self._serialize_term(number) for number in range(len(self))]
        facts = {name: getattr(self, name) for name in COLUMN_DTYPES}
        return build_term_buffers(
            texts, compute_checksums(texts), facts, list(self.datatype_names), list(self.language_tags)
        )

    @classmethod
    def from_buffers(cls, buffers: Mapping[str, bytes | memoryview]) -> TermDictionary:
        """Return what ``parts`` made bytes of."""
        found = cls()
        datatypes, tags = json.loads(bytes(buffers["names"]))
        found.datatype_names = {name: place for place, name in enumerate(datatypes)}
        found.language_tags = {tag: place for place, tag in enumerate(tags)}
        found._text_buffer = memoryview(buffers["texts"])
        for name, kind in COLUMN_DTYPES.items():
            setattr(found, name, np.frombuffer(buffers[name], kind))
        found._stored_columns = {
            name: np.frombuffer(buffers[name], kind) for name, kind in _INDEX_DTYPES.items()
        }
        return found


def compute_checksums(texts: Sequence[bytes]) -> NDArray[np.uint32]:
    """Return the checksum of each text, by which a term is looked up."""
    return np.fromiter(map(zlib.crc32, texts), np.uint32, len(texts))


def build_term_buffers(
    texts: Sequence[bytes],
    checksums: NDArray[np.uint32],
    term_columns: Mapping[str, NDArray[Any]],
    datatypes: Sequence[str],
    tags: Sequence[str],
) -> dict[str, bytes]:
    """Return terms as bytes, for a cache.

    Args:
        texts: the terms as N-Triples, each once.
        checksums: their checksums.
        term_columns: what is known of each, by column.
        datatypes: the datatypes by number.
        tags: the language tags by number.
    """
    order = np.argsort(checksums, kind="stable")
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    columns = {**term_columns, "ends": ends, "sums": checksums[order], "order": order}
    kinds = COLUMN_DTYPES | _INDEX_DTYPES
    return {
        "names": json.dumps([datatypes, tags]).encode(),
        "texts": b"".join(texts),
        **{name: np.ascontiguousarray(one, kinds[name]).tobytes() for name, one in columns.items()},
    }


def compute_term_columns(
    terms: Sequence[Term], datatypes: dict[str, int], tags: dict[str, int]
) -> dict[str, NDArray[Any]]:
    """Return what is known of each term, by column; datatypes and tags that are new get a number."""
    kinds = np.fromiter((_KIND_CODES[type(term)] for term in terms), np.uint8, len(terms))
    lengths = np.fromiter((len(term.value) for term in terms), np.int32, len(terms))
    lengths[kinds == BLANK] = 0
    places = np.flatnonzero(kinds == LITERAL)
    rows: dict[tuple[int, int, int, int, float], int] = {}
    tagged: dict[str | None, int] = {}

    def add_literal(literal: ox.Literal) -> int:
        known = tagged.get(literal.language)
        if known is None:
            known = rows.setdefault(_describe_literal(literal, datatypes, tags), len(rows))
            if literal.language:
                tagged[literal.language] = known
        return known

    # Most literals are alike in what is known of them, and are texts in some language.
    literals = (cast(ox.Literal, terms[place]) for place in places.tolist())
    numbers = np.fromiter(map(add_literal, literals), np.int32, len(places))
    table = np.array(list(rows), dtype=[(name, COLUMN_DTYPES[name]) for name in _LITERAL_DEFAULTS])
    columns: dict[str, NDArray[Any]] = {"kinds": kinds, "lengths": lengths}
    for name, otherwise in _LITERAL_DEFAULTS.items():
        columns[name] = np.full(len(terms), otherwise, COLUMN_DTYPES[name])
        columns[name][places] = table[name][numbers]
    return columns


def _describe_literal(
    term: ox.Literal, datatypes: dict[str, int], tags: dict[str, int]
) -> tuple[int, int, int, int, float]:
    tag = term.language
    if tag:
        code = datatypes.setdefault(_RDF_LANG_STRING, len(datatypes))
        return code, tags.setdefault(tag.lower(), len(tags)), literal_values.MAYBE, 0, 0.0
    datatype = term.datatype.value
    code = datatypes.setdefault(datatype, len(datatypes))
    if datatype == _XSD_STRING:
        return code, -1, literal_values.PASS, 0, 0.0
    form = literal_values.check_lexical_form(term.value, datatype)
    sort, value = (
        literal_values.compute_comparison_value(term.value, datatype)
        if form == literal_values.PASS
        else (0, 0.0)
    )
    return code, -1, form, sort, value

"""Dictionary encoding of terms: an integer id for each, and its properties as columns."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, cast

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, XSD
from msme_kg.rdf.lexical import is_valid_lexical_form
from msme_kg.shacl.literal_values import ComparisonKind, compute_comparison_value
from msme_kg.shacl.model import Term
from msme_kg.storage.type_check import require_type

Ids = NDArray[np.int64]
IRI, BLANK, LITERAL = 0, 1, 2
"""The node kinds (SHACL §4.1.3)."""
COLUMN_DTYPES: dict[str, Any] = {
    "kinds": np.uint8,
    "datatypes": np.int32,
    "languages": np.int32,
    "ill_typed": np.bool_,
    "comparison_kinds": np.int8,
    "comparison_values": np.float64,
    "lengths": np.int32,
}
_LITERAL_DEFAULTS = {
    "datatypes": -1,
    "languages": -1,
    "ill_typed": False,
    "comparison_kinds": ComparisonKind.NONE,
    "comparison_values": 0.0,
}
"""The columns that describe literals only, with the value for other terms."""
_INDEX_DTYPES: dict[str, Any] = {"ends": np.int64, "sums": np.uint32, "order": np.int32}
_KIND_CODES = {ox.NamedNode: IRI, ox.BlankNode: BLANK, ox.Literal: LITERAL}
_UNDECIDABLE_BYTES = np.array([code >= 0x80 or code <= 0x20 or code == ord("\\") for code in range(256)])
"""The bytes that do not determine the first or last character: non-ASCII, blank or part of an escape."""
_LOWERCASE_BYTES = np.array([ord(chr(code).lower()) if code < 0x80 else code for code in range(256)])
_XSD_STRING, _RDF_LANG_STRING = f"{XSD}string", f"{RDF}langString"
_TRIPLE_TEMPLATE = b"<a:> <a:> %s .\n"
_MAX_PARSED_SIZE = 1 << 23
"""The bytes of a term that the parser of pyoxigraph reads at most here; it refuses more than 16 MB."""
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
"""An escape in a literal (RDF 1.1 N-Triples §7: UCHAR, ECHAR)."""
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class TermDictionary:
    """Terms by id and ids by term; each column has an entry per term.

    Attributes:
        kinds: ``IRI``, ``BLANK`` or ``LITERAL``.
        datatypes: the position of the datatype in ``datatype_names``; -1 for other terms than literals.
        languages: the position of the language tag, in lower case, in ``language_tags``; -1 for none.
        ill_typed: the lexical form is not in the lexical space of the datatype (RDF 1.1 Concepts §3.3).
        comparison_kinds: the ``ComparisonKind``, see ``compute_comparison_value``.
        comparison_values: the value to compare by.
        lengths: the number of characters of the IRI or lexical form; 0 for blank nodes.
    """

    kinds: NDArray[np.uint8]
    datatypes: NDArray[np.int32]
    languages: NDArray[np.int32]
    ill_typed: NDArray[np.bool_]
    comparison_kinds: NDArray[np.int8]
    comparison_values: NDArray[np.float64]
    lengths: NDArray[np.int32]

    def __init__(self, terms: Sequence[Term] = ()) -> None:
        """Assign ids from 0 to distinct terms."""
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
        """Assign an id to each term that has none."""
        fresh = [one for one in dict.fromkeys(terms) if self.get_id(one) < 0]
        if fresh:
            self._append(fresh)

    def _append(self, fresh: Sequence[Term]) -> None:
        """Assign an id to each of some distinct terms that have none."""
        start = len(self)
        self._ids.update(zip(fresh, range(start, start + len(fresh)), strict=True))
        self._terms.update(enumerate(fresh, start))
        for name, column in compute_term_columns(fresh, self.datatype_names, self.language_tags).items():
            setattr(self, name, np.concatenate([getattr(self, name), column]))

    def get_id(self, term: Term) -> int:
        """Return the id of a term; -1 if it has none."""
        known_id = self._ids.get(term)
        if known_id is not None or not len(self._stored_columns["sums"]):
            return -1 if known_id is None else known_id
        text = str(term).encode()
        checksums = self._stored_columns["sums"]
        checksum = np.uint32(zlib.crc32(text))
        left, right = (np.searchsorted(checksums, checksum, side) for side in ("left", "right"))
        for term_id in self._stored_columns["order"][left:right].tolist():
            if self._serialize_term(term_id) == text:
                self._ids[term] = term_id
                return int(term_id)
        return -1

    def find_ids(self, terms: Iterable[Term]) -> Ids:
        """Return the ids of the terms that have one, sorted."""
        return np.array(sorted({each for each in map(self.get_id, terms) if each >= 0}), dtype=np.int64)

    def get_terms(self, ids: Ids) -> list[Term]:
        """Return the terms with some ids."""
        wanted = ids.tolist()
        missing = {term_id: self._serialize_term(term_id) for term_id in wanted if term_id not in self._terms}
        for term_id in [
            term_id for term_id, text in missing.items() if len(text) > _MAX_PARSED_SIZE and text[:1] == b'"'
        ]:
            self._terms[term_id] = self._decode_literal(term_id)
            del missing[term_id]
        lines = b"".join(_TRIPLE_TEMPLATE % text for text in missing.values())
        for term_id, quad in zip(missing, ox.parse(lines, ox.RdfFormat.N_TRIPLES), strict=True):
            self._terms[term_id] = quad.object
        return [self._terms[term_id] for term_id in wanted]

    def serialize_terms(self, ids: Ids) -> list[str]:
        """Return the terms with some ids as N-Triples, without parsing them."""
        return [self._serialize_term(term_id).decode() for term_id in ids.tolist()]

    def decode_strings(self, ids: Ids) -> list[str]:
        """Return the IRIs and lexical forms of terms that are not blank; only escapes are parsed."""
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

    def _decode_literal(self, term_id: int) -> ox.Literal:
        """Return a stored literal, of any length."""
        (start,), (end,) = self._locate_strings(np.array([term_id]))
        value = _ESCAPE.sub(_unescape, str(self._text_buffer[start:end], "utf-8"))
        if (language := self.languages[term_id]) >= 0:
            return ox.Literal(value, language=list(self.language_tags)[language])
        return ox.Literal(value, datatype=ox.NamedNode(list(self.datatype_names)[self.datatypes[term_id]]))

    def _locate_strings(self, ids: Ids) -> tuple[Ids, Ids]:
        """Return the offsets of the IRIs and lexical forms of stored terms that are not blank."""
        ends = self._stored_columns["ends"]
        tags = np.array([*(len(tag) + 1 for tag in self.language_tags), 0])[self.languages[ids]]
        kinds = [
            0 if name in {_XSD_STRING, _RDF_LANG_STRING} else len(f"^^<{name}>".encode())
            for name in self.datatype_names
        ]
        last = ends[ids] - 1 - tags - np.array([*kinds, 0])[self.datatypes[ids]]
        return np.where(ids > 0, ends[ids - 1], 0) + 1, last

    def can_match_ends(self, ids: Ids, firsts: Set[str], lasts: Set[str]) -> NDArray[np.bool_]:
        """Return which terms may begin and end with some characters, ignoring case and surrounding blanks.

        Only ASCII and unified ideographs are compared, which no normalization changes: terms with another
        character, a blank or an escape there always may.
        """
        possible = np.ones(len(ids), dtype=bool)
        stored = ids < len(self._stored_columns["ends"])
        buffer = np.frombuffer(self._text_buffer, np.uint8)
        starts, ends = self._locate_strings(ids[stored])
        for characters, offsets, heads in ((firsts, starts, starts), (lasts, ends - 1, ends - 3)):
            if all(one.isascii() or "\u4e00" <= one <= "\u9fff" for one in characters):
                codes = [int.from_bytes(one.encode(), "big") for one in characters]
                wanted = np.isin(_LOWERCASE_BYTES, _LOWERCASE_BYTES[[one for one in codes if one < 0x80]])
                is_match = (wanted | _UNDECIDABLE_BYTES)[buffer[offsets]] | (ends <= starts)
                three = buffer.take(heads[:, None] + np.arange(3), mode="clip").astype(np.int64)
                found = three @ np.array([1 << 16, 1 << 8, 1])
                is_ideograph = (found >= 0xE40000) & (found < 0xEA0000)  # U+4000 to U+9FFF in UTF-8
                possible[stored] &= is_match & (~is_ideograph | np.isin(found, codes))
        return possible

    def serialize_triples(self, triples: Iterable[tuple[int, int, int]]) -> bytes:
        """Return triples of ids as N-Triples."""
        return b"".join(b"%s %s %s .\n" % tuple(map(self._serialize_term, row)) for row in triples)

    def _serialize_term(self, term_id: int) -> bytes:
        ends = self._stored_columns["ends"]
        if term_id >= len(ends):
            return str(self._terms[term_id]).encode()
        start = int(ends[term_id - 1]) if term_id else 0
        return bytes(self._text_buffer[start : int(ends[term_id])])

    @classmethod
    def from_buffers(cls, buffers: Mapping[str, bytes | memoryview]) -> TermDictionary:
        """Return the dictionary from the buffers of ``build_term_buffers``.

        Raises:
            Exception: the buffers are not those.
        """
        terms = cls()
        datatypes, tags = require_type(json.loads(bytes(buffers["names"])), list[list[str]])
        terms.datatype_names = {name: position for position, name in enumerate(datatypes)}
        terms.language_tags = {tag: position for position, tag in enumerate(tags)}
        terms._text_buffer = memoryview(buffers["texts"])
        for name, dtype in COLUMN_DTYPES.items():
            setattr(terms, name, np.frombuffer(buffers[name], dtype))
        terms._stored_columns = {
            name: np.frombuffer(buffers[name], dtype) for name, dtype in _INDEX_DTYPES.items()
        }
        terms._verify_columns()
        return terms

    def _verify_columns(self) -> None:
        """Raise an error unless the columns have the same length, and positions are within their bounds."""
        size, stored = len(self), self._stored_columns
        columns = [*(getattr(self, name) for name in COLUMN_DTYPES), *stored.values()]
        bounds: list[tuple[NDArray[Any], int, int]] = [
            (self.kinds, 0, LITERAL + 1),
            (self.datatypes, -1, len(self.datatype_names)),
            (self.languages, -1, len(self.language_tags)),
            (stored["order"], 0, size),
        ]
        starts = np.concatenate([[0], stored["ends"]])
        first, last = self._locate_strings(np.arange(size))
        if (
            any(len(column) != size for column in columns)
            or any((column < low).any() or (column >= high).any() for column, low, high in bounds)
            or (np.diff(starts) <= 0).any()
            or starts[-1] != len(self._text_buffer)
            or (first > last).any()
        ):
            raise ValueError("columns of different graphs")


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])


def encode_terms(terms: Sequence[Term]) -> dict[str, bytes]:
    """Return the dictionary of some distinct terms as buffers, which take less memory than the terms."""
    datatypes: dict[str, int] = {}
    tags: dict[str, int] = {}
    columns = compute_term_columns(terms, datatypes, tags)
    texts = [str(term).encode() for term in terms]
    return build_term_buffers(texts, compute_checksums(texts), columns, list(datatypes), list(tags))


def compute_checksums(texts: Sequence[bytes]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each term, by which ``get_id`` finds it."""
    return np.fromiter(map(zlib.crc32, texts), np.uint32, len(texts))


def build_term_buffers(
    texts: Sequence[bytes],
    checksums: NDArray[np.uint32],
    term_columns: Mapping[str, NDArray[Any]],
    datatypes: Sequence[str],
    tags: Sequence[str],
) -> dict[str, bytes]:
    """Return a term dictionary as buffers for the cache.

    Args:
        texts: the distinct terms as N-Triples.
        checksums: their checksums.
        term_columns: their columns by name.
        datatypes: the datatypes by position.
        tags: the language tags by position.
    """
    order = np.argsort(checksums, kind="stable")
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    columns = {**term_columns, "ends": ends, "sums": checksums[order], "order": order}
    kinds = COLUMN_DTYPES | _INDEX_DTYPES
    return {
        "names": json.dumps([datatypes, tags]).encode(),
        "texts": b"".join(texts),
        **{name: np.ascontiguousarray(column, kinds[name]).tobytes() for name, column in columns.items()},
    }


# Ill-typed, kind and value of comparison; plain integers are faster to hash than members of an enumeration.
_TEXT = False, int(ComparisonKind.NONE), 0.0


def compute_term_columns(
    terms: Sequence[Term], datatypes: dict[str, int], tags: dict[str, int]
) -> dict[str, NDArray[Any]]:
    """Return the columns of some terms by name; new datatypes and tags are added to the mappings."""
    kinds = np.fromiter((_KIND_CODES[type(term)] for term in terms), np.uint8, len(terms))
    lengths = np.fromiter((len(term.value) for term in terms), np.int32, len(terms))
    lengths[kinds == BLANK] = 0
    places = np.flatnonzero(kinds == LITERAL)
    rows: dict[tuple[int, int, bool, int, float], int] = {}
    tagged: dict[str | None, int] = {}

    def add_literal(literal: ox.Literal) -> int:
        known = tagged.get(literal.language)
        if known is None:
            known = rows.setdefault(_describe_literal(literal, datatypes, tags), len(rows))
            if literal.language:
                tagged[literal.language] = known
        return known

    # Most literals have a language tag, and their columns depend on it alone.
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
) -> tuple[int, int, bool, int, float]:
    tag = term.language
    if tag:
        code = datatypes.setdefault(_RDF_LANG_STRING, len(datatypes))
        return code, tags.setdefault(tag.lower(), len(tags)), *_TEXT
    datatype = term.datatype.value
    code = datatypes.setdefault(datatype, len(datatypes))
    if datatype == _XSD_STRING:
        return code, -1, *_TEXT
    is_valid = is_valid_lexical_form(term.value, datatype)
    kind, value = ComparisonKind.NONE, 0.0
    if is_valid:
        kind, value = compute_comparison_value(term.value, datatype)
    return code, -1, not is_valid, int(kind), value

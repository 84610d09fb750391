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
FACTS: dict[str, Any] = {
    "kinds": np.uint8,
    "datatypes": np.int32,
    "languages": np.int32,
    "forms": np.uint8,
    "sorts": np.int8,
    "values": np.float64,
    "lengths": np.int32,
}
_OF_LITERALS = {"datatypes": -1, "languages": -1, "forms": literal_values.PASS, "sorts": 0, "values": 0.0}
"""What is known of literals only, and what stands in its place for other terms."""
_OTHERS: dict[str, Any] = {"ends": np.int64, "sums": np.uint32, "order": np.int32}
_KINDS = {ox.NamedNode: IRI, ox.BlankNode: BLANK, ox.Literal: LITERAL}
_OPEN = np.array([code >= 0x80 or code <= 0x20 or code == ord("\\") for code in range(256)])
"""The bytes that do not tell what a text begins or ends with."""
_FOLDED = np.array([ord(chr(code).lower()) if code < 0x80 else code for code in range(256)])
_PLAIN, _TAGGED = f"{XSD}string", f"{RDF}langString"
_TERM = b"<a:> <a:> %s .\n"


class Terms:
    """Terms by number and numbers by term.

    Attributes:
        kinds: of each term, ``IRI``, ``BLANK`` or ``LITERAL``.
        datatypes: of each term, the place of its datatype in ``datatype_names``; -1: no literal.
        languages: of each term, the place of its tag in ``tags``, which are in lower case; -1: none.
        forms: of each term, whether its form is surely right for the datatype, see ``literal_values.form``.
        sorts: of each term, what it compares with, see ``literal_values.comparable``; 0: nothing.
        values: of each term, what it compares by.
        lengths: of each term, the characters of its text; of a blank node none.
    """

    kinds: NDArray[np.uint8]
    datatypes: NDArray[np.int32]
    languages: NDArray[np.int32]
    forms: NDArray[np.uint8]
    sorts: NDArray[np.int8]
    values: NDArray[np.float64]
    lengths: NDArray[np.int32]

    def __init__(self, terms: Sequence[Term] = ()) -> None:
        """Take terms, each of which stands once; their numbers count from 0."""
        self.datatype_names: dict[str, int] = {}
        self.tags: dict[str, int] = {}
        self._numbers: dict[Term, int] = {}
        self._terms: dict[int, Term] = {}
        self._texts = memoryview(b"")
        self._stored: dict[str, NDArray[Any]] = {name: np.empty(0, kind) for name, kind in _OTHERS.items()}
        for name, kind in FACTS.items():
            setattr(self, name, np.empty(0, kind))
        self._append(terms)

    def __len__(self) -> int:
        return len(self.kinds)

    def add(self, terms: Iterable[Term]) -> None:
        """Give a number to each term that has none."""
        fresh = [one for one in dict.fromkeys(terms) if self.number(one) < 0]
        if fresh:
            self._append(fresh)

    def _append(self, fresh: Sequence[Term]) -> None:
        """Give a number to each of some terms that have none."""
        start = len(self)
        self._numbers.update(zip(fresh, range(start, start + len(fresh)), strict=True))
        self._terms.update(enumerate(fresh, start))
        for name, column in facts_of(fresh, self.datatype_names, self.tags).items():
            setattr(self, name, np.concatenate([getattr(self, name), column]))

    def number(self, term: Term) -> int:
        """Return the number of a term, -1 if it has none."""
        found = self._numbers.get(term)
        if found is not None or not len(self._stored["sums"]):
            return -1 if found is None else found
        text = str(term).encode()
        sums = self._stored["sums"]
        sum_ = np.uint32(zlib.crc32(text))
        left, right = np.searchsorted(sums, sum_, "left"), np.searchsorted(sums, sum_, "right")
        for number in self._stored["order"][left:right].tolist():
            if self._text(number) == text:
                self._numbers[term] = number
                return int(number)
        return -1

    def numbers(self, terms: Iterable[Term]) -> Ids:
        """Return the numbers of those terms that have one, sorted."""
        return np.unique(np.array([one for one in map(self.number, terms) if one >= 0], dtype=np.int64))

    def of(self, numbers: Ids) -> list[Term]:
        """Return the terms of numbers."""
        wanted = numbers.tolist()
        unread = [one for one in dict.fromkeys(wanted) if one not in self._terms]
        lines = b"".join(_TERM % self._text(one) for one in unread)
        for number, quad in zip(unread, ox.parse(lines, ox.RdfFormat.N_TRIPLES), strict=True):
            self._terms[number] = quad.object
        return [self._terms[one] for one in wanted]

    def texts(self, numbers: Ids) -> list[str]:
        """Return the terms of numbers as N-Triples writes them, which takes less than to read them."""
        return [self._text(number).decode() for number in numbers.tolist()]

    def values_of(self, numbers: Ids) -> list[str]:
        """Return what terms, none of them blank, have in brackets or quotes; only escapes are parsed."""
        if (numbers >= len(self._stored["ends"])).any():
            return [term.value for term in self.of(numbers)]
        first, last = self._within(numbers)
        texts = [
            str(self._texts[start:end], "utf-8")
            for start, end in zip(first.tolist(), last.tolist(), strict=True)
        ]
        for place in [place for place, text in enumerate(texts) if "\\" in text]:
            texts[place] = self.of(numbers[place : place + 1])[0].value
        return texts

    def _within(self, stored: Ids) -> tuple[Ids, Ids]:
        """Return where the brackets or quotes of stored terms, none of them blank, open and close."""
        ends = self._stored["ends"]
        tags = np.array([*(len(tag) + 1 for tag in self.tags), 0])[self.languages[stored]]
        kinds = [
            0 if name in {_PLAIN, _TAGGED} else len(f"^^<{name}>".encode()) for name in self.datatype_names
        ]
        last = ends[stored] - 1 - tags - np.array([*kinds, 0])[self.datatypes[stored]]
        return np.where(stored > 0, ends[stored - 1], 0) + 1, last

    def may_begin_and_end(self, numbers: Ids, first: str, last: str) -> NDArray[np.bool_]:
        """Tell which terms may begin and end with two characters, without regard to case and blanks.

        What is told from one byte is told: terms with other bytes than ASCII there, blanks or escapes may.
        """
        found = np.ones(len(numbers), dtype=bool)
        stored = numbers < len(self._stored["ends"])
        bytes_ = np.frombuffer(self._texts, np.uint8)
        opens, closes = self._within(numbers[stored])
        for character, places in ((first, opens), (last, closes - 1)):
            if character.isascii():
                here = bytes_[places]
                apart = (_FOLDED[here] != _FOLDED[ord(character)]) & ~_OPEN[here]
                found[stored] &= ~apart | (closes <= opens)
        return found

    def lines(self, statements: Iterable[tuple[int, int, int]]) -> bytes:
        """Return statements, given by numbers, as N-Triples."""
        return b"".join(b"%s %s %s .\n" % tuple(map(self._text, row)) for row in statements)

    def _text(self, number: int) -> bytes:
        ends = self._stored["ends"]
        if number >= len(ends):
            return str(self._terms[number]).encode()
        start = int(ends[number - 1]) if number else 0
        return bytes(self._texts[start : int(ends[number])])

    def parts(self) -> Mapping[str, bytes | memoryview]:
        """Return everything as bytes, for a cache."""
        texts = [self._text(number) for number in range(len(self))]
        facts = {name: getattr(self, name) for name in FACTS}
        return parts_of(texts, sums_of(texts), facts, list(self.datatype_names), list(self.tags))

    @classmethod
    def stored(cls, parts: Mapping[str, bytes | memoryview]) -> Terms:
        """Return what ``parts`` made bytes of."""
        found = cls()
        datatypes, tags = json.loads(bytes(parts["names"]))
        found.datatype_names = {name: place for place, name in enumerate(datatypes)}
        found.tags = {tag: place for place, tag in enumerate(tags)}
        found._texts = memoryview(parts["texts"])
        for name, kind in FACTS.items():
            setattr(found, name, np.frombuffer(parts[name], kind))
        found._stored = {name: np.frombuffer(parts[name], kind) for name, kind in _OTHERS.items()}
        return found


def sums_of(texts: Sequence[bytes]) -> NDArray[np.uint32]:
    """Return the checksum of each text, by which a term is looked up."""
    return np.fromiter(map(zlib.crc32, texts), np.uint32, len(texts))


def parts_of(
    texts: Sequence[bytes],
    sums: NDArray[np.uint32],
    facts: Mapping[str, NDArray[Any]],
    datatypes: Sequence[str],
    tags: Sequence[str],
) -> dict[str, bytes]:
    """Return terms as bytes, for a cache.

    Args:
        texts: the terms as N-Triples, each once.
        sums: their checksums.
        facts: what is known of each, by column.
        datatypes: the datatypes by number.
        tags: the language tags by number.
    """
    order = np.argsort(sums, kind="stable")
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    columns = {**facts, "ends": ends, "sums": sums[order], "order": order}
    kinds = FACTS | _OTHERS
    return {
        "names": json.dumps([datatypes, tags]).encode(),
        "texts": b"".join(texts),
        **{name: np.ascontiguousarray(one, kinds[name]).tobytes() for name, one in columns.items()},
    }


def facts_of(
    terms: Sequence[Term], datatypes: dict[str, int], tags: dict[str, int]
) -> dict[str, NDArray[Any]]:
    """Return what is known of each term, by column; datatypes and tags that are new get a number."""
    kinds = np.fromiter((_KINDS[type(term)] for term in terms), np.uint8, len(terms))
    lengths = np.fromiter((len(term.value) for term in terms), np.int32, len(terms))
    lengths[kinds == BLANK] = 0
    places = np.flatnonzero(kinds == LITERAL)
    rows: dict[tuple[int, int, int, int, float], int] = {}
    tagged: dict[str | None, int] = {}

    def row(literal: ox.Literal) -> int:
        known = tagged.get(literal.language)
        if known is None:
            known = rows.setdefault(_literal(literal, datatypes, tags), len(rows))
            if literal.language:
                tagged[literal.language] = known
        return known

    # Most literals are alike in what is known of them, and are texts in some language.
    literals = (cast(ox.Literal, terms[place]) for place in places.tolist())
    numbers = np.fromiter(map(row, literals), np.int32, len(places))
    table = np.array(list(rows), dtype=[(name, FACTS[name]) for name in _OF_LITERALS])
    columns: dict[str, NDArray[Any]] = {"kinds": kinds, "lengths": lengths}
    for name, otherwise in _OF_LITERALS.items():
        columns[name] = np.full(len(terms), otherwise, FACTS[name])
        columns[name][places] = table[name][numbers]
    return columns


def _literal(
    term: ox.Literal, datatypes: dict[str, int], tags: dict[str, int]
) -> tuple[int, int, int, int, float]:
    tag = term.language
    if tag:
        code = datatypes.setdefault(_TAGGED, len(datatypes))
        return code, tags.setdefault(tag.lower(), len(tags)), literal_values.MAYBE, 0, 0.0
    datatype = term.datatype.value
    code = datatypes.setdefault(datatype, len(datatypes))
    if datatype == _PLAIN:
        return code, -1, literal_values.PASS, 0, 0.0
    form = literal_values.form(term.value, datatype)
    sort, value = literal_values.comparable(term.value, datatype) if form == literal_values.PASS else (0, 0.0)
    return code, -1, form, sort, value

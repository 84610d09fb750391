"""Archives of names and texts in their folded form: what contains a word is found without listing all."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from functools import lru_cache
from heapq import nsmallest
from itertools import accumulate

from msme_kg.entities.name_index import DERIVED_RANK, EntityName
from msme_kg.entities.name_matching import NamePattern
from msme_kg.name_folding import fold_name
from msme_kg.storage import cache

NAMES, TEXTS = "names", "texts"
"""The kinds of entries of the cache: names, derived ones too; and texts, which only a search needs."""
_FOLDED, _NAMES = "folded", "names"
"""Parts of the entry of the cache: each folded form after a line break, and each name."""
_MAX_REMEMBERED = 1 << 13
"""The most names that are kept as objects: those of the shipped graph, 4 MB."""
_ENDS = "-ends"
"""With this after it, the name of the part with the place where each of them ends."""
_MIN_PIECE_LENGTH, _MAX_PIECE_LENGTH = 2, 5
"""The letters of the pieces of a name by which similar ones are found."""
_MAX_COMPARED, _MAX_NAMES = 2000, 20_000
"""The most names that are compared with an unknown one; and of an archive that are compared all."""


class NameArchive:
    """The names of all entities, or the texts on them, sorted by entity."""

    def __init__(self, parts: Mapping[str, memoryview]) -> None:
        self._folded = bytes(parts[_FOLDED])
        self._names = parts[_NAMES]
        self._folded_ends, self._name_ends = (parts[name + _ENDS].cast("Q") for name in (_FOLDED, _NAMES))
        self._read_name = lru_cache(_MAX_REMEMBERED)(self._decode_name)

    @classmethod
    def from_names(cls, names: Iterable[EntityName]) -> NameArchive:
        """Return an archive in memory, for a process that looks up names many times."""
        return cls({part: memoryview(content) for part, content in _encode(names).items()})

    @classmethod
    def load(cls, kind: str, key: str) -> NameArchive | None:
        """Return the archive of a kind by its key; None if there is none."""
        return cache.load(kind, key, cls)

    def list_names(self) -> Iterator[EntityName]:
        """Yield all names and texts."""
        return map(self._decode_name, range(len(self._name_ends)))

    def find_matching(self, pattern: NamePattern, min_score: float) -> list[EntityName]:
        """Return the names and texts that may have a score, of half of the words or better."""
        found = self._find_lines_with(pattern.choose_parts(min_score))
        likely = (number for number in found if pattern.may_score(self._read_folded(number), min_score))
        return [self._read_name(number) for number in sorted(likely)]

    def count(self, part: str) -> int:
        """Return how often a part of folded names or texts occurs."""
        return self._folded.count(part.encode())

    def find_entities(self, parts: Iterable[str]) -> set[str]:
        """Return the entities with a name or text that has one of some parts."""
        return {self._read_iri(number).decode() for number in self._find_lines_with(parts)}

    def _find_lines_with(self, parts: Iterable[str]) -> set[int]:
        return {number for part in parts for number in self._find_lines(part.encode())}

    def find_named(self, folded_name: str) -> list[str]:
        """Return the entities that have a name, not a derived one, with this folded form."""
        names = map(self._read_name, self._find_lines(f"\n{folded_name}\n".encode()))
        return list(dict.fromkeys(name.entity_iri for name in names if name.rank < DERIVED_RANK))

    def find_similar(self, folded_name: str) -> set[str] | None:
        """Return the entities with names that share most pieces of a folded one, and are about as long.

        Of three pieces one is left where two letters are wrong. None if all of few names are to be compared.
        """
        if len(self._name_ends) <= _MAX_NAMES:
            return None
        length = max(_MIN_PIECE_LENGTH, min(len(folded_name) // 3, _MAX_PIECE_LENGTH))
        pieces = {folded_name[start : start + length] for start in range(0, len(folded_name), length)}
        shared = Counter(
            number for piece in pieces if len(piece) > 1 for number in self._find_lines(piece.encode())
        )
        size = len(folded_name.encode())

        def rank(number: int) -> tuple[int, int, int]:
            return (-shared[number], abs(self._measure(number) - size), number)

        near = (number for number in shared if size / 2 <= self._measure(number) <= 2 * size)
        return {self._read_name(number).entity_iri for number in nsmallest(_MAX_COMPARED, near, rank)}

    def _measure(self, number: int) -> int:
        """Return the number of bytes of a folded name."""
        return self._folded_ends[number] - (self._folded_ends[number - 1] if number else 0) - 1

    def list_about(self, entities: Iterable[str]) -> list[EntityName]:
        """Return the names of some entities, derived ones too, or the texts on them."""
        found = []
        for iri in entities:
            numbers = range(len(self._name_ends))
            number = bisect_left(numbers, iri.encode(), key=self._read_iri)
            while number in numbers and (name := self._read_name(number)).entity_iri == iri:
                found.append(name)
                number += 1
        return found

    def _find_lines(self, part: bytes) -> Iterator[int]:
        """Yield the number of each line in which a match of some bytes begins."""
        place = self._folded.find(part)
        while place >= 0:
            number = bisect_right(self._folded_ends, place)
            yield number
            place = self._folded.find(part, self._folded_ends[number])

    def _read_folded(self, number: int) -> str:
        start = self._folded_ends[number - 1] if number else 0
        return self._folded[start : self._folded_ends[number]].decode()

    def _read_iri(self, number: int) -> bytes:
        """Return the IRI of a name in UTF-8, which sorts as its characters do."""
        return self._read_encoded(number)[len('["') :].partition(b'"')[0]  # an IRI has no quotes

    def _decode_name(self, number: int) -> EntityName:
        return EntityName(*json.loads(self._read_encoded(number).decode()))

    def _read_encoded(self, number: int) -> bytes:
        start = self._name_ends[number - 1] if number else 0
        return bytes(self._names[start : self._name_ends[number]])


def store_archive(kind: str, key: str, names: Iterable[EntityName]) -> None:
    """Store the archive of a kind.

    Args:
        kind: the kind.
        key: its key.
        names: the names of all entities, or the texts on them.
    """
    cache.store(kind, key, _encode(names))


def _encode(names: Iterable[EntityName]) -> dict[str, bytes]:
    """Return the parts of an archive."""
    listed = sorted(names, key=lambda name: name.entity_iri)
    folded = [f"\n{fold_name(name.name)}".encode() for name in listed]
    encoded = [json.dumps(astuple(name), ensure_ascii=False).encode() for name in listed]
    ends = {
        name + _ENDS: array("Q", accumulate(map(len, lines))).tobytes()
        for name, lines in ((_FOLDED, folded), (_NAMES, encoded))
    }
    return {**ends, _FOLDED: b"".join([*folded, b"\n"]), _NAMES: b"".join(encoded)}

"""Finding things by words: labels, symbols and other names in both languages, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msme_kg.entities.name_index import Named, named
from msme_kg.namespaces import folded
from msme_kg.sparql.results import Engine

# Chinese is written without spaces: a run of it is cut into pairs of characters.
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LEAST = 0.5


@dataclass(frozen=True)
class Hit:
    """A thing that words found.

    Attributes:
        thing: its IRI.
        name: the name that fits best.
        score: from 0 to 1, the higher the better.
    """

    thing: str
    name: str
    score: float


def search(engine: Engine, words: str) -> list[Hit]:
    """Return the things whose names fit some words, the best first.

    A name that is the same but for case, blanks and punctuation comes before one that begins with the
    words, that before one that contains them, and that before one that has most of them; of equals the
    better kind of name and then the shorter name wins.

    Args:
        engine: what knows the names.
        words: in either language, or a symbol or code in any spelling.
    """
    wanted, parts = folded(words), set(_parts(words))
    best: dict[str, tuple[float, int, int, str]] = {}
    for one in named(engine):
        score = _score(one, wanted, parts)
        if score >= _LEAST:
            key = (-score, one.rank, len(one.name), one.name)
            best[one.thing] = min(key, best.get(one.thing, key))
    ranked = sorted((key, thing) for thing, key in best.items())
    return [Hit(thing, key[3], -key[0]) for key, thing in ranked]


def _score(one: Named, wanted: str, parts: set[str]) -> float:
    name = folded(one.name)
    if not wanted or not name:
        return 0.0
    if name == wanted:
        return 1.0
    if name.startswith(wanted):
        return 0.9
    if wanted in name:
        return 0.8
    have = set(_parts(one.name))
    shared = sum(1 for part in parts if part in have or any(word.startswith(part) for word in have))
    return 0.7 * shared / len(parts) if parts else 0.0


def _parts(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.casefold()):
        if _IDEOGRAPH.match(word) and len(word) > 1:
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word

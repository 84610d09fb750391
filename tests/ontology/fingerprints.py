"""Fingerprints of texts that must not be copied, and the search for them in other texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

BRIEF_LENGTH = 25
"""Minimum length of a copied passage of the brief, in characters without white space."""
_START = 4
_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


@dataclass(frozen=True)
class Fingerprints:
    """Digests of titles, sentences and passages.

    Attributes:
        titles: titles without a source, each by its first words, its length in words, and all words.
        sentences: sentences of the source tables, likewise.
        passages: digests of each `BRIEF_LENGTH` characters of the brief.
    """

    titles: frozenset[tuple[str, int, str]]
    sentences: frozenset[tuple[str, int, str]]
    passages: frozenset[str]

    @classmethod
    def create(cls, titles: Iterable[str], sentences: Iterable[str], brief: str) -> Fingerprints:
        """Return the fingerprints of texts."""
        passages = frozenset(_digest(piece) for _, piece in _passages(brief))
        return cls(frozenset(map(_summarize, titles)), frozenset(map(_summarize, sentences)), passages)

    @classmethod
    def read(cls, path: Path) -> Fingerprints:
        """Read a file of fingerprints."""
        digests: dict[str, set[tuple[str, int, str]]] = defaultdict(set)
        passages = set()
        for line in path.read_text(encoding="utf-8").splitlines():
            kind, digest, *rest = line.split("\t")
            if kind == "passage":
                passages.add(digest)
            else:
                digests[kind].add((digest, int(rest[0]), rest[1]))
        return cls(frozenset(digests["title"]), frozenset(digests["sentence"]), frozenset(passages))

    def write(self, path: Path) -> None:
        """Write the fingerprints, sorted, one per line."""
        lines = [f"title\t{start}\t{length}\t{whole}" for start, length, whole in sorted(self.titles)]
        lines += [f"sentence\t{start}\t{length}\t{whole}" for start, length, whole in sorted(self.sentences)]
        lines += [f"passage\t{digest}" for digest in sorted(self.passages)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")

    def find_title(self, text: str) -> str:
        """Return a title that the text contains; empty if there is none."""
        return _find(text, self.titles)

    def find_sentence(self, text: str) -> str:
        """Return a sentence that the text contains; empty if there is none."""
        return _find(text, self.sentences)

    def find_passage(self, text: str) -> str:
        """Return a piece of the brief that the text contains; empty if there is none."""
        return next((piece for _, piece in _passages(text) if _digest(piece) in self.passages), "")


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case; each Chinese character is one."""
    return _WORDS.findall(text.casefold())


def _summarize(text: str) -> tuple[str, int, str]:
    words = _words(text)
    return _digest(" ".join(words[:_START])), len(words), _digest(" ".join(words))


def _find(text: str, wanted: frozenset[tuple[str, int, str]]) -> str:
    by_start = defaultdict(list)
    for start, length, whole in wanted:
        by_start[start].append((length, whole))
    words = _words(text)
    for position in range(len(words)):
        for length, whole in by_start.get(_digest(" ".join(words[position : position + _START])), ()):
            sentence = " ".join(words[position : position + length])
            if _digest(sentence) == whole:
                return sentence
    return ""


def _passages(text: str) -> Iterator[tuple[int, str]]:
    squeezed = re.sub(r"\s+", "", text)
    for position in range(len(squeezed) - BRIEF_LENGTH + 1):
        yield position, squeezed[position : position + BRIEF_LENGTH]

"""Matching of names with what someone typed: the whole name, part of it, or some of its words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, pairwise

from msme_kg.name_folding import drop_separators, fold_characters, fold_name

SAME_NAME, SAME_WORDS, ALL_WORDS, BEGUN_NAME, BEGUN_WORD = 1.0, 0.9, 0.8, 0.78, 0.77
"""Scores: the same name; its words in order; all words; its first words or others, the last one begun."""
PART_OF_WORDS, WITH_GAPS = 0.75, 0.72
"""Scores: any other part of words; parts with gaps."""
_SOME_WORDS = 0.7
_MIN_PART = 2
"""The fewest Chinese characters that are a part of a name with gaps."""
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff"
# In Chinese each character counts as a word; letters and digits that follow each other are two.
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|\d+|[^\W\d_{_IDEOGRAPHS}]+")
_CHUNK = re.compile(r"[^\W_]+")
_MAX_KEPT = 400
"""The most characters of a name or text whose folded forms are kept."""
_SMALL_WORDS = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to"}
"""English words that names are remembered without, or with others: the declaration of, from or at a place."""
_PLURAL = re.compile(r"(?<=[cs]h)es\b|(?<=[a-z][a-z][a-hj-rtv-z])s\b")
"""The ending of an English plural; other words that end so lose it in the text and in the name alike."""
_NO_BREAK = re.compile(rf"[^\s{_IDEOGRAPHS}\u3000-\u303f\uff00-\uffef]{{2}}")


class NamePattern:
    """The text that names are compared with; see ``fold_name`` for the spellings that are the same."""

    def __init__(self, text: str) -> None:
        chunks = _CHUNK.findall(fold_characters(text))
        self._folded = fold_name(text)
        self._words = _join_words(" ".join(chunks))
        telling = [chunk for chunk in chunks if chunk not in _SMALL_WORDS] or chunks
        self._chunks = [_join_words(chunk) for chunk in telling]
        self._telling = {word for chunk in self._chunks for word in chunk.split()}
        self._tokens = {token for chunk in chunks for token in _split_tokens(chunk)}

    def choose_parts(
        self, min_score: float, rank: Callable[[str], int] = lambda part: -len(part)
    ) -> set[str]:
        """Return few parts of folded names, of which each name with at least some score has one.

        Such a name has all words, or so many tokens that it has one of the first.

        Args:
            min_score: the score; half of the words or better.
            rank: returns the rank of a part: the longest or rarest should come first.
        """
        counts = range(1, len(self._tokens) + 1)
        fewest = next((one for one in counts if self._compute_token_score(one) >= min_score), counts.stop)
        spare = counts.stop - fewest
        longest = sorted(self._tokens, key=rank)[:spare] if spare else ()
        words = [word for word in self._telling if not _is_ideograph(word)]
        return {*longest, *([min(words, key=rank)] if words else _list_pairs(self._chunks))}

    def compute_score(self, name: str) -> float:
        """Return how well a name matches, from 0 to 1."""
        folded, words, tokens = _recall_words(name) if len(name) <= _MAX_KEPT else _fold_words(name)
        if not self._folded or not folded:
            return 0.0
        if folded == self._folded:
            return SAME_NAME
        if self._words in words:
            return SAME_WORDS
        if all(chunk in words for chunk in self._chunks):
            return ALL_WORDS
        begun = self._words.rstrip()
        if begun in words:
            return BEGUN_NAME if words.startswith(begun) else BEGUN_WORD
        if self._folded in folded:
            return PART_OF_WORDS
        if _match_with_gaps(self._words.split(), words):
            return WITH_GAPS
        return self._compute_token_score(len([one for one in self._tokens if f" {one}" in tokens]))

    def may_score(self, folded: str, minimum: float) -> bool:
        """Return False if no name with a folded form has a score; it is much faster than to compute that."""
        # Lists are made faster than generators run, and this is asked of thousands of names.
        if len([word for word in self._telling if word in folded]) == len(self._telling):
            return True
        return self._compute_token_score(len([one for one in self._tokens if one in folded])) >= minimum

    def _compute_token_score(self, shared: int) -> float:
        return _SOME_WORDS * shared / len(self._tokens) if self._tokens else 0.0

    def has_all_words_of(self, name: str) -> bool:
        """Return True if the text is this name, of which the last word may be incomplete."""
        words = _join_words(fold_characters(name))
        begun = self._words.rstrip()
        return words.startswith(begun) and " " not in words[len(begun) :].rstrip()

    def cut_excerpt(self, text: str, length: int) -> str:
        """Return the part of a text around the first occurrence of what was typed.

        Args:
            text: the text.
            length: the most characters, without the marks of omission at its ends.
        """
        if len(text) <= length:
            return text
        # A character may fold to several or to none, so each is folded by itself.
        folded = list(map(_fold_character, text))
        found = "".join(folded).find(self._folded)
        first = next(
            (one for one, end in enumerate(accumulate(map(len, folded))) if end > found), 0
        )  # 0 if only its words are found
        start = max(0, min(first - length // 3, len(text) - length))
        end = start + length
        # Whole words at both ends, where words have blanks between them.
        start = next((one for one in range(start, first) if not _is_within_word(text, one)), first)
        end = next((one for one in range(end, first, -1) if not _is_within_word(text, one)), end)
        return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


@lru_cache(maxsize=1 << 12)
def _fold_character(char: str) -> str:
    return fold_name(char)


def _is_within_word(text: str, place: int) -> bool:
    """Return True for a place between two characters that are neither blank nor Chinese."""
    return _NO_BREAK.fullmatch(text[max(place - 1, 0) : place + 1]) is not None


def _fold_words(name: str) -> tuple[str, str, str]:
    """Return a name in its folded form, its words, and its tokens with a blank before each."""
    plain = fold_characters(name)
    tokens = [f" {token}" for chunk in _CHUNK.findall(plain) for token in _split_tokens(chunk)]
    return drop_separators(plain), _join_words(plain), "".join(tokens)


_recall_words = lru_cache(maxsize=1 << 13)(_fold_words)


def _join_words(folded: str) -> str:
    """Return the words of a folded text in the singular, with a blank before and after each."""
    return _PLURAL.sub("", f" {' '.join(_WORD.findall(folded))} ")


def _list_pairs(chunks: list[str]) -> set[str]:
    """Return the pairs of adjacent characters in Chinese chunks, and chunks of one."""
    words = "".join(chunks).split()
    return {one + other for one, other in pairwise(words)} | {one for one in words if f" {one} " in chunks}


def _is_ideograph(word: str) -> bool:
    return re.fullmatch(f"[{_IDEOGRAPHS}]", word) is not None


def _match_with_gaps(wanted: list[str], words: str) -> bool:
    """Return True if all words occur in their order, in parts: Chinese ones of two characters or more."""
    if not all(f" {word} " in words for word in wanted):
        return False
    start = end = 0
    while start < len(wanted):
        for last in range(len(wanted), start, -1):
            part = wanted[start:last]
            if len(part) < _MIN_PART and _is_ideograph(part[0]):
                return False
            found = words.find(f" {' '.join(part)} ", end)
            if found >= 0:
                start, end = last, found + len(" ".join(part)) + 1
                break
        else:
            return False
    return True


def _split_tokens(chunk: str) -> list[str]:
    """Return the tokens that a search counts: words, and in Chinese pairs of adjacent characters."""
    if chunk.isascii():
        return [chunk]
    words = _WORD.findall(chunk)
    if len(words) > 1 and re.fullmatch(f"[{_IDEOGRAPHS}]+", chunk):
        return [one + other for one, other in pairwise(words)]
    return [chunk]

"""Traps of Unicode in a text: what cannot be seen, or looks like something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_ASCII = bytes(range(0x20, 0x7F)) + b"\t\n\r"
# Letters and marks that are visible, in normal form, and join with nothing. Anything else is looked at.
_HARMLESS = re.compile(
    "[\xa0-\xac\xae-\u024f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2103\u2113\u2116\u2122"
    "\u2150-\u215f\u2190-\u21ff\u2460-\u26ff\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309d-\u312f"
    "\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f\U00020000-\U0002a6df]*"
)

_OVERRIDES = "\u202a-\u202e\u2066-\u2069"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_BIDI = re.compile(f"[{_OVERRIDES}]")
_ANY_BIDI = re.compile(f"[{_OVERRIDES}{_DIRECTION_MARKS}]")
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_BLANK = "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
_BLANK += "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0001"
_JOINER, _SELECTOR, _TAG = "\u200c\u200d", "\ufe00-\ufe0f\U000e0100-\U000e01ef", "\U000e0020-\U000e007f"
_INVISIBLE = re.compile(f"[{_BLANK}{_JOINER}{_SELECTOR}{_TAG}]")
_FLAG, _KEYCAP = "\U0001f3f4", "\u20e3"
_WORD = re.compile(r"[^\W\d_]+")
# Scripts whose letters can be taken for one another; few Greek ones: µm and TNFα are honest.
_ALPHABETS = (
    re.compile("[A-Za-z\xc0-\u024f\u1e00-\u1eff]"),
    re.compile("[\u0400-\u052f\u0531-\u0587\u13a0-\u13ff\uab70-\uabbf]"),
    re.compile("[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ]"),
)
_AMONG_LATIN = re.compile("[A-Za-z][αικνρυ][A-Za-z]")
_HOST = re.compile("//([^/?#:]*)")
_POSING = re.compile("[асԁеһіјӏорԛѕуԝхѵοανρυ]+")


def harmless(content: bytes) -> bool:
    """Tell quickly whether no word of a text in UTF-8 could be a trap; what it cannot tell, it denies."""
    odd = content.translate(None, _ASCII)
    if _HARMLESS.fullmatch(odd.decode("utf-8")):
        return True
    text = content.decode("utf-8")
    telling = (_CONTROL, _ANY_BIDI, *_ALPHABETS[1:], _AMONG_LATIN)
    if "\ufffd" in text or any(one.search(text) for one in telling):
        return False
    return unicodedata.is_normalized("NFC", text) and _invisible(text) < 0


def traps(text: str, *, iri: bool = False) -> Iterator[tuple[str, int]]:
    """Yield each kind of trap in a text with the offset of the first.

    Honest text of any script passes: joiners in Persian, Hindi and emoji, direction marks beside Arabic
    and Hebrew letters, selectors after the characters that they select a form of.

    Args:
        text: a literal, an IRI or a name.
        iri: whether it identifies something, and so may hold nothing that is not seen.
    """
    if text.isascii() and text.isprintable():
        return
    checks = {
        "control-character": _first(_CONTROL, text),
        "bidi-control": _bidi(text, iri),
        "invisible-character": _invisible(text),
        "replacement-character": text.find("\ufffd"),
        "look-alike": _look_alike(text, iri),
        "not-nfc": _not_nfc(text, iri),
    }
    for kind, at in checks.items():
        if at >= 0:
            yield kind, at


def _first(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return found.start() if found else -1


def _bidi(text: str, iri: bool) -> int:
    runs_left = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in _ANY_BIDI.sub("", text))
    return _first(_BIDI if runs_left and not iri else _ANY_BIDI, text)


def _invisible(text: str) -> int:
    for found in _INVISIBLE.finditer(text):
        at, char = found.start(), found[0]
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if char in _JOINER:
            honest = bool(before) and not before.isascii() and not _plain_letter(before)
        elif re.match(f"[{_SELECTOR}]", char):
            seen = bool(before) and not before.isascii() and not _INVISIBLE.match(before)
            honest = seen or after == _KEYCAP
        else:
            honest = bool(re.match(f"[{_TAG}]", char)) and bool(
                re.search(f"{_FLAG}[{_TAG}]*$", text[max(0, at - 10) : at])
            )
        if not honest:
            return at
    return -1


def _plain_letter(char: str) -> bool:
    """Tell whether a character is of a script in which no letter joins its neighbour."""
    name = unicodedata.name(char, "")
    plain = ("LATIN ", "GREEK ", "CYRILLIC ", "CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "FULLWIDTH ")
    return name.startswith(plain) or char.isspace()


def _look_alike(text: str, iri: bool) -> int:
    for word in _WORD.finditer(text):
        if word[0].isascii():
            continue
        if sum(one.search(word[0]) is not None for one in _ALPHABETS) > 1 or _AMONG_LATIN.search(word[0]):
            return word.start()
    host = _HOST.search(text) if iri else None
    posing = host is not None and any(_POSING.fullmatch(label) for label in host[1].split("."))
    return host.start() if host is not None and posing else -1


def _not_nfc(text: str, iri: bool) -> int:
    if unicodedata.is_normalized("NFC", text):
        return -1
    normal = unicodedata.normalize("NFC", text)
    # Marks in another order than NFC has are how Arabic and Hebrew vowels are typed.
    if not iri and sorted(normal) == sorted(text):
        return -1
    return next((at for at, (one, other) in enumerate(zip(text, normal, strict=False)) if one != other), 0)

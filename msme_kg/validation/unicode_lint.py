"""Lint of Unicode text: invisible, bidirectional and look-alike characters (UTS #39)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from msme_kg.rdf.characters import CONTROL_CHARACTER

_PLAIN_ASCII = bytes(range(0x20, 0x7F)) + b"\t\n\r"
# Visible characters in NFC that do not combine with others. Text with any other character is checked.
_HARMLESS_CHARS = re.compile(
    "[\xa0-\xac\xae-\u024f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2103\u2113\u2116\u2122"
    "\u2150-\u215f\u2190-\u21ff\u2460-\u26ff\u3000-\u3029\u3030-\u303f\u3041-\u3096\u309d-\u312f"
    "\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff9f\U00020000-\U0002a6df]*"
)

_BIDI_EMBEDDING_CHARS = "\u202a-\u202e\u2066-\u2069"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_BIDI_EMBEDDING = re.compile(f"[{_BIDI_EMBEDDING_CHARS}]")
_BIDI_CONTROL = re.compile(f"[{_BIDI_EMBEDDING_CHARS}{_DIRECTION_MARKS}]")
_ZERO_WIDTH_CHARS = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
)
_ZERO_WIDTH_CHARS += "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0001"
_JOINERS, _VARIATION_SELECTORS, _TAG_CHARS = (
    "\u200c\u200d",
    "\ufe00-\ufe0f\U000e0100-\U000e01ef",
    "\U000e0020-\U000e007f",
)
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH_CHARS}{_JOINERS}{_VARIATION_SELECTORS}{_TAG_CHARS}]")
_FLAG, _KEYCAP = "\U0001f3f4", "\u20e3"
_LETTER_RUN = re.compile(r"[^\W\d_]+")
# Confusable scripts (UTS #39 §4): Latin; Cyrillic, Armenian, Cherokee; the Greek letters that look Latin in
# upper case. Other Greek letters next to Latin ones are legitimate: µm, TNFα.
_CONFUSABLE_SCRIPTS = (
    re.compile("[A-Za-z\xc0-\u024f\u1e00-\u1eff]"),
    re.compile("[\u0400-\u052f\u0531-\u0587\u13a0-\u13ff\uab70-\uabbf]"),
    re.compile("[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳ]"),
)
_GREEK_BETWEEN_LATIN = re.compile("[A-Za-z][αικνρυ][A-Za-z]")
_HOST = re.compile("//([^/?#:]*)")
_LATIN_LOOKALIKES = re.compile("[асԁеһіјӏорԛѕуԝхѵοανρυ]+")


def is_harmless(content: bytes) -> bool:
    """Tell whether a UTF-8 text is certainly free of problems, by a fast check."""
    non_ascii = content.translate(None, _PLAIN_ASCII)
    if _HARMLESS_CHARS.fullmatch(non_ascii.decode("utf-8")):
        return True
    text = content.decode("utf-8")
    patterns = (CONTROL_CHARACTER, _BIDI_CONTROL, *_CONFUSABLE_SCRIPTS[1:], _GREEK_BETWEEN_LATIN)
    if "\ufffd" in text or any(pattern.search(text) for pattern in patterns):
        return False
    return unicodedata.is_normalized("NFC", text) and _find_invisible(text) < 0


def find_violated_rules(text: str, *, iri: bool = False) -> Iterator[tuple[str, int]]:
    """Yield the lint rules that a text violates, each with the offset of the first violation.

    Legitimate text of any script passes: joiners in Persian, Hindi and emoji (UTS #39 §3.1.1), direction
    marks near Arabic and Hebrew letters, variation selectors after a character.

    Args:
        text: a literal, an IRI or a name.
        iri: whether it is an IRI or name, in which bidirectional controls are never legitimate.
    """
    if text.isascii() and text.isprintable():
        return
    checks = {
        "control-character": _find_first(CONTROL_CHARACTER, text),
        "bidi-control": _find_bidi_control(text, iri),
        "invisible-character": _find_invisible(text),
        "replacement-character": text.find("\ufffd"),
        "look-alike": _find_confusable(text, iri),
        "not-nfc": _find_non_nfc(text, iri),
    }
    for kind, at in checks.items():
        if at >= 0:
            yield kind, at


def describe_confusable(text: str, at: int) -> dict[str, str]:
    """Return the script and the first letter that looks like one of another script, for the message.

    Args:
        text: a literal, an IRI or a name.
        at: the offset that ``find_violated_rules`` gave.
    """
    word = _LETTER_RUN.search(text, at)
    letters = word[0] if word else text[at:]
    # Mixed with Latin letters, the others are at fault.
    char = next((char for char in letters if not _CONFUSABLE_SCRIPTS[0].match(char)), letters[:1])
    name = unicodedata.name(char, "")
    return {"script": name.partition(" ")[0].capitalize(), "char": char, "name": f"U+{ord(char):04X} {name}"}


def _find_first(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return match.start() if match else -1


def _find_bidi_control(text: str, iri: bool) -> int:
    """Return the offset of a directional formatting character (UAX #9 §2); -1 if none."""
    runs_left = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in _BIDI_CONTROL.sub("", text))
    return _find_first(_BIDI_EMBEDDING if runs_left and not iri else _BIDI_CONTROL, text)


def _find_invisible(text: str) -> int:
    """Return the offset of an invisible character without a legitimate use; -1 if none."""
    for match in _INVISIBLE.finditer(text):
        at, char = match.start(), match[0]
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if char in _JOINERS:
            is_legitimate = bool(before) and not before.isascii() and not _is_non_joining(before)
        elif re.match(f"[{_VARIATION_SELECTORS}]", char):
            is_after_visible = bool(before) and not before.isascii() and not _INVISIBLE.match(before)
            is_legitimate = is_after_visible or after == _KEYCAP
        else:
            is_legitimate = bool(re.match(f"[{_TAG_CHARS}]", char)) and bool(
                re.search(f"{_FLAG}[{_TAG_CHARS}]*$", text[max(0, at - 10) : at])
            )
        if not is_legitimate:
            return at
    return -1


def _is_non_joining(char: str) -> bool:
    """Tell whether a character belongs to a script without cursive joining."""
    name = unicodedata.name(char, "")
    non_joining = ("LATIN ", "GREEK ", "CYRILLIC ", "CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "FULLWIDTH ")
    return name.startswith(non_joining) or char.isspace()


def _find_confusable(text: str, iri: bool) -> int:
    """Return the offset of a mixed-script word or a confusable host name; -1 if none.

    See UTS #39 §4.1 for whole-script and §4.2 for mixed-script confusables.
    """
    for word in _LETTER_RUN.finditer(text):
        if word[0].isascii():
            continue
        script_count = sum(script.search(word[0]) is not None for script in _CONFUSABLE_SCRIPTS)
        if script_count > 1 or _GREEK_BETWEEN_LATIN.search(word[0]):
            return word.start()
    host = _HOST.search(text) if iri else None
    if host is not None and any(_LATIN_LOOKALIKES.fullmatch(label) for label in host[1].split(".")):
        return host.start()
    return -1


def _find_non_nfc(text: str, iri: bool) -> int:
    """Return the offset of the first difference from NFC (UAX #15); -1 if there is none."""
    if unicodedata.is_normalized("NFC", text):
        return -1
    normal = unicodedata.normalize("NFC", text)
    # Arabic and Hebrew vowel marks are usually typed in another order than that of NFC.
    if not iri and sorted(normal) == sorted(text):
        return -1
    return next((at for at, (char, other) in enumerate(zip(text, normal, strict=False)) if char != other), 0)

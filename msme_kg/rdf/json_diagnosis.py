"""Diagnosis of syntax errors in JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Callable

from msme_kg.rdf.syntax_diagnosis import CLOSERS, Diagnosis, diagnose_characters

_TOKEN = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\.)*+"|[{}\[\]:,]|[^\s"{}\[\]:,]++|"', re.DOTALL)
_WORD = re.compile(r"[\w$@.+-]+")
_LITERALS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}
_NO_VALUES = {"None", "NULL", "Null", "undefined", "nil"}
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrt]|u[0-9A-Fa-f]{4})(.?)", re.DOTALL)
_NUMBER = re.compile(r"[+.]?\d[\w.]*|[+-]?\d+\.")
_BAD_NUMBER = re.compile(r"0[xX]\w*|0\d[\d.]*|\+[\d.]+|\.\d+|\d+\.")
_KEYWORD_VARIANTS = {"@id": "/id", "@type": "/type", "@context": "/context"}


class _Place:
    """The place of an error: the tokens before it, and the character at it, empty at the end."""

    def __init__(self, text: str, offset: int, message: str) -> None:
        self.text, self.offset, self.message = text, offset, message
        self.char = text[offset : offset + 1]
        self.openers: list[re.Match[str]] = []
        last = None
        for last in _TOKEN.finditer(text, 0, offset):
            if last[0] in CLOSERS:
                self.openers.append(last)
            elif last[0] in {"}", "]"} and self.openers:
                self.openers.pop()
        self.previous, self.previous_end = (last[0], last.end()) if last else ("", 0)


def diagnose_json(text: str, offset: int, message: str) -> Diagnosis | None:
    """Return the diagnosis of an error in JSON; None if no cause is likely."""
    place = _Place(text, offset, message)
    rules: tuple[Callable[[_Place], Diagnosis | None], ...] = (
        _diagnose_string,
        _diagnose_number,
        _diagnose_commas,
        _diagnose_foreign_syntax,
        _diagnose_word,
        _diagnose_structure,
    )
    return next((diagnosis for rule in rules if (diagnosis := rule(place))), None)


def diagnose_jsonld(text: str, line: int, message: str) -> Diagnosis:
    """Return the diagnosis of JSON that is not JSON-LD, at the last keyword that the message names."""
    keyword = re.search(r"@[a-z]+", message)
    end = sum(len(one) + 1 for one in text.split("\n")[:line]) if line else len(text)
    place = text.rfind(f'"{keyword[0]}"', 0, end) if keyword else -1
    variant = _KEYWORD_VARIANTS.get(keyword[0], "") if keyword and "must be" in message else ""
    return Diagnosis(f"json-ld{variant}", place if place >= 0 else None, message=message)


def _diagnose_string(place: _Place) -> Diagnosis | None:
    text, char = place.text, place.char
    escape = _BAD_ESCAPE.match(text, place.offset) if "escape" in place.message else None
    if escape:
        return Diagnosis("escape/json", place.offset, escape=escape[0])
    is_forbidden = "not allowed in JSON strings" in place.message
    if is_forbidden and char == "\t":
        return Diagnosis("json-string/tab", place.offset)
    if is_forbidden and char not in "\r\n":
        return Diagnosis("json-string/control", place.offset, code=f"U+{ord(char):04X}")
    if is_forbidden or (char == '"' and "end of file" in place.message):
        return Diagnosis("unclosed-string/json", text.rfind('"', 0, place.offset + 1))
    return None


def _diagnose_commas(place: _Place) -> Diagnosis | None:
    char, before = place.char, place.text[: place.offset]
    if "Trailing commas" in place.message:
        return Diagnosis("trailing-comma", place.previous_end - 1, sign=char)
    if char == "," and place.previous in {",", "{", "["}:
        return Diagnosis("extra-comma", place.offset)
    number = re.search(r"\d+,$", before[-40:]) if char.isdigit() else None
    if number:
        return Diagnosis("number-form/comma", place.offset - len(number[0]))
    word = _TOKEN.match(place.text, place.offset)
    if word and (char in '"{[' or char.isalnum()) and "followed by a comma" in place.message:
        return Diagnosis("missing-comma", place.previous_end, word=word[0])
    if char == '"' and "keys must be strings" in place.message and place.previous.startswith('"'):
        return Diagnosis("missing-colon/json", place.previous_end, key=place.previous)
    return None


def _diagnose_foreign_syntax(place: _Place) -> Diagnosis | None:
    text, offset, char = place.text, place.offset, place.char
    if char == "'":
        return Diagnosis("single-quotes", offset)
    if text.startswith(("//", "/*"), offset) or char == "#":
        return Diagnosis("comment/json", offset)
    if char in {";", "="}:
        return Diagnosis("json-sign/sign", offset, sign=char, plain="," if char == ";" else ":")
    fault = diagnose_characters(text, offset, offset + 1)
    if fault and fault.key == "typographic-quote":
        fault.params["plain"] = '"'
    return fault


def _diagnose_number(place: _Place) -> Diagnosis | None:
    start = place.offset - len(re.search(r"[0-9.+xX-]*\Z", place.text[: place.offset][-40:])[0])  # type: ignore[index]  # it always matches
    match = _NUMBER.match(place.text, start)
    if match and _BAD_NUMBER.fullmatch(match[0]):
        return Diagnosis("number-form/json", start, value=match[0])
    return None


def _diagnose_word(place: _Place) -> Diagnosis | None:
    match = _WORD.match(place.text, place.offset)
    if not match or place.char.isdigit() or "Unexpected char" not in place.message:
        return None
    word = match[0]
    if place.text[match.end() :].lstrip()[:1] == ":" and place.previous in {"{", ","}:
        return Diagnosis("unquoted-key", place.offset, word=word)
    if word in _LITERALS:
        return Diagnosis("boolean", place.offset, word=word, plain=_LITERALS[word])
    variant = "null-json" if word in _NO_VALUES else "text"
    return Diagnosis(f"bare-word/{variant}", place.offset, word=word)


def _diagnose_structure(place: _Place) -> Diagnosis | None:
    text, offset, char = place.text, place.offset, place.char
    opener = place.openers[-1] if place.openers else None
    if not text.strip():
        return Diagnosis("empty", 0)
    if opener is None:
        is_closer = char in {"}", "]"}
        key = "extra-bracket" if is_closer else "two-values/json"
        return Diagnosis(key, offset, sign=char) if place.previous else None
    expected = CLOSERS[opener[0]]
    if not char:
        params = {"opener": opener[0], "closer": expected, "where": "at the end of the file"}
        return Diagnosis("unclosed-bracket/opener", opener.start(), **params)
    if char in {"}", "]"} and char != expected:
        line = text.count("\n", 0, opener.start()) + 1
        params = {"found": char, "expected": expected, "opener": opener[0], "line": str(line)}
        return Diagnosis("unclosed-bracket/closer", offset, **params)
    if char in {"}", "]", ","} and place.previous == ":":
        return Diagnosis("missing-term/colon", place.previous_end)
    return Diagnosis("json-sign/array", offset) if char == ":" and opener[0] == "[" else None

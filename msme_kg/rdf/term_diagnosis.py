"""Diagnosis of malformed terms of Turtle and SPARQL: strings, IRIs, numbers, dates, prefixes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from msme_kg.errors import find_close_matches
from msme_kg.namespaces import WELL_KNOWN_PREFIXES
from msme_kg.rdf.syntax_diagnosis import Diagnosis, diagnose_characters, diagnose_escape
from msme_kg.rdf.tolerant_lexer import LooseToken

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BARE_IRI = re.compile(r"(?:(?:https?|ftp|file)://?|(?:urn|mailto|tel):(?=\S)|www\.)", re.IGNORECASE)
_HOST = re.compile(r"(?:www\.|[\w-]+\.(?:org|com|net|int|edu|gov|io|tw)\b)")
_INVALID_IRI_CHAR = re.compile(r"[\x00-\x20<>\"{}|^`\\\[\]]")
_PERCENT_FAULT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WINDOWS_PATH = re.compile(r"(?:file:/*)?[A-Za-z]:[\\/]|[^:/]*\\")
_TAG = re.compile(r"@([\w-]*)")
_RUN = r"[^\s,;\[\](){}\"'<>]*"
_NUMBER_FORMS = (
    (re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?)(?:\^\^.*)?"), "unquoted-date", "dateTime"),
    (re.compile(r"(-?\d{4}-\d\d-\d\d)(?:\^\^.*)?"), "unquoted-date", "date"),
    (re.compile(r"(-?\d{4}-\d\d)(?:\^\^.*)?"), "unquoted-date", "gYearMonth"),
    (re.compile(r"(\d{1,2}:\d\d:\d\d)"), "unquoted-date", "time"),
    (re.compile(r"(\d{1,2}:\d\d)"), "unquoted-date/time", ""),
    (re.compile(r"(\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{4}[/.]\d{1,2}[/.]\d{1,2})"), "unquoted-date/order", ""),
    (re.compile(r"([+-]?[\d.]+)\^\^(.*)"), "number-form/datatype", ""),
    (re.compile(r"([+-]?\d+(?:_\d+)+|0[xX][0-9A-Fa-f]+)"), "number-form/digits", ""),
    (re.compile(r"(\d+(?:\.\d+){2,}|[$€£¥]\d[\d.]*|\d[\d.]*(?:[%°€£]|[A-Za-z]\w*))"), "number-form/text", ""),
)


def diagnose_string(text: str, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a string that is not closed or has a malformed escape."""
    fault = diagnose_escape(token.text, token.start)
    if fault or token.kind != "open":
        return fault
    sign = token.text[:3] if token.text[:3] in {'"""', "'''"} else token.text[0]
    curly = diagnose_characters(text, token.start + 1, token.end) if len(sign) == 1 else None
    if curly and curly.key == "typographic-quote":
        return Diagnosis("typographic-quote/end", curly.offset, sign=sign, char=curly.params["char"])
    other = re.search(r"(?<=[^\s\"'])[\"'](?=(?:@[\w-]+|\^\^\S+)?\s*[.;,\])]?\s*$)", token.text[1:])
    if len(sign) == 1 and other and other[0] != sign:
        return Diagnosis("unclosed-string/mixed", token.start + 1 + other.start(), sign=sign, other=other[0])
    return Diagnosis("unclosed-string/" + ("line" if len(sign) == 1 else "long"), token.start, sign=sign)


def diagnose_iri(text: str, start: int, base: str) -> Diagnosis | None:
    """Return the diagnosis of an IRI in angle brackets."""
    rest = text[start + 1 :].split("\n", 1)[0]
    body, closing, _ = rest.partition(">")
    if not closing or "<" in body:
        return Diagnosis("unclosed-iri", start)
    return diagnose_iri_text(body, start + 1, base)


def diagnose_iri_text(body: str, start: int, base: str) -> Diagnosis | None:
    """Return the diagnosis of an IRI given without delimiters, at an offset."""
    if len(body) > 2 and body[0] == body[-1] and body[0] in "\"'":
        return Diagnosis("iri-character/quotes", start, iri=body[1:-1])
    if _WINDOWS_PATH.match(body):
        path = quote(re.sub(r"^file:/*", "", body).replace("\\", "/"), safe="/:%")
        return Diagnosis("windows-path", start, path=path)
    fault = diagnose_characters(body, 0, len(body))
    if fault and (fault.key != "full-width" or not _SCHEME.match(body)):
        fault.offset = start + (fault.offset or 0)
        return fault
    invalid = _INVALID_IRI_CHAR.search(body)
    if invalid and invalid[0].isspace():
        variant = "end" if body != body.strip() else "within"
        return Diagnosis(f"iri-space/{variant}", start + invalid.start())
    if invalid:
        code = f"%{ord(invalid[0]):02X}"
        return Diagnosis("iri-character/one", start + invalid.start(), char=invalid[0], code=code)
    percent = _PERCENT_FAULT.search(body)
    if percent:
        return Diagnosis("iri-percent", start + percent.start())
    if _SCHEME.match(body):
        return None
    variant = "host" if _HOST.match(body) else "path" if base else "nowhere"
    return Diagnosis(f"relative-iri/{variant}", start, iri=body, base=base)


def diagnose_bare_iri(text: str, start: int) -> Diagnosis | None:
    """Return the diagnosis of an address at an offset that is not in angle brackets."""
    if not _BARE_IRI.match(text, start):
        return None
    address = re.split(r"[\s>\"']", text[start : start + 2000], maxsplit=1)[0].rstrip(".,;")
    is_host = address.lower().startswith("www.")
    return Diagnosis("bare-iri", start, iri=f"https://{address}" if is_host else address)


def diagnose_language_tag(text: str, start: int) -> Diagnosis | None:
    """Return the diagnosis of a language tag; ``start`` is the offset of its ``@``."""
    match = _TAG.match(text, start)
    if not match or re.fullmatch(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", match[1]):
        return None
    if not match[1]:
        is_quoted = text[start + 1 : start + 2] in {'"', "'"}
        return Diagnosis("language-tag/quoted" if is_quoted else "language-tag/missing", start)
    variant = "underscore" if "_" in match[1] else "form"
    return Diagnosis(f"language-tag/{variant}", start, tag=match[1], plain=match[1].replace("_", "-"))


def diagnose_number(text: str, offset: int) -> Diagnosis | None:
    """Return the diagnosis of a number, date or time around an offset that must be written otherwise."""
    before = re.search(_RUN + r"\Z", text[max(0, offset - 60) : offset])
    start = offset - len(before[0]) if before else offset
    match = re.compile(_RUN).match(text, start)
    run = match[0] if match else ""
    word = run.rstrip(".")
    for pattern, key, datatype in _NUMBER_FORMS:
        form = pattern.fullmatch(word)
        if form:
            rest = (form[2] if form.re.groups > 1 else "") or re.split(r"\s", text[start + len(run) :])[0]
            return Diagnosis(key, start, value=form[1], datatype=datatype or rest)
    if re.fullmatch(r"[+-]?\d+\.", run):
        return Diagnosis("number-form/dot", start, value=word)
    return None


def diagnose_prefix(prefix: str, declared: Iterable[str], directive: str, start: int) -> Diagnosis:
    """Return the diagnosis of a prefix that is not declared."""
    namespace = next(iter(WELL_KNOWN_PREFIXES.get(prefix, ())), "")
    declared = list(declared)
    same = [one for one in declared if one.lower() == prefix.lower()]
    near = same or ([] if namespace else find_close_matches(prefix, declared, 1))
    if near:
        return Diagnosis("unknown-prefix/near", start, prefix=prefix, near=near[0])
    declaration = directive.format(prefix, namespace or "…")
    return Diagnosis("unknown-prefix/declare", start, prefix=prefix, declaration=declaration)

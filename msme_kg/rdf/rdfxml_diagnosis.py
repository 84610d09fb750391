"""Diagnosis of syntax errors in RDF/XML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.entities import name2codepoint

from msme_kg.namespaces import WELL_KNOWN_PREFIXES
from msme_kg.rdf.syntax_diagnosis import Diagnosis, diagnose_characters
from msme_kg.rdf.term_diagnosis import diagnose_iri_text, diagnose_language_tag

_MARKUP = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<\?.*?\?>"
    r"|<(?P<close>/?)(?P<name>[^\s<>/]+)(?:\"[^\"<]*\"|'[^'<]*'|[^<>\"'])*?(?P<empty>/?)>",
    re.DOTALL,
)
_PREFIXED_NAME = re.compile(r"[<\s/](?P<prefix>[A-Za-z_][\w.-]*):[\w.-]+(?=[\s=/>])")
_UNQUALIFIED = re.compile(r"\s(about|resource|datatype|parseType|nodeID|ID)\s*=")
_SPACED_TAG = re.compile(r"<\s+/?[A-Za-z_][\w.-]*(?::[\w.-]+)?(?:\s+[\w:]+\s*=|\s*/?>)")
_ATTRIBUTE = r"[\w.:-]+\s*=\s*"

Rule = Callable[[str, int], Diagnosis | None]


def diagnose_xml(text: str, offset: int, message: str) -> Diagnosis | None:
    """Return the diagnosis of XML that is not well-formed; None if no cause is likely."""
    if not text.strip():
        return Diagnosis("empty", 0)
    if not text.lstrip().startswith("<"):
        return Diagnosis("wrong-format/not-xml", 0)
    if message in _RULES_BY_MESSAGE:
        return _RULES_BY_MESSAGE[message](text, offset)
    rules: tuple[Rule, ...] = (_diagnose_comment, _diagnose_reference, _diagnose_less_than)
    found = next((diagnosis for rule in rules if (diagnosis := rule(text, offset))), None)
    return found or diagnose_characters(text, offset, offset + 1) or _diagnose_attribute(text, offset)


def diagnose_rdfxml(text: str, line: int, message: str) -> Diagnosis | None:
    """Return the diagnosis of XML that is not RDF/XML; None if no cause is likely."""
    lines = text.split("\n")
    start = sum(len(one) + 1 for one in lines[: line - 1])
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    iri = re.match(r"error while parsing IRI '(.*)': ", message, re.DOTALL)
    if iri:
        value = iri[1].removeprefix("#")
        place = max(source.find(f'"{value}"'), source.find(f"'{value}'")) + 1
        return diagnose_iri_text(iri[1], start + place, 'xml:base="https://…"')
    name = re.search(r"(?s)^(.*) is not a valid (rdf:\w+) value", message)
    twice = re.search(r"^<.*#(.*)> has already been used as rdf:ID value", message)
    if name or twice:
        value = (name or twice)[1]  # type: ignore[index]  # one of the two is there
        written = re.search(rf"(?:ID|bagID)\s*=\s*[\"']({re.escape(value)})[\"']", source)
        place = start + (written.start(1) if written else 0)
        attribute = name[2] if name else "rdf:ID"
        return Diagnosis("xml-name" if name else "xml-name/twice", place, value=value, attribute=attribute)
    tag = re.search(r"xml:lang\s*=\s*[\"']([^\"']*)", source)
    if "language tag" in message and tag:
        fault = diagnose_language_tag(f"@{tag[1]}", 0)
        if fault:
            fault.offset = start + tag.start(1)
        return fault
    if "namespaces are required" in message:
        return _diagnose_unqualified(source, start)
    encoding = re.match(r"\s*<\?xml[^>]*encoding\s*=\s*[\"']([^\"']+)", text)
    if "Only UTF-8" in message and encoding:
        return Diagnosis("xml-encoding", encoding.start(1), name=encoding[1])
    stray = re.match(r"Unexpected text event: ['\"]?(?:\\\w|\s)*(.*?)(?:\\\w|\s)*['\"]?$", message, re.DOTALL)
    if stray:
        return Diagnosis("stray-text", text.rfind(stray[1][:30], 0, start + len(source)), words=stray[1])
    return None


def _list_open_elements(text: str, end: int) -> list[re.Match[str]]:
    """Return the start tags before an offset that are not closed there."""
    stack: list[re.Match[str]] = []
    for match in _MARKUP.finditer(text, 0, end):
        if match["name"] is None or match["empty"] or match["name"].startswith("!"):
            continue
        if not match["close"]:
            stack.append(match)
        elif stack and stack[-1]["name"] == match["name"]:
            stack.pop()
    return stack


def _diagnose_tags(text: str, offset: int) -> Diagnosis | None:
    start = text.rfind("<", 0, offset + 1)
    closing = re.compile(r"</([^\s>]*)").match(text, start) if start >= 0 else None
    is_end = closing is None or offset >= len(text.rstrip())
    stack = _list_open_elements(text, len(text) if is_end else start)
    if not stack:
        return Diagnosis("mismatched-tag/extra", start, found=closing[0]) if closing else None
    opened = stack[-1]["name"]
    if closing is None or is_end:
        return Diagnosis("mismatched-tag/unclosed", stack[-1].start(), expected=opened)
    variant = "case" if closing[1].lower() == opened.lower() else "open"
    line = text.count("\n", 0, stack[-1].start()) + 1
    return Diagnosis(f"mismatched-tag/{variant}", start, found=closing[0], expected=opened, line=line)


def _diagnose_prefix(text: str, offset: int) -> Diagnosis | None:
    tag = _MARKUP.match(text, offset)
    end = tag.end() if tag else offset
    declared = {"xml", "xmlns", *re.findall(r"xmlns:([\w.-]+)\s*=", text[:end])}
    for match in _PREFIXED_NAME.finditer(text, offset, end):
        prefix = match["prefix"]
        if prefix not in declared:
            declaration = f'xmlns:{prefix}="{next(iter(WELL_KNOWN_PREFIXES.get(prefix, ("…",))))}"'
            place = match.start("prefix")
            return Diagnosis("unknown-prefix/declare", place, prefix=prefix, declaration=declaration)
    return None


def _diagnose_entity(text: str, offset: int) -> Diagnosis | None:
    match = re.compile(r"&(\w+);").match(text, offset)
    code = name2codepoint.get(match[1]) if match else None
    name = match[0] if match else "&"
    return Diagnosis(f"entity/{'known' if code else 'unknown'}", offset, name=name, code=code)


def _diagnose_junk(text: str, offset: int) -> Diagnosis | None:
    return Diagnosis(f"two-values/{'xml' if text[offset : offset + 1] == '<' else 'text'}", offset)


def _diagnose_duplicate(text: str, offset: int) -> Diagnosis | None:
    name = re.compile(r"[\w.:-]*").match(text, offset)
    return Diagnosis("duplicate-attribute", offset, name=name[0] if name else "")


def _diagnose_character_number(text: str, offset: int) -> Diagnosis | None:
    name = text[offset : text.find(";", offset) + 1]
    return Diagnosis("invisible-character/forbidden", offset, name=name)


def _diagnose_unclosed(text: str, offset: int) -> Diagnosis | None:
    for sign, closer in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")):
        start = text.rfind(sign)
        if start >= 0 and closer not in text[start:]:
            return Diagnosis("unclosed-markup", start, sign=sign, closer=closer)
    return (
        Diagnosis("unclosed-markup", offset, sign="<", closer=">")
        if text[offset : offset + 1] == "<"
        else None
    )


def _diagnose_comment(text: str, offset: int) -> Diagnosis | None:
    start = text.rfind("<!--", 0, offset)
    if start >= 0 and "-->" not in text[start:offset] and "--" in text[start + 4 : offset + 1]:
        return Diagnosis("xml-comment", text.index("--", start + 4))
    return None


def _diagnose_reference(text: str, offset: int) -> Diagnosis | None:
    match = re.search(r"&(#?\w*)\Z", text[max(0, offset - 40) : offset + (text[offset : offset + 1] == "&")])
    if match is None:
        return None
    place = offset + (text[offset : offset + 1] == "&") - len(match[0])
    is_reference = match[1] in {"amp", "lt", "gt", "quot", "apos"} or match[1].startswith("#")
    return Diagnosis(f"ampersand/{'semicolon' if is_reference else 'alone'}", place, reference=match[0])


def _diagnose_less_than(text: str, offset: int) -> Diagnosis | None:
    start = offset if text[offset : offset + 1] == "<" else offset - 1
    if text[start : start + 1] != "<":
        return None
    if _SPACED_TAG.match(text, start):
        return Diagnosis("tag-name/space", start + 1)
    opening = re.search(rf"{_ATTRIBUTE}(\"[^\"<]*)\Z", text[max(0, start - 1000) : start])
    if opening and re.compile(r"</?[A-Za-z_][\w.-]*:").match(text, start):
        return Diagnosis("attribute-quotes/open", start - len(opening[1]))
    return Diagnosis("less-than", start)


def _diagnose_attribute(text: str, offset: int) -> Diagnosis | None:
    start = text.rfind("<", 0, offset)
    inside = text[start:offset]
    if start < 0 or ">" in re.sub(r"\"[^\"]*\"|'[^']*'", "", inside):
        return None
    if re.search(rf"\s{_ATTRIBUTE}\Z", inside):
        word = re.compile(r"[^\s>]*").match(text, offset)
        return Diagnosis("attribute-quotes/missing", offset, value=(word and word[0]) or "…")
    if inside.endswith(('"', "'")):
        return Diagnosis("attribute-space", offset)
    name = re.search(r"\s([A-Za-z_][\w.:-]*)\s*\Z", inside)
    if name:
        return Diagnosis("attribute-value", start + name.start(1), name=name[1])
    return Diagnosis("tag-name/letter", offset) if re.fullmatch(r"</?(?:[\w.-]+:)?", inside) else None


def _diagnose_unqualified(source: str, start: int) -> Diagnosis | None:
    attribute = _UNQUALIFIED.search(source)
    element = re.search(r"</?([A-Za-z_][\w.-]*)(?=[\s/>])", source)
    match = attribute or element
    variant = "attribute" if attribute else "element"
    return Diagnosis(f"unqualified-name/{variant}", start + match.start(1), name=match[1]) if match else None


_RULES_BY_MESSAGE: dict[str, Rule] = {
    "mismatched tag": _diagnose_tags,
    "no element found": _diagnose_tags,
    "unbound prefix": _diagnose_prefix,
    "undefined entity": _diagnose_entity,
    "junk after document element": _diagnose_junk,
    "duplicate attribute": _diagnose_duplicate,
    "XML or text declaration not at start of entity": lambda _, offset: Diagnosis("xml-declaration", offset),
    "reference to invalid character number": _diagnose_character_number,
    "unclosed token": _diagnose_unclosed,
    "unclosed CDATA section": _diagnose_unclosed,
}

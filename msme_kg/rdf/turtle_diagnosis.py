"""Diagnosis of syntax errors in Turtle, TriG, N-Triples and N-Quads."""

from __future__ import annotations

import re
from collections.abc import Callable

from msme_kg.errors import find_close_matches
from msme_kg.rdf import term_diagnosis as terms
from msme_kg.rdf.syntax_diagnosis import CLOSERS, Diagnosis, diagnose_characters
from msme_kg.rdf.tolerant_lexer import LooseToken
from msme_kg.rdf.turtle_situation import Situation

Rule = Callable[[Situation, LooseToken], Diagnosis | None]

_SPARQL_KEYWORDS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "DELETE", "WHERE", "FILTER"}
_POSITIONS = {"subject": "a subject", "predicate": "a property", "object": "a value", "graph": "a graph"}


def diagnose_turtle(text: str, offset: int, message: str, form: str) -> Diagnosis | None:
    """Return the diagnosis of an error; None if no cause is likely."""
    situation = Situation(text, offset, message, "" if form in {".nt", ".nq"} else "@base <…> .")
    token = situation.token
    if token is None:
        return _diagnose_end(situation)
    rules: list[Rule] = [_diagnose_string, _diagnose_odd_characters, _diagnose_iri]
    if form in {".nt", ".nq"}:
        rules += [_diagnose_literal_suffix, _diagnose_turtle_syntax, _diagnose_line]
    else:
        rules += [_diagnose_literal_suffix, _diagnose_number]
        rules += [_diagnose_graphs] if form == ".ttl" else []
        rules += [_diagnose_directive, _diagnose_other_language, _diagnose_keyword, _diagnose_local_name]
        rules += [_diagnose_prefix, _diagnose_brackets, _RULES_BY_POSITION[situation.frame.expects]]
        rules += [_diagnose_bare_word]
    return next((diagnosis for rule in rules if (diagnosis := rule(situation, token))), None)


def _diagnose_string(situation: Situation, token: LooseToken) -> Diagnosis | None:
    previous = situation.previous
    if previous and previous.kind == "string" and situation.is_adjacent and token.kind not in {"mark", "at"}:
        rest = situation.text[token.start :].split("\n", 1)[0]
        if previous.text[0] in rest:
            return Diagnosis("unescaped-quote/string", previous.end - 1, sign=previous.text[0])
    number = re.search(r"\d+\Z", previous.text) if previous and token.text[0] == "'" else None
    if previous and number and situation.is_adjacent:
        digits = re.match(r"[\d'.]*\d", situation.text[previous.start : token.end])
        return Diagnosis("number-form/digits", previous.start, value=digits[0] if digits else previous.text)
    return terms.diagnose_string(situation.text, token) if token.kind in {"string", "open"} else None


def _diagnose_odd_characters(situation: Situation, token: LooseToken) -> Diagnosis | None:
    if token.kind in {"string", "open", "iri"}:
        return None
    previous = situation.previous
    # Full-width punctuation is a letter of names to the parser, so that the next token is at fault.
    start = previous.start if previous and previous.kind in {"word", "other"} else token.start
    return diagnose_characters(situation.text, start, token.end)


def _diagnose_iri(situation: Situation, token: LooseToken) -> Diagnosis | None:
    text = situation.text
    opening = text.rfind("<", text.rfind("\n", 0, situation.offset) + 1, situation.offset + 1)
    if text.startswith("<!--", opening):
        return Diagnosis("comment", opening, sign="<!--")
    if token.kind == "iri":
        fault = terms.diagnose_iri(text, token.start, situation.base)
        is_relative = fault is not None and fault.key.startswith("relative-iri")
        return fault if not is_relative or "scheme" in situation.message else None
    if opening >= 0 and ">" not in text[opening : situation.offset]:
        return terms.diagnose_iri(text, opening, situation.base)
    return terms.diagnose_bare_iri(text, token.start) if token.kind == "word" else None


def _diagnose_literal_suffix(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a language tag or datatype."""
    previous, text = situation.previous, situation.text
    place = text.rfind("@", max(0, situation.offset - 40), situation.offset + 1)
    if place > 0 and text[place - 1] in "\"'" and not re.search(r"\s", text[place : situation.offset]):
        fault = terms.diagnose_language_tag(text, place)
        if fault:
            return fault
    if token.text == "^^" and previous and previous.kind == "at":
        return Diagnosis("datatype/both", token.start)
    if token.text == "^" and previous and previous.kind == "string":
        return Diagnosis("datatype/sign", token.start)
    if situation.is_datatype and token.kind in {"string", "open"}:
        return Diagnosis("datatype/quoted", token.start, iri=token.text[1:-1])
    if situation.is_datatype and token.kind != "word":
        return Diagnosis("datatype/missing", token.start)
    return None


def _diagnose_number(situation: Situation, token: LooseToken) -> Diagnosis | None:
    ends_number = situation.is_adjacent and token.text in {".", "^^"}
    dot = situation.last_dot
    if dot and dot is situation.previous and token.text in {";", ","}:
        return terms.diagnose_number(situation.text, dot.start)
    return terms.diagnose_number(situation.text, token.start - ends_number)


def _diagnose_line(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a line of N-Triples or N-Quads that does not end."""
    previous, expects = situation.previous, situation.frame.expects
    if previous and situation.get_line(previous.end) < situation.get_line(token.start):
        if expects == "end":
            return Diagnosis("missing-dot/line", previous.end, line=situation.get_line(previous.end))
        return Diagnosis("line-format/split", previous.end) if expects != "subject" else None
    if expects == "subject" and previous and previous.text == ".":
        return Diagnosis("line-format/several", token.start)
    if expects == "end" and token.kind == "iri":
        return Diagnosis("graph-name/fourth", token.start, format="N-Triples")
    return None


def _diagnose_turtle_syntax(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of syntax that Turtle has and N-Triples lacks."""
    previous, word = situation.previous, token.text
    is_word = token.kind == "word"
    features = (
        (word.lower().lstrip("@") in {"prefix", "base"}, "declarations of prefixes"),
        (word == "a", "the keyword a"),
        (is_word and re.match(r"[+-]?[\d.]|(?:true|false)$", word), "plain numbers or booleans"),
        (is_word and ":" in word and not word.startswith("_:"), "prefixed names"),
        (word in {";", ","}, "lists of properties or values"),
        (word in {"[", "("}, "brackets"),
        (token.kind in {"string", "open"} and word.startswith("'"), "strings in single quotes"),
        (word.startswith('"""') or (previous and previous.text == '""'), "strings of several lines"),
    )
    feature = next((name for is_present, name in features if is_present), None)
    return Diagnosis("turtle-in-ntriples", token.start, feature=feature) if feature else None


def _diagnose_graphs(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of named graphs in a Turtle file."""
    frame = situation.frame
    is_named = token.text == "{" and frame.expects == "predicate" and len(frame.terms) == 1
    if is_named or (token.text.upper() == "GRAPH" and frame.expects == "subject"):
        return Diagnosis("graph-name/graph", token.start)
    is_line = len(frame.terms) == 3 and all(term.text[0] in '<_"' for term in (*frame.terms, token))
    ends = situation.following is not None and situation.following.text == "."
    if frame.expects == "end" and not frame.separator and is_line and ends and token.kind == "iri":
        return Diagnosis("graph-name/fourth", token.start, format="Turtle")
    return None


def _diagnose_directive(situation: Situation, token: LooseToken) -> Diagnosis | None:
    previous, word, is_subject = situation.previous, token.text, situation.frame.expects == "subject"
    if word in {"@PREFIX", "@BASE", "@Prefix", "@Base"}:
        plain = word.lower()
        return Diagnosis("directive/case", token.start, word=word, plain=plain, sparql=plain[1:].upper())
    if token.kind == "at" and is_subject and not situation.directive:
        variant = "graph" if situation.frame.opener else "unknown"
        return Diagnosis(f"directive/{variant}", token.start, word=word)
    if previous and previous.kind == "iri" and word == "." and is_subject and not situation.directive:
        return Diagnosis("directive/dot", token.start)
    if not situation.directive or previous is None:
        return None
    keyword = situation.directive[0].text
    if any(part.kind == "iri" for part in situation.directive):
        line = situation.get_line(previous.end)
        return Diagnosis("missing-dot/directive", previous.end, word=keyword, line=line)
    if len(situation.directive) == 1 and keyword.lower().endswith("prefix"):
        name = re.match(r"[\w-]*", word)
        return Diagnosis("directive/colon", token.start, word=keyword, name=(name and name[0]) or "ex")
    if token.kind == "string":
        return Diagnosis("directive/quoted", token.start, word=keyword, iri=word[1:-1])
    return Diagnosis("directive/iri", token.start, word=keyword)


def _diagnose_other_language(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of text in another language: SPARQL, N3, Markdown, programs."""
    text, word, frame = situation.text, token.text, situation.frame
    if text.startswith(("//", "/*", "--"), token.start):
        return Diagnosis("comment", token.start, sign=text[token.start : token.start + 2])
    if text.startswith("```", token.start):
        return Diagnosis("markdown", token.start)
    if word.upper() in _SPARQL_KEYWORDS and frame.expects == "subject":
        return Diagnosis("sparql/query", token.start, word=word)
    if re.match(r"[?$]\w", word):
        return Diagnosis("sparql/variable", token.start, word=word)
    if word == "=" and frame.expects == "object":
        return Diagnosis("equals-sign", token.start)
    if word == "=" and situation.following and situation.following.text == "{":
        return Diagnosis("equals-sign/graph", token.start)
    if word in {"=", "==", "=>"} or (word == "{" and frame.expects == "subject" and not frame.opener):
        return Diagnosis("notation3", token.start, sign=word)
    is_after_property = len(frame.terms) % 3 == 2 or frame.separator
    if word == "^" or (word in {"/", "|", "*", "+"} and frame.expects == "object" and is_after_property):
        return Diagnosis("property-path/turtle", token.start, sign=word)
    return None


def _diagnose_keyword(situation: Situation, token: LooseToken) -> Diagnosis | None:
    word, expects = token.text, situation.frame.expects
    if word == "A" and expects in {"predicate", "end"}:
        return Diagnosis("keyword-a", token.start)
    if word.lower() in {"true", "false"} and expects == "object":
        return Diagnosis("boolean", token.start, word=word, plain=word.lower())
    if word.lower() in {"none", "null", "nil", "nan"} and expects == "object":
        return Diagnosis("bare-word/null", token.start, word=word)
    return None


def _diagnose_local_name(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a character that a prefixed name cannot hold as it is."""
    name, place = situation.previous if situation.is_adjacent else None, token.start
    if token.kind == "word" and token.start < situation.offset < token.end:
        percent = token.text.find("%")
        name, place = token, token.start + percent if percent >= 0 else situation.offset
    char = situation.text[place]
    if name is None or name.kind != "word" or ":" not in name.text or char not in "/(&+%~!'*=?$@":
        return None
    return Diagnosis("local-name/character", place, char=char)


def _diagnose_prefix(situation: Situation, token: LooseToken) -> Diagnosis | None:
    prefix, colon, _ = token.text.partition(":")
    if token.kind != "word" or not colon or prefix in {"_", *situation.prefixes}:
        return None
    if token.text == ":":
        return Diagnosis("stray-colon", token.start)
    return terms.diagnose_prefix(prefix, situation.prefixes, "@prefix {}: <{}> .", token.start)


def _diagnose_brackets(situation: Situation, token: LooseToken) -> Diagnosis | None:
    opener, word = situation.frame.opener, token.text
    if opener is None:
        return Diagnosis("extra-bracket", token.start, sign=word) if word in CLOSERS.values() else None
    if word in CLOSERS.values() and CLOSERS[opener.text] != word:
        return _diagnose_unclosed(situation, token)
    if opener.text == "(" and word == ",":
        return Diagnosis("list-comma", token.start)
    if opener.text == "{":
        return Diagnosis("graph-name/nested", token.start) if word == "{" else None
    if word in {".", "@prefix"} or (word == ";" and opener.text == "("):
        return _diagnose_unclosed(situation, token)
    return None


def _diagnose_subject(situation: Situation, token: LooseToken) -> Diagnosis | None:
    if token.text in {";", ","}:
        return Diagnosis("early-dot/first", token.start, sign=token.text)
    if token.text == ".":
        return Diagnosis("extra-dot", token.start)
    if token.kind == "string" or re.match(r"[+-]?\d", token.text):
        position = "graph" if situation.names_graph else "subject"
        return Diagnosis(f"literal-position/{position}", token.start)
    return None


def _diagnose_predicate(situation: Situation, token: LooseToken) -> Diagnosis | None:
    word, separator = token.text, situation.frame.separator
    if token.kind == "string" or re.match(r"[+-]?\d", word):
        if separator and separator is situation.previous:
            return Diagnosis("missing-separator/comma", separator.start, word=word)
        return _diagnose_early_dot(situation) or Diagnosis(
            "literal-position/property", token.start, kind="literal"
        )
    if word in {"[", "("} or word.startswith("_:"):
        kind = "list" if word == "(" else "blank node"
        return Diagnosis("literal-position/property", token.start, kind=kind)
    return Diagnosis("missing-term/property", token.start, word=word) if word in {";", ",", "."} else None


def _diagnose_object(situation: Situation, token: LooseToken) -> Diagnosis | None:
    previous = situation.previous
    if token.text == "{":
        return Diagnosis("brace", token.start)
    if token.text not in {".", ";", ",", "]", "}", "@prefix"} or previous is None:
        return None
    early_dot = _diagnose_early_dot(situation) if len(situation.frame.terms) == 2 else None
    if early_dot:
        return early_dot
    if previous.text in {",", ";"}:
        return Diagnosis("missing-term/separator", previous.start, word=previous.text)
    return Diagnosis("missing-term/value", previous.end, word=previous.text)


def _diagnose_early_dot(situation: Situation) -> Diagnosis | None:
    """Return the diagnosis of a dot after which the next line continues the statement."""
    dot, terms_of_frame = situation.last_dot, situation.frame.terms
    if not dot or not terms_of_frame or situation.get_column(terms_of_frame[0].start) == 1:
        return None
    gap = situation.text[dot.end : terms_of_frame[0].start]
    return Diagnosis("early-dot/goes-on", dot.start) if gap.count("\n") == 1 else None


def _diagnose_bare_word(situation: Situation, token: LooseToken) -> Diagnosis | None:
    word, expects, following = token.text, situation.frame.expects, situation.following
    if token.kind not in {"word", "other"} or ":" in word:
        return None
    if situation.previous is None:
        return Diagnosis("not-turtle", token.start, word=word)
    if following and following.text.startswith(":"):
        return Diagnosis("space-in-name", token.end, name=f"{word}:")
    near = find_close_matches(word.upper(), ["GRAPH", "PREFIX", "BASE"], 1, 0.7)
    if near and expects == "subject":
        return Diagnosis("bare-word/keyword", token.start, word=word, near=near[0])
    expects = "graph" if situation.names_graph else expects
    prefix, position = next(iter(situation.prefixes), "ex"), _POSITIONS.get(expects, "a term")
    if not re.fullmatch(r"\w[\w-]*", word):
        return Diagnosis("bare-word/sign", token.start, word=word, position=position)
    if expects == "object":
        return Diagnosis("bare-word/value", token.start, word=word, prefix=f"{prefix}:")
    return Diagnosis("bare-word/name", token.start, word=word, position=position, prefix=prefix)


def _diagnose_end(situation: Situation) -> Diagnosis | None:
    """Return the diagnosis of a file that ends too early."""
    previous = situation.previous
    if previous is None:
        return None
    fault = diagnose_characters(situation.text, previous.start, previous.end)
    if fault and previous.kind == "word":
        return fault
    if situation.frame.opener:
        return _diagnose_unclosed(situation, None)
    if situation.directive or situation.frame.expects == "end":
        if situation.text[previous.end : previous.end + 1] == "#":
            return Diagnosis("local-name/comment", previous.end)
        return Diagnosis("missing-dot/line", previous.end, line=situation.get_line(previous.end))
    return Diagnosis("cut-off", previous.end, last=previous.text)


def _diagnose_unclosed(situation: Situation, token: LooseToken | None) -> Diagnosis | None:
    """Return the diagnosis of a bracket that is not closed before a token, or before the end of the file."""
    opener = situation.frame.opener
    if opener is None:
        return None
    closer = CLOSERS[opener.text]
    if token and token.text in CLOSERS.values():
        line = situation.get_line(opener.start)
        params = {"found": token.text, "expected": closer, "opener": opener.text, "line": line}
        return Diagnosis("unclosed-bracket/closer", token.start, **params)
    where = "before the end of the file"
    if token:
        line, column = situation.get_line(token.start), situation.get_column(token.start)
        where = f"before line {line}, column {column}"
    return Diagnosis("unclosed-bracket/opener", opener.start, opener=opener.text, closer=closer, where=where)


def _diagnose_statement_end(situation: Situation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis where ``.``, ``;`` or ``,`` is expected."""
    frame, previous, text = situation.frame, situation.previous, situation.text
    if previous is None or not frame.terms:
        return None
    names = (term for term in frame.terms if term.kind == "word" and term.text.endswith(":"))
    name = next((term for term in names if text[term.end : term.end + 1] == " "), None)
    if name:
        return Diagnosis("space-in-name", name.end, name=name.text)
    separator, last = frame.separator, frame.terms[-1]
    if separator and "\n" in text[separator.end : last.start] and token.kind not in {"string", "open", "at"}:
        first = next(term for term in frame.terms if term.start > separator.start)
        is_outdented = situation.get_column(first.start) <= situation.get_column(frame.terms[0].start)
        if separator.text == ";" and is_outdented and not frame.opener:
            return Diagnosis("semicolon-for-dot", separator.start)
        if separator.text == ",":
            return Diagnosis("comma-for-semicolon", separator.start)
    return _diagnose_missing_mark(situation, token, previous)


def _diagnose_missing_mark(situation: Situation, token: LooseToken, previous: LooseToken) -> Diagnosis | None:
    frame, place, word = situation.frame, previous.end, token.text
    line, column = situation.get_line(place), situation.get_column(token.start)
    is_new_line = line < situation.get_line(token.start)
    if frame.opener and frame.opener.text == "[":
        if is_new_line and column == 1:
            return _diagnose_unclosed(situation, token)
        return Diagnosis("missing-separator/nested", place, word=word)
    if situation.text[place : place + 1] == "#":
        return Diagnosis("local-name/comment", place)
    is_literal = token.kind in {"string", "open"} or re.match(r"[+-]?\d", word)
    starts_statement = column <= situation.get_column(frame.terms[0].start) or token.kind == "at"
    if is_new_line and starts_statement and word != "a" and not is_literal:
        return Diagnosis("missing-dot/line", place, line=line)
    if is_literal:
        return Diagnosis("missing-separator/comma", place, word=word)
    return Diagnosis(
        f"missing-separator/{'line' if is_new_line else 'same-line'}", place, line=line, word=word
    )


_RULES_BY_POSITION: dict[str, Rule] = {
    "subject": _diagnose_subject,
    "predicate": _diagnose_predicate,
    "object": _diagnose_object,
    "end": _diagnose_statement_end,
}

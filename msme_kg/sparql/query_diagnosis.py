"""Diagnosis of syntax errors in SPARQL queries and updates: terms, variables, structure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from msme_kg.errors import find_close_matches
from msme_kg.rdf import term_diagnosis as terms
from msme_kg.rdf.syntax_diagnosis import CLOSERS, Diagnosis, diagnose_characters
from msme_kg.rdf.tolerant_lexer import LooseToken
from msme_kg.sparql.clause_diagnosis import CLAUSE_RULES
from msme_kg.sparql.query_lexer import read_prefixes
from msme_kg.sparql.query_situation import KEYWORDS, QuerySituation

Rule = Callable[[QuerySituation, LooseToken], Diagnosis | None]

_BASE = "BASE <…>"
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "DELETE"}
"""The words of which a query or update has one, in contrast to Turtle."""
_VARIABLE = re.compile(r"[?$]\w+")
_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s|\{\{\s*\w+\s*\}\}|\{\w+\}|\$\{\w+\}")


def diagnose_query(situation: QuerySituation, known_prefixes: Mapping[str, str]) -> Diagnosis | None:
    """Return the diagnosis of an error in a query or update; None if no cause is likely."""
    if not situation.tokens:
        return Diagnosis("empty/query", 0)
    found = _diagnose_variables(situation) or _diagnose_strings(situation) or _diagnose_data(situation)
    token = situation.token
    if found or token is None:
        return found or _diagnose_end(situation)
    if "Prefix not found" in situation.message and token.kind == "word" and ":" in token.text:
        declared = {**known_prefixes, **read_prefixes(situation.text[: token.start])}
        prefix = token.text.partition(":")[0]
        bare = terms.diagnose_bare_iri(situation.text, token.start)
        return bare or terms.diagnose_prefix(prefix, declared, "PREFIX {}: <{}>", token.start)
    words = {one.text.upper() for one in situation.tokens}
    if not words & _FORMS and (token.kind in {"iri", "at"} or ":" in token.text):
        return Diagnosis("wrong-format/sparql", token.start)
    rules: tuple[Rule, ...] = (_diagnose_terms, *CLAUSE_RULES, _diagnose_keyword, _diagnose_brackets)
    return next((diagnosis for rule in rules if (diagnosis := rule(situation, token))), None)


def _diagnose_variables(situation: QuerySituation) -> Diagnosis | None:
    """Return the diagnosis of conditions on variables that are not of the grammar."""
    message, tokens = situation.message, situation.tokens
    if "SELECT * is not authorized" in message:
        return Diagnosis("select-star", next((token.start for token in tokens if token.text == "*"), None))
    if "variable that is unbound" in message:
        return _diagnose_unbound(tokens)
    if "Duplicated variable name" in message or "overrides an existing variable" in message:
        names = [token for token in _list_head(tokens) if _VARIABLE.fullmatch(token.text)]
        seen = [one.text for one in names]
        repeated = (one for number, one in enumerate(names) if one.text in seen[:number])
        place = next(repeated, names[-1] if names else tokens[0])
        return Diagnosis("variable-twice/select", place.start, name=place.text)
    return None


def _diagnose_data(situation: QuerySituation) -> Diagnosis | None:
    """Return the diagnosis of a term that data cannot have: the parser names the end of the block."""
    operation, depth = "", 0
    for previous, token in pairwise(situation.tokens):
        depth += (token.text == "{") - (token.text == "}")
        if token.text.upper() == "DATA" and not depth:
            operation = previous.text.upper()
        elif token.text == "}" and not depth:
            operation = ""
        elif operation and depth and situation.text.startswith("<<", token.start):
            return Diagnosis("update/triple", token.start)
        elif (
            operation
            and depth
            and (_VARIABLE.match(token.text) or (operation == "DELETE" and token.text[:2] == "_:"))
        ):
            return Diagnosis("update/data", token.start, word=operation)
    return None


def _list_head(tokens: list[LooseToken]) -> list[LooseToken]:
    """Return the tokens from SELECT to the first brace."""
    words = [token.text.upper() for token in tokens]
    start = words.index("SELECT") + 1 if "SELECT" in words else 0
    return tokens[start : words.index("{", start) if "{" in words[start:] else None]


def _diagnose_unbound(tokens: list[LooseToken]) -> Diagnosis:
    """Return the diagnosis of a selected variable that is neither bound nor grouped."""
    words = [token.text.upper() for token in tokens]
    grouped = {token.text for token in tokens[words.index("GROUP") :]} if "GROUP" in words else set()
    depth = 0
    for token in _list_head(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if not depth and _VARIABLE.fullmatch(token.text) and token.text not in grouped:
            return Diagnosis("unbound-variable/selected", token.start, name=token.text)
    return Diagnosis("unbound-variable/other")


def _diagnose_strings(situation: QuerySituation) -> Diagnosis | None:
    """Return the diagnosis of a string that is not closed, or of a malformed escape at the place."""
    for number, token in enumerate(situation.tokens[: situation.index + 1]):
        if token.kind == "open" or (token.kind == "string" and number >= situation.run_start):
            fault = terms.diagnose_string(situation.text, token)
            if fault:
                return fault
    return None


def _diagnose_end(situation: QuerySituation) -> Diagnosis | None:
    """Return the diagnosis of an error at the end of the text."""
    previous, tokens = situation.previous, situation.tokens
    for token, following in pairwise(tokens):
        if token.text == "<" and token.end == following.start and re.match(r"[A-Za-z]+:", following.text):
            return Diagnosis("unclosed-iri", token.start)
    if previous is None:
        return None
    if situation.openers:
        opener = situation.openers[-1]
        params = {"opener": opener.text, "closer": CLOSERS[opener.text], "where": "where it ends"}
        return Diagnosis("unclosed-bracket/opener", opener.start, **params)
    word = previous.text.upper()
    if word in {"DESC", "ASC"}:
        return Diagnosis("clause/direction", previous.start, word=word)
    if word in {"LIMIT", "OFFSET"}:
        return Diagnosis("clause/number", previous.start, word=word)
    words = {token.text.upper() for token in tokens}
    if words & {"INSERT", "DELETE"} and not words & {"WHERE", "DATA"}:
        return Diagnosis("update/where", previous.end)
    if "{" not in words:
        return Diagnosis("cut-off/query", previous.end, last=previous.text)
    return _diagnose_bound_variable(situation)


def _diagnose_bound_variable(situation: QuerySituation) -> Diagnosis | None:
    for match in re.finditer(r"\bBIND\b[^{}]*?\bAS\s+([?$]\w+)\s*\)", situation.text, re.IGNORECASE):
        if re.search(rf"[?$]{match[1][1:]}\b", situation.text[: match.start()]):
            return Diagnosis("variable-twice/bind", match.start(1), name=match[1])
    return None


def _diagnose_terms(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    text, start = situation.text, situation.tokens[situation.run_start]
    if token.kind not in {"string", "iri"}:
        fault = diagnose_characters(text, token.start, token.end)
        if fault:
            return fault
    if token.kind == "at" and not situation.is_in_head:
        return terms.diagnose_language_tag(text, token.start)
    if token.kind == "iri" and token.text != "<>":
        return terms.diagnose_iri(text, token.start, _BASE)
    opening = text.rfind("<", text.rfind("\n", 0, token.start) + 1, token.start)
    if re.match(r"<(?:https?|urn|ftp|file):", text[opening:]) and ">" not in text[opening : token.start]:
        return terms.diagnose_iri(text, opening, _BASE)
    if re.match(r"\?[\w-]*-", start.text):
        return Diagnosis("variable-name/hyphen", start.start, word=start.text)
    if token.text == "?":
        return Diagnosis("variable-name/missing", token.start)
    placeholder = _PLACEHOLDER.match(text, start.start)
    if placeholder:
        return Diagnosis("placeholder", start.start, word=placeholder[0])
    if text.startswith(("//", "--", "/*"), start.start):
        return Diagnosis("comment", start.start, sign=text[start.start : start.start + 2])
    return terms.diagnose_bare_iri(text, start.start) if start.kind == "word" else None


def _diagnose_keyword(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a misspelt keyword or function."""
    word = token.text.upper()
    if token.kind != "word" or not re.fullmatch(r"[A-Z_][A-Z_0-9]*", word) or word in KEYWORDS:
        return None
    near = find_close_matches(word, KEYWORDS, 1, 0.75) if len(word) > 2 else []
    if near:
        return Diagnosis("keyword", token.start, word=token.text, near=near[0])
    if situation.previous is None or (situation.is_in_head and situation.previous.kind == "iri"):
        return Diagnosis("not-sparql", token.start, word=token.text)
    if situation.openers and situation.openers[-1].text == "(":
        return Diagnosis("bare-word/value", token.start, word=token.text, prefix="?")
    return None


def _diagnose_brackets(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a bracket, or of what is missing between two terms."""
    previous, word = situation.previous, token.text
    opener = situation.openers[-1] if situation.openers else None
    if word in CLOSERS.values() and opener is None:
        return Diagnosis("extra-bracket", token.start, sign=word)
    if word in CLOSERS.values() and opener and CLOSERS[opener.text] != word:
        line = situation.text.count("\n", 0, opener.start) + 1
        params = {"found": word, "expected": CLOSERS[opener.text], "opener": opener.text, "line": line}
        return Diagnosis("unclosed-bracket/closer", token.start, **params)
    if word == "}":
        return _diagnose_bound_variable(situation)
    if previous is None or opener is None or opener.text != "{":
        return None
    if token.kind == "string":
        return Diagnosis("literal-position/property", token.start, kind="literal")
    if word.startswith("_:"):
        return Diagnosis("blank-node", token.start, label=word)
    is_term = token.kind in {"word", "iri"} and word.upper() not in KEYWORDS
    if is_term and previous.is_term and previous.text.upper() not in KEYWORDS:
        return Diagnosis("missing-separator/pattern", previous.end, word=word)
    if is_term and re.fullmatch(r"[A-Za-z][\w-]*", word):
        return Diagnosis("bare-word/name", token.start, word=word, position="a term", prefix="ex")
    return None

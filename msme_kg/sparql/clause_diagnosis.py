"""Diagnosis of malformed clauses of SPARQL: SELECT, FILTER, VALUES, solution modifiers, operations."""

from __future__ import annotations

from msme_kg.rdf.syntax_diagnosis import Diagnosis
from msme_kg.rdf.tolerant_lexer import LooseToken
from msme_kg.sparql.query_situation import QuerySituation

_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_FOREIGN_OPERATORS = {"==": "=", "AND": "&&", "OR": "||", "&": "&&", "=>": ">=", "=<": "<=", "<>": "!="}
_SQL = {
    "NULL": "!BOUND(?x)",
    "IS": "BOUND(?x)",
    "BETWEEN": "?x >= 1 && ?x <= 9",
    "LOWER": "LCASE",
    "UPPER": "UCASE",
    "LENGTH": "STRLEN",
    "LEN": "STRLEN",
}
"""Words of SQL in conditions, with what SPARQL has instead."""
_SQL_OPERATIONS = {("INSERT", "INTO"): "INSERT DATA { … }", ("DELETE", "FROM"): "DELETE WHERE { … }"}
_NO_CALLS = {"SELECT", "DISTINCT", "REDUCED", "FILTER", "HAVING", "BY", "IN", "VALUES", "AS"}
"""Words before a parenthesis that are no functions."""
_BLOCK_KEYWORDS = {"WHERE", "OPTIONAL", "MINUS", "EXISTS", "UNION", "INSERT", "DELETE", "CONSTRUCT", "ASK"}
_MODIFIERS = {"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"}
_PATTERN_KEYWORDS = {"FILTER", "OPTIONAL", "BIND", "MINUS", "VALUES"}
_PATH_SIGNS = {"*", "+", "/", "|"}
_CALL_FORMS = {"IF": "?test, ?then, ?else", "REPLACE": '?text, "old", "new"', "BOUND": "?x", "COUNT": "*"}
"""The arguments of functions, where they are not one or two values."""


def _diagnose_head(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of an error in the prologue or the SELECT clause."""
    previous, word, before = situation.previous, token.text.upper(), situation.get_word(-1)
    if word in {"@PREFIX", "@BASE"}:
        return Diagnosis("directive/turtle", token.start, word=token.text, plain=word[1:])
    if not situation.is_in_head or previous is None:
        return None
    if word == "." and previous.kind == "iri":
        return Diagnosis("directive/dot", token.start)
    if word == ",":
        return Diagnosis("comma", token.start, what="variables")
    if word in _AGGREGATES:
        return Diagnosis("aggregate/name", token.start, word=word)
    if word == ")" and situation.openers:
        opener = situation.openers[-1]
        if situation.get_word(-2) == "(" and before[0] in "?$":
            return Diagnosis("aggregate/variable", opener.start)
        is_call = situation.tokens[situation.tokens.index(opener) - 1].end == opener.start
        return None if is_call else Diagnosis("aggregate/as", token.start)
    if word == "{" and before in {"SELECT", "DISTINCT", "REDUCED"}:
        return Diagnosis("clause/select", previous.end)
    if before == "FROM" and token.kind == "word":
        return Diagnosis("clause/from", token.start)
    if before in {"SELECT", "DISTINCT", "REDUCED"} and token.kind == "word" and token.text.isidentifier():
        return Diagnosis("bare-word/variable", token.start, word=token.text)
    return Diagnosis("clause/order", token.start, word=word) if word in {"DISTINCT", "REDUCED"} else None


def _diagnose_value(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a missing comma, ``AS`` or argument in parentheses."""
    previous = situation.previous
    if previous is None or not situation.openers or situation.openers[-1].text != "(":
        return None
    number = situation.tokens.index(situation.openers[-1])
    owner = situation.tokens[number - 1]
    word, is_bind = owner.text.upper(), owner.text.upper() == "BIND"
    is_call = owner.kind == "word" and word[0] not in "?$" and word not in _NO_CALLS and not is_bind
    ends_value = previous.is_term or previous.text == ")"
    if token.text[0] in "?$" and ends_value and (is_bind or (situation.is_in_head and not is_call)):
        return Diagnosis("aggregate/name-only", token.start, word=token.text)
    if is_call and previous.is_term and token.is_term and word not in _AGGREGATES:
        return Diagnosis("missing-comma", previous.end, word=token.text)
    if is_call and token.text == ")":
        form = _CALL_FORMS.get(word, "?x" if previous.text == "(" else "?x, ?y")
        return Diagnosis("arguments", token.start, word=word, form=form)
    return None


def _diagnose_triple(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a triple that ends too early."""
    previous = situation.previous
    is_in_group = previous is not None and situation.openers and situation.openers[-1].text == "{"
    if previous is None or not is_in_group or token.text not in {"}", ".", ";"} or not previous.is_term:
        return None
    before = situation.tokens[: situation.index]
    ends = (number for number, one in enumerate(before) if one.text in {"{", "}", ".", ";"})
    count = situation.index - max(ends, default=-1) - 1
    is_subject = count == 1 and before[-2].text != ";"
    return Diagnosis(
        f"missing-term/{'property' if is_subject else 'value'}",
        previous.end,
        word=(token.text if is_subject else previous.text),
    )


def _diagnose_operator(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    word, before = token.text.upper(), situation.get_word(-1)
    if all(opener.text != "(" for opener in situation.openers):
        return None
    pair = situation.text[token.start : token.start + 2]
    around = situation.text[max(0, token.start - 1) : token.start + 1]
    foreign = next((one for one in (word, pair, around) if one in _FOREIGN_OPERATORS), None)
    if foreign:
        place = token.start - (foreign == around and foreign != pair)
        return Diagnosis("operator/sign", place, word=foreign, plain=_FOREIGN_OPERATORS[foreign])
    if word in _SQL:
        return Diagnosis("operator/sql", token.start, word=token.text, plain=_SQL[word])
    if word == "LIKE":
        return Diagnosis("operator/like", token.start)
    if before == "NOT" and word not in {"EXISTS", "IN"} and not word.startswith("EX"):
        return Diagnosis("operator/not", situation.tokens[situation.index - 1].start)
    return Diagnosis("operator/join", token.start) if word == "." else None


def _diagnose_clause(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a condition or a solution modifier."""
    before, word = situation.get_word(-1), token.text.upper()
    if before in {"FILTER", "HAVING"} and (token.kind != "word" or token.text[0] in "?$"):
        return Diagnosis("condition", token.start, word=before, what="condition")
    if before == "IN" and word != "(":
        return Diagnosis("condition", token.start, word="IN", what="list")
    if before in {"ORDER", "GROUP"} and word != "BY":
        return Diagnosis("clause/by", token.start, word=before)
    if before in {"DESC", "ASC"} and word != "(":
        return Diagnosis("clause/direction", token.start, word=before)
    if "LIMIT" in {situation.get_word(-2), situation.get_word(-3)} and "," in {word, before}:
        return Diagnosis("clause/two-numbers", token.start)
    if before in {"LIMIT", "OFFSET"}:
        is_negative = word.startswith("-")
        return Diagnosis(f"clause/{'negative' if is_negative else 'number'}", token.start, word=before)
    if word in _MODIFIERS and (not situation.openers or before == "*"):
        return Diagnosis("clause/order", token.start, word=word)
    return None


def _diagnose_values(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    words = [one.text.upper() for one in situation.tokens[: situation.index]]
    if "VALUES" not in words:
        return None
    inside = words[len(words) - words[::-1].index("VALUES") :]
    if "rows should have exactly the same" in situation.message:
        return Diagnosis("values/width", token.start)
    if inside.count("{") > inside.count("}") and token.text == ",":
        return Diagnosis("comma", token.start, what="values")
    if inside.count("{") > inside.count("}") and token.text[0] in "?$":
        return Diagnosis("values/variable", token.start, word=token.text)
    return Diagnosis("missing-brace/values", token.start) if "{" not in inside else None


def _diagnose_path(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a malformed property path (SPARQL 1.1 Query §9)."""
    previous, word = situation.previous, token.text
    if not situation.openers or situation.openers[-1].text != "{" or previous is None:
        return None
    if word in _PATH_SIGNS and situation.tokens[situation.run_start].text[0] in "?$":
        return Diagnosis("property-path/variable", token.start)
    if word == "||" or (word in _PATH_SIGNS and previous.text in _PATH_SIGNS):
        sign = word if word == "||" else previous.text + word
        return Diagnosis("property-path/sign", token.start, sign=sign, plain=sign[0])
    if word == "{" and previous.end == token.start and ":" in previous.text:
        return Diagnosis("property-path/repetition", token.start)
    return Diagnosis("keyword-a", token.start) if word == "A" else None


def _diagnose_block(situation: QuerySituation, token: LooseToken) -> Diagnosis | None:
    """Return the diagnosis of a missing brace, or of a clause in the wrong place."""
    previous, word, before = situation.previous, token.text.upper(), situation.get_word(-1)
    if previous is None:
        return None
    if (before, word) in _SQL_OPERATIONS:
        return Diagnosis(
            "operator/sql", token.start, word=f"{before} {word}", plain=_SQL_OPERATIONS[before, word]
        )
    if word in {"NOT", "EXISTS"} and situation.openers and situation.openers[-1].text == "{":
        return Diagnosis("condition/filter", token.start, word="NOT EXISTS" if word == "NOT" else word)
    if before in _BLOCK_KEYWORDS and word != "{":
        return Diagnosis("missing-brace", previous.end, word=before)
    if not situation.openers:
        return _diagnose_operation(situation, token, previous)
    number = situation.tokens.index(situation.openers[-1])
    owner = situation.tokens[number - 1].text.upper() if number else ""
    if word == ")" and owner == "BIND":
        return Diagnosis("aggregate/as", token.start)
    if word in _PATTERN_KEYWORDS and owner in {"CONSTRUCT", "DATA", "INSERT", "DELETE"}:
        return Diagnosis("clause/template", token.start, word=word, owner=owner)
    if word == "SELECT":
        return Diagnosis("missing-brace/subquery", token.start)
    return Diagnosis("missing-term/graph", previous.end) if before == "GRAPH" else None


def _diagnose_operation(
    situation: QuerySituation, token: LooseToken, previous: LooseToken
) -> Diagnosis | None:
    """Return the diagnosis of an error between the operations of an update, or after a query."""
    word = token.text.upper()
    if word == ";":
        return Diagnosis("stray-semicolon", token.start)
    if word in {"INSERT", "DELETE", "WITH"}:
        if word == "DELETE" and "WHERE" in situation.text[token.end :].upper():
            return Diagnosis("update/order", token.start)
        return Diagnosis("update/semicolon", previous.end)
    if word in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}:
        return Diagnosis("update/query", token.start, word=word)
    return None


CLAUSE_RULES = (
    _diagnose_head,
    _diagnose_operator,
    _diagnose_clause,
    _diagnose_values,
    _diagnose_path,
    _diagnose_block,
    _diagnose_value,
    _diagnose_triple,
)
"""Rules about a token at fault, in the order in which they are tried."""

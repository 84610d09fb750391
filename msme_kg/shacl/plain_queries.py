"""Reader of the queries that most SPARQL-based constraints have, without rdflib, which takes long to import.

A plain query selects variables from triple patterns without property paths, FILTER, and OPTIONAL, EXISTS
and NOT EXISTS of such. All else is left to ``query_algebra``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from msme_kg.namespaces import RDF, XSD
from msme_kg.shacl.model import Term
from msme_kg.shacl.query_groups import THIS, QueryGroup, Triple
from msme_kg.sparql.query_lexer import TOKEN

_COMPARISONS = {"", "=", "<", ">", "<=", ">="}
"""Texts between the tokens of a plain query, besides white space; the lexer has ``!`` of ``!=``."""
_OPERATORS = {"&&", *"|!+-*/,()"}
_WORD = re.compile(
    "BOUND|IS(IRI|URI|BLANK|LITERAL|NUMERIC)|STR(LEN|STARTS|ENDS|BEFORE|AFTER)?|LANG(MATCHES)?|DATATYPE|SAMETERM|"
    "REGEX|CONTAINS|[UL]CASE|ABS|ROUND|CEIL|FLOOR|YEAR|MONTH|DAY|COALESCE|IF|IN|NOT|TRUE|FALSE"
)
"""A word of a plain expression: a function that rdflib has as well, an operator or a truth value."""
_INTEGER = re.compile("0|[1-9][0-9]*")


class _NotPlainError(Exception):
    """The query is not plain."""


def read_plain_query(text: str, prefixes: Mapping[str, str]) -> QueryGroup | None:
    """Return the group of a query, or None if it is not plain.

    Args:
        text: the query, without declarations; the SPARQL engine has accepted it.
        prefixes: the namespaces of its prefixes.
    """
    try:
        return _Reader(text, prefixes).read_query()
    except (_NotPlainError, ValueError):  # or a malformed IRI
        return None


class _Reader:
    """Reads the tokens of a query from the first to the last."""

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._tokens = list(TOKEN.finditer(text))
        self._place = 0
        ends = [0, *(token.end() for token in self._tokens)]
        starts = [*(token.start() for token in self._tokens), len(text)]
        between = {text[end:start].strip(" \t\r\n") for end, start in zip(ends, starts, strict=True)}
        if (
            not between <= _COMPARISONS
            or "\\u" in text.lower()
            or any(token["comment"] for token in self._tokens)
        ):
            raise _NotPlainError

    def read_query(self) -> QueryGroup:
        self._take("SELECT")
        if self._peek() in {"DISTINCT", "REDUCED"}:
            self._place += 1
        selected = set()
        while name := self._get_token()["variable"]:
            selected.add(name[1:])
            self._place += 1
        if self._peek() == "WHERE":
            self._place += 1
        group = self._read_group()
        if self._place < len(self._tokens) or THIS not in selected:
            raise _NotPlainError
        return group

    def _get_token(self) -> re.Match[str]:
        if self._place == len(self._tokens):
            raise _NotPlainError
        return self._tokens[self._place]

    def _peek(self) -> str:
        return self._get_token()[0].upper()

    def _take(self, *words: str) -> None:
        """Go beyond some tokens.

        Raises:
            _NotPlainError: there are others.
        """
        for word in words:
            if self._peek() != word:
                raise _NotPlainError
            self._place += 1

    def _read_group(self) -> QueryGroup:
        triples: list[Triple] = []
        names: set[str] = set()
        optional: list[QueryGroup] = []
        existence: list[QueryGroup] = []
        self._take("{")
        while (word := self._peek()) != "}":
            if word == "OPTIONAL":
                self._take(word)
                optional.append(self._read_group())
            elif word == "FILTER":
                self._take(word)
                if self._peek() in {"NOT", "EXISTS"}:
                    self._take(*(["NOT"] if self._peek() == "NOT" else ()), "EXISTS")
                    existence.append(self._read_group())
                else:
                    names |= self._read_expression()
            elif word == ".":
                self._take(word)
            elif optional:
                raise _NotPlainError  # patterns that are joined with what OPTIONAL gave
            else:
                triples += self._read_triples()
        self._take("}")
        return QueryGroup(tuple(triples), frozenset(names), tuple(optional), tuple(existence))

    def _read_triples(self) -> list[Triple]:
        """Return the triple patterns of one subject."""
        subject, predicate = self._read_term(), self._read_predicate()
        triples = [(subject, predicate, self._read_term())]
        while (mark := self._peek()) in {";", ","}:
            self._take(mark)
            predicate = self._read_predicate() if mark == ";" else predicate
            triples.append((subject, predicate, self._read_term()))
        return triples

    def _read_predicate(self) -> ox.NamedNode:
        predicate = self._read_term()
        if not isinstance(predicate, ox.NamedNode):
            raise _NotPlainError
        return predicate

    def _read_term(self) -> Term | str:
        """Return a term; of a variable the name."""
        token = self._get_token()
        self._place += 1
        if token["variable"]:
            return token["variable"][1:]
        if token["iri"]:
            return ox.NamedNode(token["iri"][1:-1])
        if token["local"] and "\\" not in token["local"] and (token["word"] or "") in self._prefixes:
            return ox.NamedNode(self._prefixes[token["word"] or ""] + token["local"][1:])
        if token[0] == "a":
            return ox.NamedNode(f"{RDF}type")
        if token[0] in {"true", "false"}:
            return ox.Literal(token[0], datatype=ox.NamedNode(f"{XSD}boolean"))
        if _INTEGER.fullmatch(token[0]):
            return ox.Literal(token[0], datatype=ox.NamedNode(f"{XSD}integer"))
        raise _NotPlainError

    def _read_expression(self) -> set[str]:
        """Return the variables of an expression in parentheses, or of a call."""
        names: set[str] = set()
        depth = 0
        while True:
            token, word = self._get_token(), self._peek()
            self._place += 1
            depth += (word == "(") - (word == ")")
            if token["variable"]:
                names.add(token["variable"][1:])
            elif (
                (token["keyword"] and not _WORD.fullmatch(word))
                or (token["mark"] and word not in _OPERATORS)
                or token["iri"]  # or a prefixed name, which may be a function that is not known
                or (token["local"] and self._peek() == "(")
            ):
                raise _NotPlainError
            if not depth and not token["keyword"]:
                return names

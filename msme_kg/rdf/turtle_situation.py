"""Situation of a syntax error in Turtle, TriG, N-Triples or N-Quads: what precedes and what is expected."""

from __future__ import annotations

from dataclasses import dataclass, field

from msme_kg.rdf.syntax_diagnosis import CLOSERS
from msme_kg.rdf.tolerant_lexer import LooseToken, tokenize_loosely

_NEXT_POSITION = {"subject": "predicate", "predicate": "object", "object": "end", "end": "end"}
_MAX_CONTEXT = 4_000_000
"""The most characters before an error that are read again."""


@dataclass
class Frame:
    """A statement, or the content of a bracket: its terms, last separator, and the next position."""

    opener: LooseToken | None
    expects: str
    terms: list[LooseToken] = field(default_factory=list)
    separator: LooseToken | None = None

    def take(self, token: LooseToken) -> None:
        """Take a term."""
        self.terms.append(token)
        if self.opener is None or self.opener.text != "(":
            self.expects = _NEXT_POSITION[self.expects]


class Situation:
    """The tokens around an error and the position that the grammar is in.

    Attributes:
        token: the token at the place; None at the end of the file. The others are before and after it.
        last_dot: the last dot that ended a statement.
        prefixes: the prefixes declared before.
        directive: the unfinished directive, as tokens.
        is_datatype: whether a datatype is expected.
    """

    token: LooseToken | None = None
    following: LooseToken | None = None
    previous: LooseToken | None = None
    last_dot: LooseToken | None = None
    is_datatype = False

    def __init__(self, text: str, offset: int, message: str, base: str) -> None:
        """Read the text up to an offset; see ``diagnose_turtle`` and ``diagnose_iri``."""
        self.text, self.offset, self.message, self.base = text, offset, message, base
        self.prefixes: list[str] = []
        self.directive: list[LooseToken] = []
        self._frames = [Frame(None, "subject")]
        # The start of a line far enough before; the parser accepted all of it.
        start = text.find("\n", offset - _MAX_CONTEXT) + 1 if offset > _MAX_CONTEXT else 0
        for token in tokenize_loosely(text, start):
            if token.kind == "comment":
                continue
            if self.token is not None:
                self.following = token
                break
            if token.end > offset or (token.kind == "open" and token.end >= offset):
                self.token = token
                continue
            self._take(token)
            self.previous = token

    @property
    def frame(self) -> Frame:
        """The innermost statement or bracket."""
        return self._frames[-1]

    @property
    def is_adjacent(self) -> bool:
        """True if no blank separates the token from the one before."""
        return bool(self.token and self.previous and self.previous.end == self.token.start)

    @property
    def names_graph(self) -> bool:
        """True after ``GRAPH``."""
        return self.previous is not None and self.previous.text.upper() == "GRAPH"

    def get_line(self, offset: int) -> int:
        """Return the line of a character."""
        return self.text.count("\n", 0, offset) + 1

    def get_column(self, offset: int) -> int:
        """Return the column of a character."""
        return offset - self.text.rfind("\n", 0, offset)

    def _take(self, token: LooseToken) -> None:
        if self.is_datatype:
            self.is_datatype = False
        elif self.directive:
            self._take_directive(token)
        elif token.text.lower() in {"@prefix", "@base", "prefix", "base"} and self.frame.expects == "subject":
            self.directive = [token]
        elif token.text == "^^":
            self.is_datatype = True
        elif token.kind == "mark":
            self._take_mark(token)
        elif token.is_term and token.text.lower() != "graph":
            self.frame.take(token)

    def _take_directive(self, token: LooseToken) -> None:
        needs_dot = self.directive[0].kind == "at"
        if token.kind == "iri" and len(self.directive) > 1:
            self.prefixes.append(self.directive[1].text.removesuffix(":"))
        self.directive.append(token)
        if token.text == "." or (token.kind == "iri" and not needs_dot):
            self.directive = []
            self.last_dot = token if needs_dot else self.last_dot

    def _take_mark(self, token: LooseToken) -> None:
        frame = self.frame
        if token.text == ".":
            self.last_dot = token
            frame.expects, frame.terms, frame.separator = "subject", [], None
        elif token.text in {";", ","}:
            frame.expects = "predicate" if token.text == ";" else "object"
            frame.separator = token
        elif token.text in {"[", "(", "{"}:
            expects = {"[": "predicate", "(": "object", "{": "subject"}[token.text]
            self._frames.append(Frame(token, expects))
        elif frame.opener and token.text == CLOSERS[frame.opener.text]:
            self._frames.pop()
            if token.text == "}":
                self._frames[-1] = Frame(None, "subject")
            else:
                self.frame.take(token)

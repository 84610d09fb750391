"""Diagnosis of syntax errors in the YAML of query headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from msme_kg.rdf.syntax_diagnosis import CLOSERS, Diagnosis, diagnose_characters

Position = tuple[int, int]

_HEADER_LINE = re.compile(r"#\+ ?(.*)")
_KEY = re.compile(r"\s*([\w-]+)\s*([:：])(.*)")


@dataclass(frozen=True)
class HeaderDiagnoser:
    """Diagnoser of an error in a header; lines and columns are those of YAML, both from 0.

    Attributes:
        problem: what the YAML parser found at the place.
        context: what it was parsing from the start on.
    """

    text: str
    problem: str
    place: Position
    context: str
    start: Position

    def diagnose(self) -> Diagnosis:
        """Return the diagnosis."""
        return (
            self._diagnose_place()
            or self._diagnose_line(self.start[0])
            or self._diagnose_line(self.place[0])
            or self._diagnose_context()
            or Diagnosis("other", self._find_offset(self.place), message=self.problem)
        )

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    def _find_offset(self, place: Position) -> int:
        line = min(place[0], len(self._lines) - 1)
        match = _HEADER_LINE.match(self._lines[line])
        return sum(len(one) + 1 for one in self._lines[:line]) + (match.start(1) if match else 0) + place[1]

    def _get_line(self, number: int) -> str:
        match = _HEADER_LINE.fullmatch(self._lines[number]) if number < len(self._lines) else None
        return match[1] if match else ""

    def _diagnose_place(self) -> Diagnosis | None:
        """Return the diagnosis of the character at the place."""
        number, column = self.place
        line, offset = self._get_line(number), self._find_offset(self.place)
        tab = re.match(r" *\t", line)
        if tab:
            return Diagnosis("yaml-tab", self._find_offset((number, tab.end() - 1)))
        char = line[column : column + 1]
        if char and char in "@`%|>*&!" and re.search("cannot start|alias|constructor", self.problem):
            return Diagnosis("yaml-text/special", offset, char=char)
        if "unknown escape" in self.problem:
            return Diagnosis("escape/yaml", offset, escape=line[column : column + 2])
        return None

    def _diagnose_line(self, number: int) -> Diagnosis | None:
        """Return the diagnosis of a line that has no key, or no space after it."""
        line = self._get_line(number)
        key = _KEY.match(line)
        if key and key[2] == "：":
            return Diagnosis("full-width", self._find_offset((number, key.start(2))), char="：", plain=": ")
        fault = diagnose_characters(line, 0, len(line))
        is_in_flow = fault is not None and fault.key == "full-width" and "{" in line
        if fault and (is_in_flow or fault.key.startswith("invisible-character")):
            fault.offset = self._find_offset((number, fault.offset or 0))
            return fault
        if key and key[3] and not key[3][0].isspace():
            return Diagnosis("yaml-space", self._find_offset((number, key.start(3))), sign=f"{key[1]}:")
        if re.match(r"\s*-[^\s-]", line):
            return Diagnosis("yaml-space", self._find_offset((number, line.index("-") + 1)), sign="-")
        return None

    def _diagnose_context(self) -> Diagnosis | None:
        """Return the diagnosis of a structure that does not end, or that ends too early."""
        begin, offset = self._find_offset(self.start), self._find_offset(self.place)
        if "quoted scalar" in self.context:
            return Diagnosis("unclosed-string/yaml", begin, sign=self.text[begin : begin + 1])
        if "flow" in self.context:
            return self._diagnose_flow()
        if "mapping values are not allowed" in self.problem:
            number = self.place[0]
            number -= not re.match(
                r"\s*[\w-]+\s+[{\[]", self._get_line(number)
            )  # the text goes on from above
            line = self._get_line(max(number, 0))
            if line and not re.match(rf"\s*-|{_KEY.pattern}", line):
                start = len(line) - len(line.lstrip())
                return Diagnosis("missing-colon/yaml", self._find_offset((number, start)), line=line.strip())
            return Diagnosis("yaml-text/colon", offset)
        if "did not find expected key" in self.problem:
            return Diagnosis("yaml-indent", offset)
        if "could not find expected ':'" in self.problem:
            return Diagnosis("missing-colon/yaml", begin, line=self._get_line(self.start[0]))
        return None

    def _diagnose_flow(self) -> Diagnosis | None:
        """Return the diagnosis of an error between ``{`` and ``}``, or between ``[`` and ``]``."""
        rest = self._get_line(self.start[0])[self.start[1] :]
        opener = rest[:1]
        before = self._get_line(self.place[0])[: self.place[1]].rstrip()
        begin, offset = self._find_offset(self.start), self._find_offset(self.place)
        if " #" in rest:
            return Diagnosis("yaml-text/comment", begin + rest.index(" #") + 1)
        closer = CLOSERS.get(opener, "}")
        if rest.count(opener) > rest.count(closer):
            params = {"opener": opener, "closer": closer, "where": "at the end of the line"}
            return Diagnosis("unclosed-bracket/opener", begin, **params)
        if before.endswith(("'", '"')):
            return Diagnosis("unescaped-quote/yaml", self._find_offset((self.place[0], len(before) - 1)))
        return Diagnosis("yaml-text/colon", offset) if self.text[offset : offset + 1] == ":" else None

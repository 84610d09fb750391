"""Generated queries and updates, and which of their words the parser of the engine takes for keywords."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pyoxigraph as ox

from msme_kg.errors import SafetyError
from msme_kg.sparql.query_guards import reject_unsafe_query, reject_unsafe_update

_NAMES = ("", "ex", "e", "a", "SERVICE", "service", "LOAD", "true", "b", "a.b")
_CHANGED_NAMES = ("ZERVICE", "zervice", "ZOAD")
"""Prefixes that ``_find_keyword`` makes of others."""
PREFIXES = dict.fromkeys((*_NAMES, *_CHANGED_NAMES), "http://127.0.0.1:9/")
"""The engine refuses this port before it connects, with an OSError."""
QUERY_WORDS = ("SERVICE",)
UPDATE_WORDS = ("SERVICE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")

_NAME_OF_SERVICE = re.compile(r"SERVICE[\w.-]*:|<[^<>]*SERVICE", re.IGNORECASE)
_WORDS = re.compile("|".join(UPDATE_WORDS), re.IGNORECASE)
_LOCAL_NAMES = [
    *("a", "", "a-b", "a.b", "1", "SERVICE", "LOAD", "%23", "%2e", "a:b", "_", "é", "-", "a\u00b7"),
    *(rf"a\{sign}" for sign in "_~.-!$&'()*+,;=/?#@%"),
    r"\#",
    r"a\'b\"",
    r"a\#SERVICE",
    r"\%23",
    r"\u0041",
]
_STRINGS = [
    *("''", '""', "'a'", '"#"', "'\\''", '"\\""', "'\\\\'", "'SERVICE'", '"{"', "'}'", "'''a'b'''", "''''''"),
    *('"""a"b"""', '"""\n#"""', "'''\\'''''", '"""\\""""', '"SERVICE <http://127.0.0.1:9/> {}"', "'\\u0027'"),
    *("'<'", '">"', "'\\n'", '"""\\\\"""', "'#'", "'''#\n'''"),
]
_IRIS = [
    *("<http://a.example/>", "<urn:a#b>", "<urn:SERVICE>", "<a>", "<>", "<http://a.example/'>", "<#>"),
    *("<urn:\\u0041>", "<urn:\\U00000041#>", "<urn:\\u0027>", "<urn:a\\u0023'>", "<é>"),
]
_NUMBERS = ["1", "1.5", ".5", "1e5", "1.", "-1", "+2", "1.0E-2", "00"]
_WORD_LITERALS = ["true", "false"]
_VARIABLES = ["?a", "$b", "?SERVICE", "$LOAD", "?é", "?a1"]
_BLANK_NODES = ["_:a", "_:a.b", "_:1", "_:SERVICE", "[]", "[ ]", "_:a-"]
_COMMENTS = ["#\n", "# SERVICE\n", "#'\n", '#"""\n', "#<\r", "# }\n", "#{\r\n", "#\\\n"]
_SEPARATORS = ["", "", " ", " ", " ", "\n", "\t", "\r", "  "]
_OPERATORS = ["<", ">", "<=", ">=", "=", "!=", "&&", "||", "+", "-", "*", "/", "<", "<", "<"]
_NOISE = [
    *"'\"<>#(){}[].;,/\\ \n\r?:@^|&!*+-_%",
    "SERVICE",
    "'''",
    '"""',
    "<<",
    ">>",
    "\\u0053",
    "\ufeff",
    "\u00a0",
    "\0",
    "\u2028",
    "\\#",
    "@base",
    "{|",
    "@en",
    "^^",
    "a:",
    "{}",
]


class QueryGenerator:
    """Generates queries and updates, well-formed but for a few changes, out of tokens that lexers misread."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pick = random.choice

    def generate(self) -> tuple[str, bool]:
        """Return a text, and whether it is an update."""
        is_update = self._random.random() < 0.4
        text = self._update() if is_update else self._query()
        for _ in range(self._random.choice((0, 0, 0, 1, 2))):
            at = self._random.randrange(len(text) + 1)
            cut = at + self._random.choice((0, 0, 1, 2))
            text = text[:at] + self._pick(_NOISE) + text[cut:]
        return text, is_update

    def _gap(self) -> str:
        return self._pick(_COMMENTS) if self._random.random() < 0.06 else self._pick(_SEPARATORS)

    def _join(self, *parts: str) -> str:
        pieces = []
        for part in parts:
            pieces += [part, self._gap()]
        return "".join(pieces)

    def _name(self) -> str:
        return f"{self._pick(_NAMES)}:{self._pick(_LOCAL_NAMES)}"

    def _literal(self) -> str:
        match self._random.randrange(6):
            case 0:
                return self._pick(_NUMBERS)
            case 1:
                return self._pick(_WORD_LITERALS)
            case 2:
                return self._pick(_STRINGS) + self._pick(["@en", "@zh-Hant", "@a-service"])
            case 3:
                return f"{self._pick(_STRINGS)}^^{self._name()}"
            case _:
                return self._pick(_STRINGS)

    def _iri(self) -> str:
        return self._pick(_IRIS) if self._random.random() < 0.4 else self._name()

    def _term(self) -> str:
        match self._random.randrange(8):
            case 0 | 1:
                return self._literal()
            case 2 | 3:
                return self._pick(_VARIABLES)
            case 4:
                return self._pick(_BLANK_NODES)
            case 5 if self._random.random() < 0.3:
                return self._join("(", self._term(), self._term(), ")")
            case _:
                return self._iri()

    def _predicate(self) -> str:
        if self._random.random() < 0.2:
            return self._join(self._iri(), self._pick("/|"), self._pick(["", "^", "!"]) + self._iri())
        return self._pick(["a", self._iri(), self._iri(), self._pick(_VARIABLES)])

    def _triples(self) -> str:
        subject = self._pick([self._iri(), self._pick(_VARIABLES), self._pick(_BLANK_NODES)])
        parts = [subject, self._predicate(), self._term()]
        while self._random.random() < 0.3:
            parts += (
                [";", self._predicate(), self._term()] if self._random.random() < 0.5 else [",", self._term()]
            )
        return self._join(*parts, self._pick([".", ".", ""]))

    def _expression(self, depth: int = 2) -> str:
        if depth and self._random.random() < 0.6:
            pair = self._expression(depth - 1), self._expression(depth - 1)
            whole = self._join(pair[0], self._pick(_OPERATORS), pair[1])
            if self._random.random() < 0.2:
                whole = self._pick(
                    [
                        self._join(pair[0], self._pick(["IN", "NOT IN"]), "(", pair[1], ")"),
                        self._join("IF(", pair[0], ",", pair[1], ",", pair[0], ")"),
                        self._join("NOT EXISTS", self._group(0)),
                        self._join("COALESCE(", pair[0], ")"),
                    ]
                )
            return self._pick(
                [whole, f"({whole})", f"!({whole})", f"STR({whole})", f"{self._name()}({whole})"]
            )
        return self._pick([self._pick(_VARIABLES), self._literal(), self._iri(), self._literal()])

    def _service(self) -> str:
        words = self._pick(["SERVICE", "service", "Service", "SERVICE SILENT", "SERVICESILENT", "SERVICE#\n"])
        return self._join(words, self._pick([self._iri(), self._iri(), "?a"]), self._group(0))

    def _element(self, depth: int) -> str:
        inner = depth - 1
        match self._random.randrange(14 if depth else 7):
            case 7:
                return self._join("OPTIONAL", self._group(inner))
            case 8:
                return self._join(self._group(inner), self._pick(["UNION", "MINUS"]), self._group(inner))
            case 9:
                return self._join("GRAPH", self._pick([self._iri(), "?g"]), self._group(inner))
            case 10:
                return self._join("{", self._query(inner), "}")
            case 11:
                return self._join("FILTER", self._pick(["", "NOT "]) + "EXISTS", self._group(inner))
            case 6:
                return self._join("VALUES", self._pick(_VARIABLES), "{", self._literal(), self._iri(), "}")
            case 5:
                return self._join("BIND", f"({self._expression()}", "AS", f"?v{self._random.randrange(99)})")
            case 4:
                return self._join("FILTER", f"({self._expression()})")
            case 2 | 3:
                return self._service()
            case _:
                return self._triples()

    def _group(self, depth: int) -> str:
        elements = [self._element(depth) for _ in range(self._random.randrange(4))]
        return self._join("{", *elements, "}")

    def _query(self, depth: int = 2) -> str:
        head = (
            "SELECT *"
            if depth < 2
            else self._pick(["SELECT *", "SELECT*", "ASK", "CONSTRUCT {} WHERE", "DESCRIBE ?a"])
        )
        tail = self._pick(
            ["", "", "", "LIMIT 1", "ORDER BY ?a", f"ORDER BY({self._expression()})", "VALUES ?a {}"]
        )
        prologue = self._prologue() if depth == 2 else ""
        return prologue + self._join(head, self._group(depth), tail)

    def _prologue(self) -> str:
        if self._random.random() < 0.7:
            return self._gap()
        words = self._pick(["PREFIX", "prefix"])
        declared = self._join(words, f" {self._pick(_NAMES)}:", "<http://127.0.0.1:9/>")
        return self._gap() + declared + self._pick(["", self._join("BASE", "<http://a.example/#>")])

    def _data(self) -> str:
        parts = [self._pick([self._iri(), "_:a"]), self._iri(), self._pick([self._literal(), self._iri()])]
        quads = self._join(*parts, self._pick([".", ""]))
        return self._pick([quads, quads, self._join("GRAPH", self._iri(), "{", quads, "}")])

    def _operation(self) -> str:
        target = self._pick(["ALL", "DEFAULT", "NAMED", f"GRAPH {self._iri()}", f"GRAPH{self._name()}"])
        match self._random.randrange(7):
            case 0 | 1:
                return self._join(self._pick(["INSERT", "insert"]), "DATA", "{", self._data(), "}")
            case 2:
                return self._join("DELETE WHERE", "{", self._pick(["", self._iri() + " ?p ?o"]), "}")
            case 3:
                template = self._pick(["INSERT {}", "DELETE {}", f"INSERT {{ {self._iri()} a ?a }}"])
                return self._join(self._pick(["", "WITH " + self._iri()]), template, "WHERE", self._group(2))
            case 4:
                return self._join(self._pick(["LOAD", "load", "LOAD SILENT", "LOADSILENT"]), self._iri())
            case 5:
                word = self._pick(["CLEAR", "DROP", "clear", "CLEARSILENT", "Drop", "CREATE"])
                return self._join(word, target)
            case _:
                word = self._pick(["ADD", "MOVE", "COPY", "add", "COPY SILENT"])
                return self._join(
                    word, self._pick(["DEFAULT", self._iri()]), "TO", self._pick(["DEFAULT", self._iri()])
                )

    def _update(self) -> str:
        operations = [self._operation() for _ in range(self._random.choice((1, 1, 2, 3)))]
        return self._prologue() + f"{self._gap()};{self._gap()}".join(operations)


def compare_readings(text: str, is_update: bool) -> None:
    """Check that the guard refuses exactly what the engine takes for a forbidden keyword.

    The guard may also refuse a name whose prefix contains the keyword, and a ``<`` that may open an IRI or an
    IRI with the keyword in it: the engine decides by what follows.
    """
    try:
        reject_unsafe_update(text, "fuzzed.ru") if is_update else reject_unsafe_query(text)
        refusal = ""
    except SafetyError as error:
        refusal = error.message
    if not _is_parsed(text, is_update):
        return
    keyword = _find_keyword(text, is_update)
    assert refusal or not keyword, f"the engine reads {keyword}: {text!r}"
    is_excused = "ambiguous" in refusal or _NAME_OF_SERVICE.search(text)
    assert keyword or not refusal or is_excused, f"the engine reads no keyword; {refusal}: {text!r}"


def _is_parsed(text: str, is_update: bool) -> bool:
    """Return whether the engine accepts a text, whatever becomes of its evaluation."""
    store = ox.Store()
    run: Callable[..., object] = store.update if is_update else store.query
    try:
        run(text, prefixes=PREFIXES)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):  # it would have called a server, or found no graph
        pass
    return True


def _find_keyword(text: str, is_update: bool) -> str:
    """Return a word of an accepted text that the engine takes for a forbidden keyword; empty for none.

    In a keyword a changed letter is a syntax error; in a name, string or comment it is not.
    """
    for match in _WORDS.finditer(text):
        word = match[0].upper()
        if word in (UPDATE_WORDS if is_update else QUERY_WORDS):
            other = "z" if match[0][0].islower() else "Z"
            if not _is_parsed(f"{text[: match.start()]}{other}{text[match.start() + 1 :]}", is_update):
                return word
    return ""

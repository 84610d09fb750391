"""An embedded engine over the files of a graph; it reads and never writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import InputError, Place, SafetyError, printable
from msme_kg.namespaces import SHACL, Prefixes
from msme_kg.rdf.parser import BOM, parse
from msme_kg.rdf.parser_guards import DEEPEST
from msme_kg.sparql.results import Answer, Boolean, Solutions, Triples
from msme_kg.storage.dataset import Dataset, GraphFile

LONGEST = 100_000
"""The longest query that is accepted, in characters."""

# What may hold words and brackets without meaning them, then the words and brackets that matter.
TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'|<[^<>\s\"{}|^`\\]*>|#[^\n]*|"
    r"[?$\w]\w*:?[\w-]*|&&|[\[({})\]!+\-*/|.;,]",
    re.DOTALL,
)
"""What a query or update is read by: strings, IRIs and comments as a whole, words, brackets and operators."""

LONGEST_UPDATE = 100_000_000
"""The longest update: it may hold much data."""

MOST_LINKS = 2_000
"""The most operators, separators and clauses: on a chain of very many the parser ends the process."""

_LINKS = {"&&", "|", "+", "-", "*", "/", ".", ";", ",", "UNION", "OPTIONAL", "MINUS", "FILTER", "BIND"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
_WHOLE = {"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
"""The words of which the first outside all brackets says what a query asks."""
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


class LocalEngine:
    """Answers from memory; the default graph is every file that was loaded.

    A query may use the prefixes of the ontology without declaring them.

    Attributes:
        prefixes: those that the files declare.
    """

    def __init__(self, dataset: Dataset) -> None:
        """Load the files.

        Args:
            dataset: the files; each is a named graph too.

        Raises:
            InputError: a file is malformed.
        """
        self._dataset = dataset
        self._union = ox.Store()
        for file in dataset.files:
            try:
                self._union.load(_turtle(file), format=ox.RdfFormat.TURTLE, base_iri=file.base)
            except SyntaxError:
                for _ in parse(file.content, file.path, file.base):
                    pass  # the error of this parser has the file's name and the place
                raise
        declaring = (ox.NamedNode(f"{SHACL}{name}") for name in ("prefix", "namespace"))
        self.prefixes = Prefixes.declared(
            quad for predicate in declaring for quad in self._union.quads_for_pattern(None, predicate, None)
        )

    @cached_property
    def _named(self) -> ox.Store:
        """The same statements, each in its file's graph: made when a query asks for graphs."""
        store = ox.Store()
        for file in self._dataset.files:
            graph = ox.NamedNode(file.graph)
            store.load(_turtle(file), format=ox.RdfFormat.TURTLE, base_iri=file.base, to_graph=graph)
        return store

    def ask(self, query: str) -> Answer:
        """Return the answer to a query; see ``msme_kg.sparql.results.Engine``."""
        words = check_query(query)
        store = self._named if words & {"GRAPH", "FROM"} else self._union
        try:
            answer = store.query(
                query, prefixes=dict(self.prefixes), use_default_graph_as_union="FROM" not in words
            )
        except SyntaxError as error:
            raise syntax_fault(error, query) from None
        if isinstance(answer, ox.QuerySolutions):
            return Solutions(tuple(one.value for one in answer.variables), tuple(_rows(answer)))
        if isinstance(answer, ox.QueryTriples):
            return Triples(tuple(ox.Quad(one.subject, one.predicate, one.object) for one in answer))
        return Boolean(bool(answer))

    def select(self, query: str) -> Solutions:
        """Return the answer to a query that is known to be a SELECT."""
        answer = self.ask(query)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer


def _turtle(file: GraphFile) -> bytes:
    """Return a file as Turtle, for loading."""
    if file.is_turtle:
        return file.content.removeprefix(BOM)
    triples = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in file.quads())
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _rows(answer: ox.QuerySolutions) -> Iterator[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | None, ...]]:
    width = len(answer.variables)
    for solution in answer:
        yield tuple(solution[number] for number in range(width))


def check_query(query: str) -> set[str]:
    """Refuse what a parser or the engine must not see.

    Returns:
        which of the words ``GRAPH`` and ``FROM`` the query uses, only loaded graphs are ever read; and the
        one of ``FORMS`` that it is.

    Raises:
        SafetyError: too long, too deep, an update, or a call to another server.
    """
    words: set[str] = set()
    for word, is_outside, _ in _words(query, LONGEST):
        words |= {word} & {"GRAPH", "FROM"}
        if is_outside and not words & FORMS:
            words |= {word} & FORMS
        if word in _UPDATES and is_outside:
            raise SafetyError(
                f"{word} is an update; queries only read", hint="use SELECT, ASK, CONSTRUCT or DESCRIBE"
            )
    return words


def check_update(update: str, name: str) -> None:
    """Refuse an update that a parser or the engine must not see, or that does what none may do.

    Args:
        update: its text.
        name: what its file is called.

    Raises:
        SafetyError: too long, too deep, a fetch, or what empties, drops or copies a graph as a whole; with
            the line.
    """
    for word, is_outside, at in _words(update, LONGEST_UPDATE, name):
        if word == "LOAD" and is_outside:
            hint = "download it, then add the file with --add"
            raise SafetyError("LOAD would fetch something", hint=hint, place=_place(update, at, name))
        if word in _WHOLE and is_outside:
            what, hint = f"{word} is about a graph as a whole", "name the statements, with DELETE and INSERT"
            raise SafetyError(what, hint=hint, place=_place(update, at, name))


def _place(text: str, at: int, name: str) -> Place | None:
    """Return the line on which something stands, if the text has a name."""
    return Place(name, text.count("\n", 0, at) + 1) if name else None


def _words(text: str, longest: int, name: str = "") -> Iterator[tuple[str, bool, int]]:
    """Yield the words of a query or update in capitals, whether each stands outside all brackets, and where.

    Raises:
        SafetyError: too long, too deep, or a call to another server; with the line, if the text has a name.
    """

    def refusal(what: str, hint: str) -> SafetyError:
        return SafetyError(what, hint=hint, place=_place(text, at, name))

    kind, at = "update" if name else "query", 0
    if len(text) > longest:
        raise refusal(f"the {kind} is longer than {longest} characters", "split it")
    brackets: list[str] = []
    run = links = members = 0
    data = False
    for match in TOKENS.finditer(text):
        token, at = match[0], match.start()
        if token in "[({":
            brackets.append(token)
            members = 0
        elif token in "])}":
            brackets = brackets[:-1]
            data = data and bool(brackets)
        else:
            members += 1
        run = run + 1 if token in "!+-" else 0
        if max(len(brackets), run) > DEEPEST:
            raise refusal(f"the {kind} nests deeper than {DEEPEST}", "write it flatter")
        word = token.upper()
        data = data or (word == "DATA" and not brackets)  # a parser goes through data in a loop
        links += word in _LINKS and not data
        if links > MOST_LINKS or (members > MOST_LINKS and brackets[-1:] == ["("]):
            raise refusal(f"the {kind} has more than {MOST_LINKS} parts", "split it, or use VALUES")
        if word == "SERVICE":
            raise refusal("SERVICE would call another server", "ask that server with --endpoint")
        yield word, not brackets, at


def syntax_fault(error: SyntaxError, query: str, name: str = "query") -> InputError:
    """Say in words what the parser, which lists every token it would have taken, did not understand.

    Args:
        error: as the parser raised it.
        query: the query or update.
        name: what it is called in the place of the fault.
    """
    found = _PLACE.search(str(error.msg))
    if not found:
        place = None if name == "query" else Place(name)
        return InputError(f"query syntax: {printable(str(error.msg))}", place=place, hint="correct the query")
    line, column, expected = int(found[1]), int(found[2]), found[3]
    rest = query.split("\n")[line - 1][column - 1 :].split()
    if "Prefix not found" in expected:
        what = "a prefix is not declared"
    elif "unbound" in expected:
        what = "SELECT names a variable that the pattern does not bind or group"
    else:
        what = f"unexpected {printable(rest[0], 40)!r}" if rest else "unexpected end"
    return InputError(
        f"query syntax: {what}", place=Place(name, line, column), hint="correct the query there"
    )

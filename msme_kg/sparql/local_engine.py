"""An embedded engine over the files of a graph; it reads and never writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import pyoxigraph as ox

from msme_kg.errors import InputError, SafetyError, SourceLocation, to_printable
from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.rdf.parser import BOM, parse
from msme_kg.rdf.parser_guards import MAX_NESTING_DEPTH
from msme_kg.sparql.results import AskResult, GraphResult, QueryResult, Solutions
from msme_kg.storage.dataset import Dataset, GraphFile

MAX_QUERY_LENGTH = 100_000
"""The longest query that is accepted, in characters."""

# What may hold words and brackets without meaning them, then the words and brackets that matter.
TOKEN_PATTERN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|' + r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'|<[^<>\s\"{}|^`\\]*>|#[^\n]*|"
    r"[?$\w]\w*:?[\w-]*|&&|[\[({})\]!+\-*/|.;,]",
    re.DOTALL,
)
"""What a query or update is read by: strings, IRIs and comments as a whole, words, brackets and operators."""

MAX_UPDATE_LENGTH = 100_000_000
"""The longest update: it may hold much data."""

MAX_CHAIN_LENGTH = 2_000
"""The most operators, separators and clauses: on a chain of very many the parser ends the process."""

_CHAINING_TOKENS = {
    "&&",
    "|",
    "+",
    "-",
    "*",
    "/",
    ".",
    ";",
    ",",
    "UNION",
    "OPTIONAL",
    "MINUS",
    "FILTER",
    "BIND",
}
_UPDATE_KEYWORDS = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
_WHOLE_GRAPH_KEYWORDS = {"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"}
QUERY_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
"""The words of which the first outside all brackets says what a query asks."""
_ERROR_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


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
        self._union_store = ox.Store()
        for file in dataset.files:
            try:
                self._union_store.load(_to_turtle(file), format=ox.RdfFormat.TURTLE, base_iri=file.base)
            except SyntaxError:
                for _ in parse(file.content, file.path, file.base):
                    pass  # the error of this parser has the file's name and the place
                raise
        declaring = (ox.NamedNode(f"{SHACL}{name}") for name in ("prefix", "namespace"))
        self.prefixes = PrefixMap.from_declarations(
            quad
            for predicate in declaring
            for quad in self._union_store.quads_for_pattern(None, predicate, None)
        )

    @cached_property
    def _named_graph_store(self) -> ox.Store:
        """The same statements, each in its file's graph: made when a query asks for graphs."""
        store = ox.Store()
        for file in self._dataset.files:
            graph = ox.NamedNode(file.graph)
            store.load(_to_turtle(file), format=ox.RdfFormat.TURTLE, base_iri=file.base, to_graph=graph)
        return store

    def query(self, query: str) -> QueryResult:
        """Return the answer to a query; see ``msme_kg.sparql.results.Engine``."""
        words = check_query(query)
        store = self._named_graph_store if words & {"GRAPH", "FROM"} else self._union_store
        try:
            answer = store.query(
                query, prefixes=dict(self.prefixes), use_default_graph_as_union="FROM" not in words
            )
        except SyntaxError as error:
            raise build_syntax_error(error, query) from None
        if isinstance(answer, ox.QuerySolutions):
            return Solutions(tuple(one.value for one in answer.variables), tuple(_read_rows(answer)))
        if isinstance(answer, ox.QueryTriples):
            return GraphResult(tuple(ox.Quad(one.subject, one.predicate, one.object) for one in answer))
        return AskResult(bool(answer))

    def select(self, query: str) -> Solutions:
        """Return the answer to a query that is known to be a SELECT."""
        answer = self.query(query)
        assert isinstance(answer, Solutions)  # noqa: S101 (the caller wrote the query)
        return answer


def _to_turtle(file: GraphFile) -> bytes:
    """Return a file as Turtle, for loading."""
    if file.is_turtle:
        return file.content.removeprefix(BOM)
    triples = (ox.Triple(quad.subject, quad.predicate, quad.object) for quad in file.parse_quads())
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _read_rows(
    answer: ox.QuerySolutions,
) -> Iterator[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | None, ...]]:
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
    for word, is_outside, _ in _scan_tokens(query, MAX_QUERY_LENGTH):
        words |= {word} & {"GRAPH", "FROM"}
        if is_outside and not words & QUERY_FORMS:
            words |= {word} & QUERY_FORMS
        if word in _UPDATE_KEYWORDS and is_outside:
            raise SafetyError(
                f"{word} is an update; queries only read", hint="use SELECT, ASK, CONSTRUCT or DESCRIBE"
            )
    return words


def check_update(update: str, file_name: str) -> None:
    """Refuse an update that a parser or the engine must not see, or that does what none may do.

    Args:
        update: its text.
        file_name: what its file is called.

    Raises:
        SafetyError: too long, too deep, a fetch, or what empties, drops or copies a graph as a whole; with
            the line.
    """
    for word, is_outside, at in _scan_tokens(update, MAX_UPDATE_LENGTH, file_name):
        if word == "LOAD" and is_outside:
            hint = "download it, then add the file with --add"
            raise SafetyError(
                "LOAD would fetch something", hint=hint, location=_locate_offset(update, at, file_name)
            )
        if word in _WHOLE_GRAPH_KEYWORDS and is_outside:
            what, hint = f"{word} is about a graph as a whole", "name the statements, with DELETE and INSERT"
            raise SafetyError(what, hint=hint, location=_locate_offset(update, at, file_name))


def _locate_offset(text: str, offset: int, file_name: str) -> SourceLocation | None:
    """Return the line on which something stands, if the text has a name."""
    return SourceLocation(file_name, text.count("\n", 0, offset) + 1) if file_name else None


def _scan_tokens(text: str, max_length: int, file_name: str = "") -> Iterator[tuple[str, bool, int]]:
    """Yield the words of a query or update in capitals, whether each stands outside all brackets, and where.

    Raises:
        SafetyError: too long, too deep, or a call to another server; with the line, if the text has a name.
    """

    def build_error(message: str, hint: str) -> SafetyError:
        return SafetyError(message, hint=hint, location=_locate_offset(text, at, file_name))

    kind, at = "update" if file_name else "query", 0
    if len(text) > max_length:
        raise build_error(f"the {kind} is longer than {max_length} characters", "split it")
    brackets: list[str] = []
    run = links = members = 0
    data = False
    for match in TOKEN_PATTERN.finditer(text):
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
        if max(len(brackets), run) > MAX_NESTING_DEPTH:
            raise build_error(f"the {kind} nests deeper than {MAX_NESTING_DEPTH}", "write it flatter")
        word = token.upper()
        data = data or (word == "DATA" and not brackets)  # a parser goes through data in a loop
        links += word in _CHAINING_TOKENS and not data
        if links > MAX_CHAIN_LENGTH or (members > MAX_CHAIN_LENGTH and brackets[-1:] == ["("]):
            raise build_error(f"the {kind} has more than {MAX_CHAIN_LENGTH} parts", "split it, or use VALUES")
        if word == "SERVICE":
            raise build_error("SERVICE would call another server", "ask that server with --endpoint")
        yield word, not brackets, at


def build_syntax_error(error: SyntaxError, text: str, source_name: str = "query") -> InputError:
    """Say in words what the parser, which lists every token it would have taken, did not understand.

    Args:
        error: as the parser raised it.
        text: the query or update.
        source_name: what it is called in the place of the fault.
    """
    found = _ERROR_POSITION.search(str(error.msg))
    if not found:
        place = None if source_name == "query" else SourceLocation(source_name)
        return InputError(
            f"query syntax: {to_printable(str(error.msg))}", location=place, hint="correct the query"
        )
    line, column, expected = int(found[1]), int(found[2]), found[3]
    rest = text.split("\n")[line - 1][column - 1 :].split()
    if "Prefix not found" in expected:
        what = "a prefix is not declared"
    elif "unbound" in expected:
        what = "SELECT names a variable that the pattern does not bind or group"
    else:
        what = f"unexpected {to_printable(rest[0], 40)!r}" if rest else "unexpected end"
    return InputError(
        f"query syntax: {what}",
        location=SourceLocation(source_name, line, column),
        hint="correct the query there",
    )

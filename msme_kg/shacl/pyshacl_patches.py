"""Patches of pySHACL and rdflib, each with the upstream behaviour that it cures.

``tests/shacl/test_pyshacl_patches.py`` shows each unpatched behaviour, so a test fails once upstream has
cured it and the patch can go. All but the graph class change attributes of pySHACL or rdflib for the whole
process while they are active.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

import rdflib
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from msme_kg.errors import SafetyError
from msme_kg.shacl.query_algebra import reject_unknown_functions
from msme_kg.shacl.report_reader import BOUND_MESSAGE
from msme_kg.shacl.shapes_graph import SERVICE_REFUSED

_PREFIXES = re.compile(r"(?:PREFIX [^\s:]*: <[^>\s]*>\n)*")
"""The prefix declarations as pySHACL writes them before the query of a constraint."""
_NEVER = re.compile(r"(?!)")
"""A pattern that matches nothing."""
_REFLECTED_METHODS = {"__lt__": "__gt__", "__le__": "__ge__"}
"""The method that Python tries on the other operand when one returns ``NotImplemented``."""


class QueryCachingGraph(rdflib.Graph):
    """A view of a graph that parses each query once and without unused prefixes.

    Upstream: pySHACL passes the text of a SPARQL constraint to ``Graph.query`` for every focus node, and
    rdflib parses it each time. Parsing takes longer than evaluation, and most of it is spent on prefixes.
    """

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph.store, graph.identifier, graph.namespace_manager)
        self._namespace_bindings = dict(graph.namespaces())
        self._prepared_queries: dict[str, Query] = {}

    def query(  # type: ignore[override]  # named as pySHACL passes them, the rest by position
        self,
        query_object: str | Query,
        processor: str = "sparql",
        result: str = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803
        *args: Any,
        **kwargs: Any,
    ) -> Result:
        """Evaluate a query as ``rdflib.Graph.query`` does."""
        if isinstance(query_object, str) and processor == "sparql" and not initNs:
            if query_object not in self._prepared_queries:
                parsed = parseQuery(_drop_unused_prefixes(query_object))
                prepared = translateQuery(parsed, None, self._namespace_bindings)
                reject_unknown_functions(prepared.algebra)  # those of constraint components (SHACL §6) too
                self._prepared_queries[query_object] = prepared
            query_object = self._prepared_queries[query_object]
        return super().query(query_object, processor, result, initNs, *args, **kwargs)


def _drop_unused_prefixes(query: str) -> str:
    match = _PREFIXES.match(query)
    end = match.end() if match else 0
    body = query[end:]
    used = (line for line in query[:end].splitlines(keepends=True) if line.split()[1] in body)
    return "".join(used) + body


@contextmanager
def keep_message_bindings() -> Iterator[None]:
    """Report the templates of messages with their bindings, to be read by ``report_reader``.

    Upstream: pySHACL fills the placeholders of ``sh:message`` (SHACL §5.3.2) by ``re.sub`` with the value as
    replacement pattern, so a backslash in a value raises ``re.error`` or disappears; and it reports the text
    as a plain literal, which loses its language tag and the kind of each bound term.
    """
    from pyshacl.constraints.constraint_component import ConstraintComponent

    original = ConstraintComponent._format_sparql_based_result_message

    def format_message(_: object, template: str, bound_vars: Any) -> str:
        return template if bound_vars is None else _write_bound_message(template, bound_vars)

    ConstraintComponent._format_sparql_based_result_message = format_message
    try:
        yield
    finally:
        ConstraintComponent._format_sparql_based_result_message = original


def _write_bound_message(template: str, bound_vars: Any) -> rdflib.Literal:
    """Return a template with the bindings that pySHACL passes: a mapping, or this, path, value and others."""
    bindings = dict(bound_vars) if isinstance(bound_vars, Mapping) else {}
    if isinstance(bound_vars, tuple | list):
        first, others = bound_vars[:3], bound_vars[3:]
        bindings = dict(*others) | dict(zip(("this", "path", "value"), first, strict=True))
    terms = {name: (type(term).__name__, str(term)) for name, term in bindings.items() if term is not None}
    return rdflib.Literal(json.dumps([template, terms]), datatype=rdflib.URIRef(BOUND_MESSAGE))


@contextmanager
def treat_incomparable_literals_as_unordered() -> Iterator[None]:
    """Let ``<`` and ``<=`` be false for literals that cannot be compared.

    SHACL §4.3 and §4.5.3 count such a pair as a violation. Upstream: ``rdflib.Literal`` raises ``TypeError``,
    for example for an ill-typed and a valid ``xsd:date``, which ends pySHACL.
    """
    originals = {name: getattr(rdflib.Literal, name) for name in _REFLECTED_METHODS}
    for name, original in originals.items():
        setattr(rdflib.Literal, name, _make_safe_comparison(original, _REFLECTED_METHODS[name]))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(rdflib.Literal, name, original)


def _make_safe_comparison(original: Callable[[Any, Any], Any], reflected: str) -> Callable[[Any, Any], bool]:
    """Return a comparison that is false where the original and its reflection return nothing or raise."""

    def compare(left: Any, right: Any) -> bool:
        try:
            answer = original(left, right)
            return (getattr(right, reflected)(left) if answer is NotImplemented else answer) is True
        except (TypeError, DeprecationWarning):  # a warning until Python 3.14, an error since
            return False

    return compare


@contextmanager
def refuse_network() -> Iterator[None]:
    r"""Let no query of a constraint or validator reach another server or a document elsewhere.

    Upstream: rdflib sends a request for each ``SERVICE`` and reads the document at an address in ``FROM``.
    pySHACL searches the text for the word, but misses ``SERVIC\u0045``, and the search takes quadratic time.
    Here the evaluation of the parsed query refuses.

    Raises:
        SafetyError: in the block, when a query comes to such a pattern.
    """
    import rdflib.parser
    from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
    from rdflib.plugins import sparql
    from rdflib.plugins.sparql import evaluate

    def refuse(*_: object) -> NoReturn:
        raise SafetyError(SERVICE_REFUSED)

    with ExitStack() as stack:
        for owner, name, value in (
            (evaluate, "evalServiceQuery", refuse),
            (sparql, "SPARQL_LOAD_GRAPHS", False),
            (rdflib.parser, "_urlopen", refuse),
            (SPARQLQueryHelper, "has_service_regex", _NEVER),
        ):
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)
        yield


@contextmanager
def silence_logging() -> Iterator[None]:
    """Suppress all log records.

    Upstream: rdflib logs each ill-typed literal with a traceback, and pySHACL adds its own handler for
    standard error; both report the same facts in the graph or in an exception.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)

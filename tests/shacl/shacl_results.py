"""Comparable validation results of the compiled shapes, of pySHACL and of a written report."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partialmethod
from typing import Any

import pyoxigraph as ox
import rdflib
from pyshacl.constraints.core import property_pair_constraints as pairs
from pyshacl.constraints.core import value_range_constraints

from msme_kg.namespaces import RDF, SHACL
from msme_kg.rdf.lexical import is_valid_lexical_form
from msme_kg.shacl.compiler import compile_shapes
from msme_kg.shacl.graph_evaluation import evaluate_graph
from msme_kg.shacl.indexed_graph import IndexedGraph
from msme_kg.shacl.model import PredicatePath
from msme_kg.shacl.path_syntax import format_path
from msme_kg.shacl.pyshacl_runner import restrict_shapes, run_pyshacl
from msme_kg.shacl.validation_results import Evaluation, ValidationResult

FAILED = "the shapes are not valid"
"""One value for all errors: which one comes first depends on the hash seed."""
Key = tuple[str, ...]
Results = Counter[Key] | str


def describe(result: ValidationResult) -> Key:
    """Return what SHACL §3.6.2 says of a result, without messages and details."""
    return (
        str(result.focus_node),
        # pySHACL writes a property path that it reports twice as one that is not well-formed.
        format_path(result.path) if isinstance(result.path, PredicatePath) else "",
        "" if result.value is None else str(result.value),
        result.component,
        str(result.shape),
        result.severity,
    )


def count(results: Iterable[ValidationResult]) -> Counter[Key]:
    """Return how often each result occurs."""
    return Counter(map(describe, results))


@contextmanager
def compare_as_sparql() -> Iterator[None]:
    """Let pySHACL compare literals by the operators of SPARQL, as SHACL §4.3 and §4.5.3 say."""

    def compare(left: rdflib.Literal, right: object, operator: str) -> bool | None:
        if not isinstance(right, rdflib.Literal):
            return None
        if not all(is_valid_lexical_form(str(one), str(one.datatype)) for one in (left, right)):
            return None
        if "NaN" in {str(left), str(right)}:
            return False  # Oxigraph takes NaN for equal to itself
        (row,) = ox.Store().query(f"SELECT ?is {{ BIND({left.n3()} {operator} {right.n3()} AS ?is) }}")
        return None if row["is"] is None else row["is"].value == "true"

    def compare_truly(left: rdflib.Literal, right: object, operator: str) -> bool:
        return compare(left, right, operator) is True

    def order(left: rdflib.Literal, right: rdflib.Literal) -> int:
        signs = {"<": -1, "=": 0, ">": 1}
        found = [sign for operator, sign in signs.items() if compare(left, right, operator)]
        if not found:
            raise TypeError
        return found[0]

    def make_pair_comparison(operator: str) -> Callable[..., tuple[bool, list[Any]]]:
        def compare_pairs(
            self: Any, values: set[Any], others: set[Any], graph: Any, focus: Any
        ) -> tuple[bool, list[Any]]:
            failing = [
                value
                for value in values
                for other in others
                if not (isinstance(value, rdflib.Literal) and compare(value, other, operator))
            ]
            return bool(failing), [self.make_v_result(graph, focus, value_node=value) for value in failing]

        return compare_pairs

    patches = [
        (value_range_constraints, "compare_literal", order),
        (pairs.LessThanConstraintComponent, "_compare_lt", make_pair_comparison("<")),
        (pairs.LessThanOrEqualsConstraintComponent, "_compare_ltoe", make_pair_comparison("<=")),
    ]
    for name, operator in {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}.items():
        patches.append((rdflib.Literal, name, partialmethod(compare_truly, operator=operator)))
    originals = [getattr(owner, name) for owner, name, _ in patches]
    for owner, name, value in patches:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for (owner, name, _), original in zip(patches, originals, strict=True):
            setattr(owner, name, original)


def pyshacl(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad], *, as_sparql: bool = True) -> Results:
    """Return the results of pySHACL, which compares literals as SPARQL does or in its own way."""
    with warnings.catch_warnings(), compare_as_sparql() if as_sparql else nullcontext():
        warnings.simplefilter("ignore")
        try:
            return count(run_pyshacl(data, shapes))
        except Exception:  # noqa: BLE001
            return FAILED


def evaluate(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad]) -> Evaluation | str:
    """Return what the compiled shapes give, or ``FAILED``."""
    compiled = compile_shapes(shapes)
    return FAILED if compiled.errors else evaluate_graph(IndexedGraph.from_quads(data), compiled)


def complete(data: Sequence[ox.Quad], shapes: Sequence[ox.Quad], evaluation: Evaluation | str) -> Results:
    """Return the results of an evaluation, with those of pySHACL for what it leaves undecided."""
    if isinstance(evaluation, str):
        return evaluation
    results = count(evaluation.results)
    if evaluation.undecided:
        others = pyshacl(data, list(restrict_shapes(shapes, evaluation.undecided)))
        if isinstance(others, str):
            return others
        results += others
    return results


_INVERSE = f"{SHACL}inversePath"


def invert_sequences(shapes: Sequence[ox.Quad]) -> bool:
    """Return whether shapes have the inverse of a sequence, which pySHACL follows in the wrong order."""
    sequences = {quad.subject for quad in shapes if quad.predicate.value == f"{RDF}first"}
    children: dict[object, list[object]] = {}
    for quad in shapes:
        children.setdefault(quad.subject, []).append(quad.object)

    def reaches_sequence(node: object) -> bool:
        return node in sequences or any(
            reaches_sequence(child) for child in children.get(node, ()) if isinstance(child, ox.BlankNode)
        )

    return any(quad.predicate.value == _INVERSE and reaches_sequence(quad.object) for quad in shapes)

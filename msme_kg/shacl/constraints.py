"""Each constraint as a set operation: the state of many nodes at once."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from msme_kg.namespaces import RDF, RDFS, XSD
from msme_kg.shacl import literal_values
from msme_kg.shacl.literal_values import DATE, FAIL, MAYBE, NUMBER, PASS, STOP
from msme_kg.shacl.model import (
    All,
    Any,
    Check,
    ClassOf,
    Closed,
    Count,
    Datatype,
    Disjoint,
    Equals,
    HasValue,
    In,
    LanguageIn,
    Length,
    Less,
    NodeKind,
    Not,
    One,
    Pattern,
    Qualified,
    Range,
    Select,
    UniqueLang,
)
from msme_kg.shacl.sparql_evaluation import asked
from msme_kg.shacl.term_dictionary import BLANK, LITERAL, Ids
from msme_kg.shacl.triple_index import Truths, among
from msme_kg.shacl.value_nodes import Run, States, verdicts


@singledispatch
def states_of(check: Check, run: Run) -> States:
    """Return the state of each row against one check."""
    raise NotImplementedError(type(check), run)


@states_of.register
def _(check: ClassOf, run: Run) -> States:
    return run.sure(run.columns.have_class(run.values, check.cls))


@states_of.register
def _(check: NodeKind, run: Run) -> States:
    return run.sure(np.isin(run.terms.kinds[run.values], check.kinds))


@states_of.register
def _(check: Datatype, run: Run) -> States:
    if check.iri in {f"{RDFS}Literal", f"{RDFS}Datatype"}:
        literal = run.terms.kinds[run.values] == LITERAL
        return run.spread(np.where(literal, MAYBE, FAIL).astype(np.int8))
    fits = run.terms.datatypes[run.values] == run.terms.datatype_names.get(check.iri, -2)
    if check.iri in {f"{XSD}string", f"{RDF}langString"}:
        return run.sure(fits)
    return run.spread(np.where(fits, run.terms.forms[run.values], FAIL).astype(np.int8))


@states_of.register
def _(check: Count, run: Run) -> States:
    counts = run.counts()
    passes = counts >= check.least
    return verdicts(passes if check.most is None else passes & (counts <= check.most))


@states_of.register
def _(check: Range, run: Run) -> States:
    sorts, values, bound = (
        run.terms.sorts[run.values],
        run.terms.values[run.values],
        run.terms.number(check.bound),
    )
    limit = run.terms.values[bound]
    passes = values > limit if check.lower else values < limit
    if check.inclusive:
        passes |= values == limit
    known = (sorts == run.terms.sorts[bound]) & np.isin(sorts, (NUMBER, DATE))
    states = np.where(known, np.where(passes, PASS, FAIL), MAYBE)
    states[run.terms.kinds[run.values] != LITERAL] = FAIL
    states[_odd(run, run.values)] = STOP
    if _odd(run, np.array([bound]))[0]:
        states[:] = STOP
    return run.spread(states.astype(np.int8))


def _odd(run: Run, numbers: Ids) -> Truths:
    """Tell which literals are of a number's datatype and no number: comparing them may end pySHACL."""
    names = run.terms.datatype_names
    inexact = [names[one] for one in literal_values.INEXACT if one in names]
    found: Truths = (run.terms.sorts[numbers] == 0) & np.isin(run.terms.datatypes[numbers], inexact)
    return found


@states_of.register
def _(check: Length, run: Run) -> States:
    lengths = run.terms.lengths[run.values]
    passes = lengths >= check.least
    if check.most is not None:
        passes &= lengths <= check.most
    if check.least or check.most is not None:
        passes &= run.terms.kinds[run.values] != BLANK
    return run.sure(passes)


@states_of.register
def _(check: Pattern, run: Run) -> States:
    def states(values: Ids) -> States:
        found = np.full(len(values), FAIL, dtype=np.int8)
        named = run.terms.kinds[values] != BLANK
        found[named] = verdicts(run.matches(check, values[named]))
        return found

    return run.each(states)


@states_of.register
def _(check: LanguageIn, run: Run) -> States:
    wanted = check.tags
    fit = [
        code
        for tag, code in run.terms.tags.items()
        if "*" in wanted or tag in wanted or tag.partition("-")[0] in wanted
    ]
    return run.sure(np.isin(run.terms.languages[run.values], fit))


@states_of.register
def _(_: UniqueLang, run: Run) -> States:
    found = run.terms.languages[run.values]
    tagged = found >= 0
    width = max(1, len(run.terms.tags))
    keys = np.sort(run.rows[tagged] * width + found[tagged])
    states = np.zeros(len(run.nodes), dtype=np.int8)
    states[keys[1:][keys[1:] == keys[:-1]] // width] = FAIL
    return states


@states_of.register
def _(check: Equals, run: Run) -> States:
    return run.failing(np.setxor1d(run.pairs(), run.others(check.predicate)))


@states_of.register
def _(check: Disjoint, run: Run) -> States:
    return run.failing(np.intersect1d(run.pairs(), run.others(check.predicate)))


@states_of.register
def _(check: Less, run: Run) -> States:
    rows, others = run.columns.follow(check.predicate, run.nodes)
    order = np.argsort(run.rows, kind="stable")
    mine, values = run.rows[order], run.values[order]
    left = np.searchsorted(mine, rows, "left")
    counts = np.searchsorted(mine, rows, "right") - left
    before = np.cumsum(counts) - counts
    places = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(left - before, counts)
    first, second, at = values[places], np.repeat(others, counts), np.repeat(rows, counts)
    sorts = run.terms.sorts
    known = (sorts[first] == sorts[second]) & np.isin(sorts[first], (NUMBER, DATE))
    one, other = run.terms.values[first], run.terms.values[second]
    passes = one <= other if check.inclusive else one < other
    states = np.zeros(len(run.nodes), dtype=np.int8)
    states[at[known & ~passes]] = FAIL
    states[at[~known]] = STOP
    states[run.rows[run.terms.kinds[run.values] == BLANK]] = STOP
    return states


@states_of.register
def _(check: All, run: Run) -> States:
    states = [run.inner(one) for one in check.shapes]
    return run.spread(np.maximum.reduce(states))


@states_of.register
def _(check: Any, run: Run) -> States:
    states = np.array([run.inner(one) for one in check.shapes])
    return run.spread(_stopping(states.min(axis=0), states))


@states_of.register
def _(check: One, run: Run) -> States:
    states = np.array([run.inner(one) for one in check.shapes])
    least, most = (states == PASS).sum(axis=0), (states <= MAYBE).sum(axis=0)
    found = np.where((least == 1) & (most == 1), PASS, np.where((least > 1) | (most < 1), FAIL, MAYBE))
    return run.spread(_stopping(found, states))


@states_of.register
def _(check: Not, run: Run) -> States:
    states = run.inner(check.shape)
    return run.spread(_stopping(FAIL - states, states[np.newaxis]))


def _stopping(states: NDArray[np.int8], within: NDArray[np.int8]) -> States:
    """Return states, but where a state within them is a stop, that."""
    return np.where((within == STOP).any(axis=0), STOP, states).astype(np.int8)


@states_of.register
def _(check: Qualified, run: Run) -> States:
    states = run.inner(check.shape)
    near = [run.inner(one) for one in check.siblings]
    stops = np.maximum.reduce([states, *near]) == STOP
    states = np.maximum.reduce([states, *(FAIL - one for one in near)])
    least, most = run.counts(states == PASS), run.counts(states <= MAYBE)
    high = np.inf if check.most is None else check.most
    sure = (least >= check.least) & (most <= high)
    never = (most < check.least) | (least > high)
    found = np.where(sure, PASS, np.where(never, FAIL, MAYBE)).astype(np.int8)
    found[run.rows[stops]] = STOP
    return found


@states_of.register
def _(check: Closed, run: Run) -> States:
    allowed = run.terms.numbers(check.allowed)

    def states(values: Ids) -> States:
        return np.where(run.columns.have_others(values, allowed), MAYBE, PASS).astype(np.int8)

    return run.each(states)


@states_of.register
def _(check: HasValue, run: Run) -> States:
    return verdicts(run.counts(run.values == run.terms.number(check.term)) > 0)


@states_of.register
def _(check: In, run: Run) -> States:
    return run.sure(among(run.values, run.terms.numbers(check.terms)))


@states_of.register
def _(check: Select, run: Run) -> States:
    return run.each(lambda values: asked(check, run.columns, values))

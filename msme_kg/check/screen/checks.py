"""Each constraint as a set operation: the state of many nodes at once."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import pyoxigraph as ox

from msme_kg.check.screen import facts
from msme_kg.check.screen.columns import BLANK, LITERAL, States
from msme_kg.check.screen.facts import FAIL, MAYBE, PASS
from msme_kg.check.screen.run import Run, among, verdicts
from msme_kg.check.screen.tree import (
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
    Term,
    UniqueLang,
)
from msme_kg.names import RDF, RDFS


@singledispatch
def states_of(check: Check, run: Run) -> States:
    """Return the state of each row against one check."""
    raise NotImplementedError(type(check), run)


@states_of.register
def _(check: ClassOf, run: Run) -> States:
    return run.sure(
        among(run.values, run.columns.instances(check.cls)) & (run.columns.kinds[run.values] != LITERAL)
    )


@states_of.register
def _(check: NodeKind, run: Run) -> States:
    return run.sure(np.isin(run.columns.kinds[run.values], check.kinds))


@states_of.register
def _(check: Datatype, run: Run) -> States:
    if check.iri in {f"{RDFS}Literal", f"{RDFS}Datatype"}:
        literal = run.columns.kinds[run.values] == LITERAL
        return run.spread(np.where(literal, MAYBE, FAIL).astype(np.int8))
    codes, names = run.columns.datatypes
    fits = codes[run.values] == names.get(check.iri, -2)
    if check.iri in {f"{facts.XSD}string", f"{RDF}langString"}:
        return run.sure(fits)
    found = run.sure(fits)
    distinct = np.unique(run.values[fits])
    forms = [facts.form(run.columns.terms[one]) for one in distinct.tolist()]
    doubtful = distinct[np.array(forms, dtype=np.int8) != PASS]
    if len(doubtful):
        rows = run.rows[among(run.values, doubtful)]
        found[rows] = np.maximum(found[rows], MAYBE)
    return found


@states_of.register
def _(check: Count, run: Run) -> States:
    counts = run.counts()
    passes = counts >= check.least
    return verdicts(passes if check.most is None else passes & (counts <= check.most))


@states_of.register
def _(check: Range, run: Run) -> States:
    kinds, ranks = run.columns.order
    bound = run.columns.numbers[check.bound]
    values = run.values
    passes = ranks[values] > ranks[bound] if check.lower else ranks[values] < ranks[bound]
    if check.inclusive:
        passes |= ranks[values] == ranks[bound]
    known = (kinds[values] == kinds[bound]) & (kinds[bound] > 0)
    states = np.where(known, np.where(passes, PASS, FAIL), MAYBE)
    states[run.columns.kinds[values] != LITERAL] = FAIL
    codes, names = run.columns.datatypes
    inexact = [names[one] for one in facts.INEXACT if one in names]
    odd = (kinds == 0) & np.isin(codes, inexact)  # not a number: pySHACL may stop
    if len(values) and (odd[bound] or odd[values].any()):
        run.ended.add(run.shape.key)
    return run.spread(states.astype(np.int8))


@states_of.register
def _(check: Length, run: Run) -> States:
    def judge(term: Term) -> int:
        if isinstance(term, ox.BlankNode):
            return FAIL if check.least or check.most is not None else PASS
        length = len(term.value)
        return PASS if length >= check.least and (check.most is None or length <= check.most) else FAIL

    return run.each(judge)


@states_of.register
def _(check: Pattern, run: Run) -> States:
    search = check.regex.search
    return run.each(lambda term: PASS if not isinstance(term, ox.BlankNode) and search(term.value) else FAIL)


@states_of.register
def _(check: LanguageIn, run: Run) -> States:
    codes, tags = run.columns.languages
    wanted = check.tags
    fit = [
        code
        for code, tag in enumerate(tags)
        if "*" in wanted or tag in wanted or tag.partition("-")[0] in wanted
    ]
    return run.sure(np.isin(codes[run.values], fit))


@states_of.register
def _(_: UniqueLang, run: Run) -> States:
    codes, tags = run.columns.languages
    found = codes[run.values]
    tagged = found >= 0
    keys, counts = np.unique(run.rows[tagged] * max(1, len(tags)) + found[tagged], return_counts=True)
    states = np.zeros(len(run.nodes), dtype=np.int8)
    states[keys[counts > 1] // max(1, len(tags))] = FAIL
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
    kinds, ranks = run.columns.order
    known = (kinds[first] > 0) & (kinds[first] == kinds[second])
    passes = ranks[first] <= ranks[second] if check.inclusive else ranks[first] < ranks[second]
    states = np.zeros(len(run.nodes), dtype=np.int8)
    states[at[~known]] = MAYBE
    states[at[known & ~passes]] = FAIL
    blank = (run.columns.kinds[run.values] == BLANK).any()
    if not known.all() or blank:
        run.ended.add(run.shape.key)
    return states


@states_of.register
def _(check: All, run: Run) -> States:
    states = [run.inner(one) for one in check.shapes]
    return run.spread(np.maximum.reduce(states))


@states_of.register
def _(check: Any, run: Run) -> States:
    return run.spread(np.minimum.reduce([run.inner(one) for one in check.shapes]))


@states_of.register
def _(check: One, run: Run) -> States:
    states = np.array([run.inner(one) for one in check.shapes])
    least, most = (states == PASS).sum(axis=0), (states <= MAYBE).sum(axis=0)
    found = np.where((least == 1) & (most == 1), PASS, np.where((least > 1) | (most < 1), FAIL, MAYBE))
    return run.spread(found.astype(np.int8))


@states_of.register
def _(check: Not, run: Run) -> States:
    return run.spread(FAIL - run.inner(check.shape))


@states_of.register
def _(check: Qualified, run: Run) -> States:
    states = run.inner(check.shape)
    near = [FAIL - run.inner(one) for one in check.siblings]
    states = np.maximum.reduce([states, *near])
    least, most = run.counts(states == PASS), run.counts(states <= MAYBE)
    high = np.inf if check.most is None else check.most
    sure = (least >= check.least) & (most <= high)
    never = (most < check.least) | (least > high)
    return np.where(sure, PASS, np.where(never, FAIL, MAYBE)).astype(np.int8)


@states_of.register
def _(check: Closed, run: Run) -> States:
    subjects, predicates = run.columns.predicates
    numbers = run.columns.numbers
    allowed = np.array(sorted(numbers[one] for one in check.allowed if one in numbers), dtype=np.int64)
    distinct = np.unique(run.values)
    inside = among(subjects, distinct)
    bad = np.unique(subjects[inside][~among(predicates[inside], allowed)])
    return run.spread(np.where(among(run.values, bad), MAYBE, PASS).astype(np.int8))


@states_of.register
def _(check: HasValue, run: Run) -> States:
    number = run.columns.numbers.get(check.term, -1)
    return verdicts(run.counts(run.values == number) > 0)


@states_of.register
def _(check: In, run: Run) -> States:
    numbers = run.columns.numbers
    allowed = np.array(sorted(numbers[one] for one in check.terms if one in numbers), dtype=np.int64)
    return run.sure(among(run.values, allowed))

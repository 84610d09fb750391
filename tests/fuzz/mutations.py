"""Hypothesis strategies that mutate real inputs: tokens of text, or triples."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox
from hypothesis import strategies as st

from fuzz.seeds import NASTY, terms, triples

_PIECE = re.compile(rb"[A-Za-z0-9_:\-\x80-\xff]+|\s+|.", re.DOTALL)
_OPERATIONS = ("delete", "double", "swap", "nasty", "byte", "borrow", "cut", "many")
_MANY = 120
"""Most repetitions of a token: a few more than the allowed depth of brackets."""


@st.composite
def changed(draw: Any, seeds: Sequence[bytes], most: int = 6) -> bytes:
    """Draw an input with a few changes, sometimes with none, and rarely random bytes."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.binary(max_size=80))
    pieces = _PIECE.findall(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, most))):
        if not pieces:
            break
        at = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(_OPERATIONS)):
            case "delete":
                del pieces[at : at + draw(st.integers(1, 4))]
            case "double":
                pieces.insert(at, pieces[at])
            case "swap":
                other = draw(st.integers(0, len(pieces) - 1))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "nasty":
                pieces[at : at + draw(st.integers(0, 1))] = [draw(st.sampled_from(NASTY))]
            case "byte":
                pieces[at] = pieces[at][:-1] + draw(st.binary(max_size=2))
            case "borrow":
                others = _PIECE.findall(draw(st.sampled_from(seeds)))
                start = draw(st.integers(0, max(0, len(others) - 1)))
                pieces[at:at] = others[start : start + draw(st.integers(1, 30))]
            case "cut":
                pieces = pieces[:at] if draw(st.booleans()) else pieces[at:]
            case "many":
                pieces[at:at] = [draw(st.sampled_from(NASTY)) + b" "] * draw(st.integers(2, _MANY))
    return b"".join(pieces)


@st.composite
def rewired(draw: Any, seeds: Sequence[bytes], most: int = 4) -> bytes:
    """Draw the triples of an input with a few changes, as N-Triples, which is always well-formed."""
    found = list(triples(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(0, most))):
        if not found:
            break
        at = draw(st.integers(0, len(found) - 1))
        one, other = found[at], found[draw(st.integers(0, len(found) - 1))]
        match draw(st.sampled_from(("delete", "object", "subject", "term", "predicate", "more"))):
            case "delete":
                del found[at]
            case "object":
                found[at] = ox.Triple(one.subject, one.predicate, other.object)
            case "subject":
                found[at] = ox.Triple(other.subject, one.predicate, one.object)
            case "term":
                found[at] = ox.Triple(one.subject, one.predicate, draw(st.sampled_from(terms())))
            case "predicate":
                predicate = draw(st.sampled_from(terms()))
                if isinstance(predicate, ox.NamedNode):
                    found[at] = ox.Triple(one.subject, predicate, one.object)
            case "more":
                found.append(ox.Triple(one.subject, other.predicate, other.object))
    return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""

"""Language maps: the literals of a property by language tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from msme_kg.rdf.terms import Term, normalize_language_tag

LanguageMap = Mapping[str, str]
"""Texts by language tag; ``""`` for a literal without one."""


def to_language_map(terms: Iterable[Term]) -> dict[str, str]:
    """Return the literals among some terms by language tag; of several in a language the last."""
    return {
        normalize_language_tag(term.language or ""): term.value
        for term in terms
        if isinstance(term, ox.Literal)
    }


def to_lang_literals(language_map: LanguageMap) -> list[ox.Literal]:
    """Return one language-tagged literal for each entry."""
    return [ox.Literal(text, language=lang) for lang, text in language_map.items()]

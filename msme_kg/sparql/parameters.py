"""Values of options: text that a user typed becomes a checked term, or a fault with what to do."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pyoxigraph as ox

from msme_kg.errors import UsageError, near_matches, printable
from msme_kg.namespaces import LANGUAGES, XSD
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.sparql.date_intervals import day, period

Term = ox.NamedNode | ox.Literal
Resolve = Callable[[str, Parameter], ox.NamedNode]
LONGEST_SLUG = 60
"""The most characters of the end of an IRI that is made from words."""

_ADDRESS = re.compile(r"https?://[^\s/?#@:]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def today() -> date:
    """Return the current day; ``MSME_KG_TODAY`` stands in for it.

    Raises:
        UsageError: ``MSME_KG_TODAY`` is not a date.
    """
    given = os.environ.get("MSME_KG_TODAY")
    return day(given, "MSME_KG_TODAY") if given else date.today()


def terms(
    query: CannedQuery, given: Mapping[str, str | None], lang: str, resolve: Resolve
) -> dict[str, Term | None]:
    """Return a term for each parameter of a query, and the language under ``lang``.

    Args:
        query: the canned query.
        given: text by parameter name; what is absent or None takes its default.
        lang: the language of text columns.
        resolve: finds the thing that a text names.

    Raises:
        UsageError: a value is missing, unknown or malformed.
    """
    refuse_unknown(query, given)
    bound: dict[str, Term | None] = {"lang": ox.Literal(lang)}
    for parameter in query.parameters:
        text = given.get(parameter.name)
        if text is None:
            text = parameter.default
        if text is None and parameter.required:
            raise UsageError(f"--{parameter.option} is needed", hint=parameter.help[lang])
        bound |= bindings(parameter, text, resolve)
    return bound


def refuse_unknown(query: CannedQuery, given: Iterable[str]) -> None:
    """Raise UsageError if a query has no parameter of a name; near names are in the hint."""
    known = {parameter.name for parameter in query.parameters}
    for name in given:
        if name not in known:
            near = near_matches(name, known, 1)
            raise UsageError(
                f"{query.name} has no option {printable(name)!r}",
                hint=f"did you mean {near[0]}?"
                if near
                else f"its options: {', '.join(sorted(known)) or 'none'}",
            )


def bindings(parameter: Parameter, text: str | None, resolve: Resolve) -> dict[str, Term | None]:
    """Return the term for each block of a parameter; None where nothing is given.

    Raises:
        UsageError: the text does not fit the parameter's type.
    """
    if text is None:
        return dict.fromkeys(parameter.blocks)
    if parameter.type == "period":
        bounds = (_as_date(day) if day else None for day in period(text, f"--{parameter.option}"))
        return dict(zip(parameter.blocks, bounds, strict=True))
    return {parameter.name: term(parameter, text, resolve)}


def term(parameter: Parameter, text: str, resolve: Resolve) -> Term:
    """Return the term that a text stands for.

    Raises:
        UsageError: the text does not fit the parameter's type.
    """
    option = f"--{parameter.option}"
    match parameter.type:
        case "date":
            return _as_date(today() if text == "today" else day(text, option))
        case "year":
            return ox.Literal(_matching(text, r"\d{4}", option, "a year such as 2023"))
        case "integer":
            number = _matching(text, r"[+-]?\d{1,18}", option, "a whole number")
            return ox.Literal(str(int(number)), datatype=ox.NamedNode(f"{XSD}integer"))
        case "number":
            number = _matching(text, r"[+-]?\d{1,18}(\.\d{1,18})?", option, "a number such as 95 or 0.5")
            datatype = "decimal" if "." in number else "integer"
            return ox.Literal(number.removeprefix("+"), datatype=ox.NamedNode(f"{XSD}{datatype}"))
        case "slug":
            return ox.Literal(_slug(text, option))
        case "address":
            return _address(text)
        case "choice":
            return ox.Literal(_choice(text, parameter.choices, option))
        case "lang":
            return ox.Literal(_choice(text, LANGUAGES, option))
        case "iri":
            return resolve(text, parameter)
        case _:
            return _literal(text, option)


def _as_date(day: date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{XSD}date"))


def _slug(text: str, option: str) -> str:
    """Return a text as the end of an IRI: ASCII in kebab-case, accents folded, cut between words."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    words = re.findall("[a-z0-9]+", re.sub("['\u2019\u0300-\u036f]", "", plain))
    slug = "-".join(words)
    if not slug:
        raise UsageError(
            f"{printable(text)!r} has no Latin letters or digits for {option}",
            hint="write a few English words, such as annual-report",
        )
    return (
        slug
        if len(slug) <= LONGEST_SLUG
        else slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]
    )


def _literal(text: str, option: str) -> ox.Literal:
    try:
        return ox.Literal(text)
    except ValueError:
        raise UsageError(f"{printable(text)!r} is no text for {option}", hint="type it in UTF-8") from None


def _address(text: str) -> ox.NamedNode:
    fault = UsageError(
        f"{printable(text)!r} is not an address",
        hint="write it whole, such as https://www.wto.org/; a blank in it is %20",
    )
    if not _ADDRESS.fullmatch(text):
        raise fault
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise fault from None


def _matching(text: str, pattern: str, option: str, what: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise UsageError(f"{printable(text)!r} does not fit {option}", hint=f"write {what}")
    return text


def _choice(text: str, choices: tuple[str, ...], option: str) -> str:
    for choice in choices:
        if choice.casefold() == text.casefold():
            return choice
    near = near_matches(text, choices, 1)
    raise UsageError(
        f"{printable(text)!r} does not fit {option}",
        hint=f"did you mean {near[0]}?" if near else f"one of {', '.join(choices)}",
    )

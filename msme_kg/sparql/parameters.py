"""Values of options: text that a user typed becomes a checked term, or a fault with what to do."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pyoxigraph as ox

from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.namespaces import LANGUAGES, XSD
from msme_kg.sparql.canned import CannedQuery, Parameter
from msme_kg.sparql.date_intervals import parse_date, parse_interval
from msme_kg.sparql.endpoint import parse_url

Term = ox.NamedNode | ox.Literal
ResolveFunction = Callable[[str, Parameter], ox.NamedNode]
MAX_SLUG_LENGTH = 60
"""The most characters of the end of an IRI that is made from words."""


def read_current_date() -> date:
    """Return the current day; ``MSME_KG_TODAY`` stands in for it.

    Raises:
        UsageError: ``MSME_KG_TODAY`` is not a date.
    """
    given = os.environ.get("MSME_KG_TODAY")
    return parse_date(given, "MSME_KG_TODAY") if given else date.today()


def convert_options(
    query: CannedQuery, texts: Mapping[str, str | None], lang: str, resolve: ResolveFunction
) -> dict[str, Term | None]:
    """Return a term for each parameter of a query, and the language under ``lang``.

    Args:
        query: the canned query.
        texts: text by parameter name; what is absent or None takes its default.
        lang: the language of text columns.
        resolve: finds the thing that a text names.

    Raises:
        UsageError: a value is missing, unknown or malformed.
    """
    reject_unknown_options(query, texts)
    bound: dict[str, Term | None] = {"lang": ox.Literal(lang)}
    for parameter in query.parameters:
        text = texts.get(parameter.name)
        if text is None:
            text = parameter.default
        if text is None and parameter.required:
            raise UsageError(f"--{parameter.option} is needed", hint=parameter.help[lang])
        bound |= convert_parameter(parameter, text, resolve)
    return bound


def reject_unknown_options(query: CannedQuery, option_names: Iterable[str]) -> None:
    """Raise UsageError if a query has no parameter of a name; near names are in the hint."""
    known = {parameter.name for parameter in query.parameters}
    for name in option_names:
        if name not in known:
            near = find_close_matches(name, known, 1)
            raise UsageError(
                f"{query.name} has no option {to_printable(name)!r}",
                hint=f"did you mean {near[0]}?"
                if near
                else f"its options: {', '.join(sorted(known)) or 'none'}",
            )


def convert_parameter(
    parameter: Parameter, text: str | None, resolve: ResolveFunction
) -> dict[str, Term | None]:
    """Return the term for each block of a parameter; None where nothing is given.

    Raises:
        UsageError: the text does not fit the parameter's type.
    """
    if text is None:
        return dict.fromkeys(parameter.block_names)
    if parameter.type == "period":
        bounds = (
            _to_date_literal(day) if day else None for day in parse_interval(text, f"--{parameter.option}")
        )
        return dict(zip(parameter.block_names, bounds, strict=True))
    return {parameter.name: convert_value(parameter, text, resolve)}


def convert_value(parameter: Parameter, text: str, resolve: ResolveFunction) -> Term:
    """Return the term that a text stands for.

    Raises:
        UsageError: the text does not fit the parameter's type.
    """
    option = f"--{parameter.option}"
    match parameter.type:
        case "date":
            return _to_date_literal(read_current_date() if text == "today" else parse_date(text, option))
        case "year":
            return ox.Literal(_require_match(text, r"\d{4}", option, "a year such as 2023"))
        case "integer":
            number = _require_match(text, r"[+-]?\d{1,18}", option, "a whole number")
            return ox.Literal(str(int(number)), datatype=ox.NamedNode(f"{XSD}integer"))
        case "number":
            number = _require_match(text, r"[+-]?\d{1,18}(\.\d{1,18})?", option, "a number such as 95 or 0.5")
            datatype = "decimal" if "." in number else "integer"
            return ox.Literal(number.removeprefix("+"), datatype=ox.NamedNode(f"{XSD}{datatype}"))
        case "slug":
            return ox.Literal(_to_slug(text, option))
        case "address":
            return _to_url_node(text)
        case "choice":
            return ox.Literal(_match_choice(text, parameter.choices, option))
        case "lang":
            return ox.Literal(_match_choice(text, LANGUAGES, option))
        case "iri":
            return resolve(text, parameter)
        case _:
            return _to_string_literal(text, option)


def _to_date_literal(day: date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{XSD}date"))


def _to_slug(text: str, option: str) -> str:
    """Return a text as the end of an IRI: ASCII in kebab-case, accents folded, cut between words."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    words = re.findall("[a-z0-9]+", re.sub("['\u2019\u0300-\u036f]", "", plain))
    slug = "-".join(words)
    if not slug:
        raise UsageError(
            f"{to_printable(text)!r} has no Latin letters or digits for {option}",
            hint="write a few English words, such as annual-report",
        )
    return (
        slug
        if len(slug) <= MAX_SLUG_LENGTH
        else slug[: MAX_SLUG_LENGTH + 1].rpartition("-")[0] or slug[:MAX_SLUG_LENGTH]
    )


def _to_string_literal(text: str, option: str) -> ox.Literal:
    try:
        return ox.Literal(text)
    except ValueError:
        raise UsageError(f"{to_printable(text)!r} is no text for {option}", hint="type it in UTF-8") from None


def _to_url_node(text: str) -> ox.NamedNode:
    fault = UsageError(
        f"{to_printable(text)!r} is not an address",
        hint="write it whole, such as https://www.wto.org/; a blank in it is %20",
    )
    if parse_url(text) is None:
        raise fault
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise fault from None


def _require_match(text: str, pattern: str, option: str, expected: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise UsageError(f"{to_printable(text)!r} does not fit {option}", hint=f"write {expected}")
    return text


def _match_choice(text: str, choices: tuple[str, ...], option: str) -> str:
    for choice in choices:
        if choice.casefold() == text.casefold():
            return choice
    near = find_close_matches(text, choices, 1)
    raise UsageError(
        f"{to_printable(text)!r} does not fit {option}",
        hint=f"did you mean {near[0]}?" if near else f"one of {', '.join(choices)}",
    )

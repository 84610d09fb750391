"""Values of options: text that a user typed becomes a checked term, or a fault with what to do."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import date

import pyoxigraph as ox

from msme_kg.errors import UsageError, near_matches, printable
from msme_kg.names import LANGUAGES, XSD
from msme_kg.query.canned import CannedQuery, Parameter

Term = ox.NamedNode | ox.Literal
Resolve = Callable[[str, Parameter], ox.NamedNode]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def today() -> date:
    """Return the current day; ``MSME_KG_TODAY`` stands in for it.

    Raises:
        UsageError: ``MSME_KG_TODAY`` is not a date.
    """
    given = os.environ.get("MSME_KG_TODAY")
    return _date(given, "MSME_KG_TODAY") if given else date.today()


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
    bound: dict[str, Term | None] = {"lang": ox.Literal(lang)}
    for parameter in query.parameters:
        text = given.get(parameter.name)
        if text is None:
            text = parameter.default
        if text is None and parameter.required:
            raise UsageError(f"--{parameter.option} is needed", hint=parameter.help[lang])
        bound[parameter.name] = None if text is None else term(parameter, text, resolve)
    return bound


def term(parameter: Parameter, text: str, resolve: Resolve) -> Term:
    """Return the term that a text stands for.

    Raises:
        UsageError: the text does not fit the parameter's type.
    """
    option = f"--{parameter.option}"
    match parameter.type:
        case "date":
            day = today() if text == "today" else _date(text, option)
            return ox.Literal(day.isoformat(), datatype=ox.NamedNode(f"{XSD}date"))
        case "year":
            return ox.Literal(_matching(text, r"\d{4}", option, "a year such as 2023"))
        case "integer":
            number = _matching(text, r"[+-]?\d{1,18}", option, "a whole number")
            return ox.Literal(str(int(number)), datatype=ox.NamedNode(f"{XSD}integer"))
        case "choice":
            return ox.Literal(_choice(text, parameter.choices, option))
        case "lang":
            return ox.Literal(_choice(text, LANGUAGES, option))
        case "iri":
            return resolve(text, parameter)
        case _:
            return ox.Literal(text)


def _date(text: str, option: str) -> date:
    fault = UsageError(
        f"{printable(text)!r} is not a date for {option}", hint="write YYYY-MM-DD, for example 2023-08-01"
    )
    if not _DATE.fullmatch(text) or not text.isascii():
        raise fault
    try:
        return date.fromisoformat(text)
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

"""Values of parameters: text that a user typed, converted to a term of the parameter's type."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NoReturn

import pyoxigraph as ox

from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.message_catalog import build_misfit, build_text, name_option, quote_text, suggest_values
from msme_kg.name_folding import fold_name
from msme_kg.namespaces import LANGUAGES, XSD
from msme_kg.sparql.canned import FIRST_DAY, LATEST_DAY, CannedQuery, Parameter
from msme_kg.sparql.date_intervals import parse_bounds, parse_date, parse_interval

Term = ox.NamedNode | ox.Literal
ResolveFunction = Callable[[str, Parameter], ox.NamedNode]
"""Finds the entity that a text names."""
MAX_SLUG_LENGTH = 60
"""The most characters of the last segment of a new IRI."""
_SIGNS = re.compile(r"[^\w\s-]")


class UnfitValueError(UsageError):
    """A value that does not fit its parameter: no number, or none of the choices, nor similar to one.

    Attributes:
        text: the value as typed.
    """

    text = ""


class UnknownDayError(UnfitValueError):
    """A value that is neither a day nor a month or year from which one can be taken."""


def read_current_date() -> date:
    """Return the current date, or that of ``MSME_KG_TODAY``.

    Raises:
        UsageError: ``MSME_KG_TODAY`` is not a date.
    """
    text = os.environ.get("MSME_KG_TODAY")
    return parse_date(text, "MSME_KG_TODAY") if text else date.today()


def parse_day(text: str, option: str, day: str | None) -> date:
    """Return the day that a text denotes.

    Args:
        text: ``today``, ``YYYY-MM-DD``, and where a year or month stands for a day, ``YYYY`` or ``YYYY-MM``.
        option: the option that it was typed for, for the error message, such as ``--as-of``.
        day: one of ``DAYS``, for which a year or month stands; None where it must be a day.

    Raises:
        UsageError: it is not a date.
    """
    if text == "today":
        return read_current_date()
    if day is None:
        return parse_date(text, option)
    try:
        first, last = parse_bounds(text)
    except ValueError:
        message = build_text("error.no-date", text=quote_text(text), option=option)
        error = UnknownDayError(message, hint=build_text("error.write-day"))
        error.text = text
        raise error from None
    if day == FIRST_DAY:
        return first
    is_current = day == LATEST_DAY and first < last and first <= read_current_date() <= last
    return read_current_date() if is_current else last


def convert_options(
    query: CannedQuery, texts: Mapping[str, str | None], lang: str, resolve: ResolveFunction
) -> dict[str, Term | None]:
    """Return a term for each ``VALUES`` block of a query.

    Args:
        query: the canned query.
        texts: text by parameter name; an absent parameter or None takes its default.
        lang: the language of text columns, bound to the block ``lang``.
        resolve: finds entities.

    Raises:
        UsageError: a value is missing, unknown or malformed, or ``from`` is later than ``to``.
    """
    reject_unknown_options(query, texts)
    terms: dict[str, Term | None] = {"lang": ox.Literal(lang)}
    for parameter in query.parameters:
        text = texts.get(parameter.name)
        if text is None:
            text = parameter.default
        if text is None and parameter.required:
            raise UsageError(
                build_text("error.needed", option=parameter.shown_name), hint=parameter.help[lang]
            )
        whole = terms.get(parameter.part_of or "")
        if whole is not None:
            entities = replace(parameter.entities, whole=whole.value)
            terms |= convert_value(replace(parameter, entities=entities), text, resolve)
        else:
            terms |= convert_value(parameter, text, resolve)
    first, last = (terms.get(name) for name in ("from", "to"))
    if first and last and first.value > last.value:
        raise UsageError(
            build_text(
                "error.later",
                first=f"{name_option('from')} {first.value}",
                last=f"{name_option('to')} {last.value}",
            ),
            hint=build_text("error.exchange-dates"),
        )
    return terms


def reject_unknown_options(query: CannedQuery, option_names: Iterable[str]) -> None:
    """Raise UsageError if a query has no parameter of a name; close matches are in the hint."""
    known = [parameter.name for parameter in query.parameters]
    for name in option_names:
        if name not in known:
            hint = suggest_values(name, sorted(known), 1, "error.its-options")
            message = build_text("error.no-option", query=query.name, name=quote_text(name))
            raise UsageError(message, hint=hint)


def refuse_to_resolve(text: str, _: Parameter) -> NoReturn:
    """Raise UsageError, where the options of a query must not name an entity."""
    raise UsageError(f"{to_printable(text)!r} is the name of an entity")


def convert_value(parameter: Parameter, text: str | None, resolve: ResolveFunction) -> dict[str, Term | None]:
    """Return the term for each ``VALUES`` block of a parameter; None matches any value.

    Args:
        parameter: the parameter.
        text: its value; None for none.
        resolve: finds entities.

    Raises:
        UsageError: the text does not fit the parameter's type.
    """
    if text is None:
        return dict.fromkeys(parameter.block_names)
    if parameter.type == "period":
        days = parse_interval(text, parameter.shown_name)
        terms = (_build_literal(day.isoformat(), "date") if day else None for day in days)
        return dict(zip(parameter.block_names, terms, strict=True))
    if parameter.type == "iri":
        return {parameter.name: resolve(text, parameter)}
    return {parameter.name: _CONVERTERS[parameter.type](text, parameter)}


def _build_literal(text: str, datatype: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"{XSD}{datatype}"))


def _convert_date(text: str, parameter: Parameter) -> Term:
    return _build_literal(parse_day(text, parameter.shown_name, parameter.day).isoformat(), "date")


def _convert_year(text: str, parameter: Parameter) -> Term:
    return ox.Literal(_require_match(text, r"\d{4}", parameter, "error.write-year"))


def _convert_integer(text: str, parameter: Parameter) -> Term:
    return _build_literal(
        str(int(_require_match(text, r"[+-]?\d{1,18}", parameter, "error.write-integer"))), "integer"
    )


def _convert_number(text: str, parameter: Parameter) -> Term:
    number = _require_match(text, r"[+-]?\d{1,18}(\.\d{1,18})?", parameter, "error.write-number")
    return _build_literal(number.removeprefix("+"), "decimal" if "." in number else "integer")


def _convert_slug(text: str, parameter: Parameter) -> Term:
    """Return a text as the last segment of an IRI: ASCII in kebab-case, without accents, cut at a word."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    slug = "-".join(re.findall("[a-z0-9]+", re.sub("['\u2019\u0300-\u036f]", "", plain)))
    if not slug:
        raise UsageError(
            f"{to_printable(text)!r} has no Latin letters or digits for {parameter.shown_name}",
            hint="write a few English words, such as annual-report",
        )
    if len(slug) > MAX_SLUG_LENGTH:
        slug = slug[: MAX_SLUG_LENGTH + 1].rpartition("-")[0] or slug[:MAX_SLUG_LENGTH]
    return ox.Literal(slug)


def _convert_address(text: str, parameter: Parameter) -> Term:  # noqa: ARG001 (as the other converters)
    from msme_kg.sparql.endpoint import parse_url  # options without addresses do not wait for it

    if parse_url(text) is not None:
        return ox.NamedNode(text)
    raise UsageError(
        f"{to_printable(text)!r} is not an address",
        hint="give the full URL, such as https://www.wto.org/, with %20 for spaces",
    )


def _convert_string(text: str, parameter: Parameter) -> Term:
    try:
        return ox.Literal(text)
    except ValueError:
        message = f"{to_printable(text)!r} is not text for {parameter.shown_name}"
        raise UsageError(message, hint="type it in UTF-8") from None


def _convert_choice(text: str, parameter: Parameter) -> Term:
    choices = LANGUAGES if parameter.type == "lang" else parameter.choices
    # Signs are folded away, so that a value must not have any. A plural means the same.
    folded = fold_name(text) if _SIGNS.search(text) is None else ""
    for choice in choices:
        words = parameter.choice_names.get(choice, {}).values()
        if {folded, folded.removesuffix("s")} & set(map(fold_name, (choice, *words))):
            return ox.Literal(choice)
    message, hint = build_misfit(text, parameter.shown_name), suggest_values(text, choices, 1)
    if find_close_matches(text, choices, 1):
        raise UsageError(message, hint=hint)
    error = UnfitValueError(message, hint=hint)
    error.text = text
    raise error


def _convert_flag(text: str, parameter: Parameter) -> Term | None:
    """Return true, or None for "false", which matches any value as an absent flag does."""
    return {"true": _build_literal("true", "boolean"), "false": None}[
        _require_match(text.casefold(), "true|false", parameter, "error.write-flag")
    ]


def _require_match(text: str, pattern: str, parameter: Parameter, expected: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        error = UnfitValueError(build_misfit(text, parameter.shown_name), hint=build_text(expected))
        error.text = text
        raise error
    return text


_CONVERTERS: Mapping[str, Callable[[str, Parameter], Term | None]] = {
    "date": _convert_date,
    "year": _convert_year,
    "integer": _convert_integer,
    "number": _convert_number,
    "string": _convert_string,
    "slug": _convert_slug,
    "lang": _convert_choice,
    "choice": _convert_choice,
    "flag": _convert_flag,
    "address": _convert_address,
}

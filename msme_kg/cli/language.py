"""The language of a command: ``--lang``, else ``MSME_KG_LANG``, else the locale (POSIX)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import click

from msme_kg.errors import UsageError
from msme_kg.message_catalog import build_misfit, suggest_values
from msme_kg.namespaces import LANGUAGES

LANGUAGE_VARIABLE = "MSME_KG_LANG"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_SIMPLIFIED = {"hans", "cn", "sg", "my"}
"""Subtags of Chinese in Simplified characters: its script, and the regions where it is the rule."""


def match_language(tag: str) -> str | None:
    """Return the language of the graph that a tag means; None if there is none.

    Args:
        tag: a language tag (BCP 47), such as ``zh-TW``, or the name of a locale, such as ``zh_TW.UTF-8``.
    """
    primary, *subtags = re.split(r"[-_]", re.split(r"[.@]", tag.lower())[0])
    if _SIMPLIFIED & set(subtags):
        return None
    return next((lang for lang in LANGUAGES if lang.lower().split("-")[0] == primary), None)


def find_named_language(args: Sequence[str]) -> str | None:
    """Return the language that ``--lang`` names on a command line that need not be valid; None if none."""
    named = None
    for word, following in pairwise([*args, ""]):
        option, equals, value = word.partition("=")
        if option == "--lang":
            named = match_language(value if equals else following) or named
    return named


def find_default_language() -> str:
    """Return the language of ``MSME_KG_LANG``, else of the locale, else the first of ``LANGUAGES``."""
    names = (os.environ.get(variable) for variable in _LOCALE_VARIABLES)
    tags = (os.environ.get(LANGUAGE_VARIABLE, ""), next(filter(None, names), ""))
    return next(filter(None, map(match_language, tags)), LANGUAGES[0])


class LanguageType(click.Choice[str]):
    """The type of ``--lang``, which accepts every tag and locale of a language."""

    def __init__(self) -> None:
        super().__init__(LANGUAGES)

    def convert(self, value: Any, param: object, ctx: object) -> str:  # noqa: ARG002 (click's signature)
        """Return the language of the graph that a value means."""
        lang = match_language(value)
        if lang is None:
            raise UsageError(
                build_misfit(value, f"--lang/{LANGUAGE_VARIABLE}"), hint=suggest_values(value, LANGUAGES)
            )
        return lang

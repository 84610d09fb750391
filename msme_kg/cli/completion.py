"""Completion of values in a shell: choices, and names of entities in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import get_settings
from msme_kg.entities.name_index import SLUG_RANK
from msme_kg.errors import to_printable
from msme_kg.name_folding import fold_name
from msme_kg.namespaces import LANGUAGES
from msme_kg.sparql.canned import ANY_ENTITY, EntitySet, Parameter

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msme_kg.entities.name_index import EntityName

_MAX_COMPLETIONS = 100
"""The most completions offered to a shell."""


def complete_parameter(
    parameter: Parameter, ctx: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem[Any]]:
    """Return the values of a parameter that begin with a text: choices, or names of entities."""
    from click.shell_completion import CompletionItem  # imported only for a shell

    if parameter.type == "iri":
        return complete_names(ctx, _, incomplete, parameter.entities)
    choices = LANGUAGES if parameter.type == "lang" else parameter.choices
    words = [*choices, *(word for names in parameter.choice_names.values() for word in names.values())]
    fitting = partial(_matches_start, fold_name(incomplete))
    # Without a letter, the values themselves are enough.
    return [CompletionItem(word) for word in filter(fitting, dict.fromkeys(words if incomplete else choices))]


def _matches_start(folded: str, name: str) -> bool:
    return fold_name(name).startswith(folded)


def complete_names(
    ctx: click.Context, _: click.Parameter, incomplete: str, entities: EntitySet = ANY_ENTITY
) -> list[CompletionItem[Any]]:
    """Return the names of entities that begin with a text, codes first.

    They are names in any language; where nothing is typed, those in the language of the command.
    """
    from click.shell_completion import CompletionItem  # imported only for a shell

    settings = get_settings(ctx)
    kg = KnowledgeGraph.open(settings.root, lang=settings.lang)
    folded = fold_name(incomplete)
    names: Iterable[EntityName] = kg.resolver.load_names(entities)
    if not folded:
        names = (name for name in names if name.lang in {"", settings.lang})
    fitting = [
        name
        for name in names
        if _matches_start(folded, name.name)
        and name.name == to_printable(name.name)  # others would act on the terminal, or break the protocol
    ]
    # The last segments of IRIs are offered where nothing else fits, lest they hide what names have in common.
    fitting = [name for name in fitting if name.rank != SLUG_RANK] or fitting
    fitting.sort(key=lambda name: (name.rank, name.name.swapcase()))
    spelling = {fold_name(name.name): name for name in reversed(fitting)}  # the first of each name
    shown = [name for name in fitting if spelling[fold_name(name.name)] is name][:_MAX_COMPLETIONS]
    kg.labels.prefetch(name.entity_iri for name in shown)
    return [
        CompletionItem(name.name, help=to_printable(kg.labels.get_label(name.entity_iri))) for name in shown
    ]

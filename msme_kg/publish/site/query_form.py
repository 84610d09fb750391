"""The form of a canned query, made from its header: a field for each parameter."""

from __future__ import annotations

from dataclasses import dataclass

from msme_kg.errors import UsageError
from msme_kg.message_catalog import TranslatableText
from msme_kg.publish.site.query_pages import QueryPageData, describe_refusal
from msme_kg.publish.site.site_input import NameLister
from msme_kg.sparql.canned import Parameter

_MAX_NAMES = 400
"""The most names that a field suggests."""
_INPUT_TYPES = {"integer": "number", "number": "number", "flag": "checkbox", "address": "url"}

_EXAMPLES = {"date": "2023-08-01", "period": "2023-01-01/2023-06-30", "year": "2023"}


@dataclass(frozen=True)
class FormField:
    """A field of a form.

    Attributes:
        name: the name of the parameter.
        label: what it is, in the language of the page.
        input_type: the type of an input, or ``select``.
        value: the value of the answer that is shown; empty for none.
        choices: of a ``select`` the values with their words; of an input the names that it suggests.
        is_required: whether it must be filled in.
        can_be_empty: whether a ``select`` offers no choice; not if there is a default.
        hint: an example of what to write; empty for none.
        error: what is wrong with the value; empty if nothing is.
    """

    name: str
    label: str
    input_type: str
    value: str
    choices: tuple[tuple[str, str], ...]
    is_required: bool
    can_be_empty: bool
    hint: str
    error: str


def build_form_fields(page_data: QueryPageData, lang: str, list_names: NameLister) -> list[FormField]:
    """Return the fields of the form of a canned query.

    Args:
        page_data: the query with the options of the answer that is shown.
        lang: the language of the page.
        list_names: returns the names of the entities that a parameter accepts.
    """
    refused, refusal = "", ""
    if page_data.refusal:
        refused, refusal = find_refused_option(page_data.refusal), describe_refusal(page_data.refusal, lang)
    return [
        _build_field(
            parameter,
            page_data.options.get(parameter.name, ""),
            lang,
            list_names,
            refusal if parameter.name == refused else "",
        )
        for parameter in page_data.query.parameters
    ]


def find_refused_option(refusal: UsageError) -> str:
    """Return the option whose value an error is about; empty if it is about several or none."""
    values = refusal.message.values if isinstance(refusal.message, TranslatableText) else {}
    return str(values.get("option", ""))


def _build_field(
    parameter: Parameter, value: str, lang: str, list_names: NameLister, refusal: str
) -> FormField:
    hint = _EXAMPLES.get(parameter.type, "")
    choices: tuple[tuple[str, str], ...] = ()
    input_type = _INPUT_TYPES.get(parameter.type, "text")
    if parameter.type == "choice":
        input_type = "select"
        words = {one: parameter.choice_names.get(one, {}).get(lang, one) for one in parameter.choices}
        choices = tuple(words.items())
        value = value or parameter.default or ""
    elif parameter.type == "iri" and parameter.part_of is None:
        names = list_names(parameter.entities, lang)
        if parameter.entities.is_closed:
            input_type = "select"
            choices = tuple(
                (name, name) for name in ([value] if value and value not in names else []) + names
            )
        elif len(names) <= _MAX_NAMES:
            choices = tuple((name, name) for name in names)
    return FormField(
        parameter.name,
        parameter.help[lang],
        input_type,
        value,
        choices,
        parameter.required,
        parameter.type != "choice" or not parameter.default,
        hint,
        refusal,
    )

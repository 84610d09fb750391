"""Questions that tables answer: the title of a canned query with the options that were asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from msme_kg.message_catalog import format_message
from msme_kg.sparql.results import Term
from msme_kg.sparql.results_writer import LabelFunction, format_cell

_REMARK = re.compile(
    r"^(?:only )?(?:the |this )?|^僅列此|\s*(?:[:：].*|, (?:by|such as) .*|，[以如].*|[(（].*[)）])$"
)
"""Articles and remarks around the name in the help of an option: ``the year (default: all)``."""


@dataclass(frozen=True)
class AskedOption:
    """An option of a question.

    Attributes:
        name: the name on the command line, without hyphens in front.
        help: its help text.
        text: its value as it was typed, else the default.
        value: its value as a term, in words where it is one of a list; first and last day of a period; empty
            for a flag.
        is_given: whether it was asked for, in contrast to a default.
    """

    name: str
    help: str
    text: str
    value: tuple[Term, ...]
    is_given: bool

    def describe(self, label_for: LabelFunction, lang: str) -> str:
        """Return the option in words, with labels in place of IRIs."""
        name = _REMARK.sub("", self.help)
        if not self.value:
            return name
        value = "/".join(format_cell(term, label_for) for term in self.value)
        return format_message("table.option", lang, name=name, value=value)


@dataclass(frozen=True)
class Question:
    """A canned query with its options.

    Attributes:
        name: its name.
        title: its title.
        description: its description.
        options: the options that have a value, in order.
    """

    name: str
    title: str
    description: str
    options: tuple[AskedOption, ...]

    def describe(self, label_for: LabelFunction, lang: str) -> str:
        """Return the title, with the options that were asked for."""
        options = self._describe_options(label_for, lang)
        return (
            format_message("table.question", lang, title=self.title, options=options)
            if options
            else self.title
        )

    def describe_no_answer(self, label_for: LabelFunction, lang: str) -> str:
        """Return a sentence that says that nothing is recorded."""
        return format_message("table.nothing-recorded", lang, question=self.describe(label_for, lang))

    def _describe_options(self, label_for: LabelFunction, lang: str) -> str:
        separator = format_message("table.option-separator", lang)
        return separator.join(one.describe(label_for, lang) for one in self.options if one.is_given)

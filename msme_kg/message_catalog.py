"""Messages in English and Traditional Chinese, from ``messages/<language>.toml``, by stable id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from msme_kg.errors import UsageError, find_close_matches, to_printable
from msme_kg.namespaces import LANGUAGES

_FOLDER = Path(__file__).with_name("messages")
SYNTAX_TABLES = ("syntax-fault", "syntax-hint")
"""The tables of the messages of syntax errors: what is wrong, and what to do."""


@cache
def _read_tables(lang: str) -> Mapping[str, str]:
    """Return the text of each table of messages: most answers need few, and TOML takes long to parse."""
    text = (_FOLDER / f"{lang}.toml").read_text(encoding="utf-8")
    _, *parts = re.split(r"^\[([\w-]+)\]\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@cache
def _load_table(table: str, lang: str) -> Mapping[str, str]:
    import tomllib  # an answer without messages does not wait for it

    return tomllib.loads(_read_tables(lang)[table])


@cache
def load_messages(lang: str) -> Mapping[str, str]:
    """Return all messages of a language by id, such as ``lint.not-nfc``: the table, a full stop, the key."""
    tables = {table: _load_table(table, lang) for table in _read_tables(lang)}
    return {f"{table}.{key}": text for table, messages in tables.items() for key, text in messages.items()}


@cache
def load_syntax_messages(lang: str) -> Mapping[str, Sequence[str]]:
    """Return the messages of syntax errors by id: the fault, and a hint, which may be empty.

    They are messages with the tables ``SYNTAX_TABLES`` in their ids, in files of their own.
    """
    import tomllib

    name = "syntax.toml" if lang == LANGUAGES[0] else f"syntax.{lang}.toml"
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def select_messages(prefix: str, lang: str) -> Mapping[str, str]:
    """Return the messages whose id begins with a prefix, such as ``site.``, by the rest of their id."""
    table, _, start = prefix.partition(".")
    messages = _load_table(table, lang)
    return {key.removeprefix(start): text for key, text in messages.items() if key.startswith(start)}


def format_message(message_id: str, lang: str, **values: object) -> str:
    """Return a message with its ``{placeholders}`` filled in.

    Args:
        message_id: such as ``push.sent``.
        lang: one of ``LANGUAGES``.
        values: values of the placeholders by name.

    Raises:
        KeyError: no message has this id, or a placeholder has no value.
    """
    table, _, key = message_id.partition(".")
    if table in SYNTAX_TABLES:
        text = load_syntax_messages(lang)[key][SYNTAX_TABLES.index(table)]
    else:
        text = _load_table(table, lang)[key]
    return text.format(**values)


class TranslatableText(str):
    """A message in the first of ``LANGUAGES`` that ``translate`` gives in another; see ``build_text``.

    Attributes:
        message_id: the id of the message.
        values: the values of its placeholders.
    """

    message_id: str
    values: Mapping[str, object]


def build_text(message_id: str, **values: object) -> TranslatableText:
    """Return a message that is translated only where it is shown; see ``format_message``."""
    text = TranslatableText(format_message(message_id, LANGUAGES[0], **values))
    text.message_id, text.values = message_id, values
    return text


class _Caller:
    is_shell = False


def name_options_for_shell() -> None:
    """Let messages of this process name options as on the command line."""
    _Caller.is_shell = True


def name_option(name: str, argument: str | None = None) -> str:
    """Return an option as its caller writes it: ``--as-of``, or an argument, in a shell, else ``as_of``."""
    return (argument or f"--{name.replace('_', '-')}") if _Caller.is_shell else name


def quote_text(text: str) -> str:
    """Return foreign text in quotation marks, escaped."""
    return build_text("error.quoted", text=to_printable(text))


def build_misfit(text: str, option: str) -> str:
    """Return that a value does not fit its option."""
    return build_text("error.does-not-fit", text=quote_text(text), option=option)


def suggest_values(text: str, values: Iterable[str], limit: int = 3, others: str = "error.one-of") -> str:
    """Return a hint with the values most similar to a text, else, by the message ``others``, with all."""
    values = list(values) or ["-"]
    if near := find_close_matches(text, values, limit):
        return build_text("error.did-you-mean", names=join_alternatives(near))
    return build_text(others, values=join_texts(values, "error.values"))


def require_choice(text: str, values: Iterable[str], option: str) -> None:
    """Raise UsageError for a value that is not one of those of an option."""
    values = list(values)
    if text not in values:
        raise UsageError(build_misfit(text, option), hint=suggest_values(text, values))


def join_alternatives(texts: Sequence[str]) -> str:
    """Return texts as a list of alternatives."""
    return join_texts(texts, "error.or")


def join_texts(texts: Sequence[str], message_id: str) -> str:
    """Return one or more texts, joined by a message with the placeholders ``first`` and ``second``."""
    if len(texts) == 1:
        return texts[0]
    half = len(texts) // 2  # so that many texts make no deep nesting
    return build_text(
        message_id, first=join_texts(texts[:half], message_id), second=join_texts(texts[half:], message_id)
    )


def translate(text: str, lang: str) -> str:
    """Return a text in a language, if it is one by ``build_text``; values that are such texts too."""
    if not isinstance(text, TranslatableText):
        return text
    values = {
        name: translate(value, lang) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return format_message(text.message_id, lang, **values)


def format_in_all_languages(message_id: str, **values: object) -> dict[str, str]:
    """Return a message in each language, by language tag; see ``format_message``."""
    return {lang: format_message(message_id, lang, **values) for lang in LANGUAGES}


def find_standard_term(curie: str, lang: str) -> str | None:
    """Return the name of a term of a standard vocabulary, which the graph leaves out."""
    return load_messages(lang).get(f"standard-term.{curie}")

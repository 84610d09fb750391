"""Canned queries: ``.rq`` files with their headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from msme_kg.errors import InputError, Place, UsageError, near_matches, printable
from msme_kg.names import LANGUAGES
from msme_kg.query.binding import BLOCK
from msme_kg.repository import Repository

TYPES = ("date", "year", "integer", "string", "lang", "choice", "iri")
_HEADER = re.compile(r"#\+ ?(.*)")
_KEYS = {"title", "description", "tags", "params", "plot", "severity", "problem", "solution"}
_PARAMETER_KEYS = {"type", "default", "required", "choices", "class", "scheme", "help"}
_CHECKS = "queries/checks/"


@dataclass(frozen=True)
class Parameter:
    """An option of a canned query.

    Attributes:
        name: as in ``?in_<name>``; the option is the same with hyphens.
        type: one of ``TYPES``.
        default: the text that stands when none is given; None lets any value match (``UNDEF``).
        required: whether a value must be given.
        choices: the values that a ``choice`` may take.
        of_class: CURIE of the class whose instances an ``iri`` names, if any.
        scheme: CURIE or IRI of the scheme whose concepts an ``iri`` names, if any.
        help: what it is, by language.
    """

    name: str
    type: str
    default: str | None
    required: bool
    choices: tuple[str, ...]
    of_class: str | None
    scheme: str | None
    help: Mapping[str, str]

    @property
    def option(self) -> str:
        """The name as it is typed, ``as_of`` → ``as-of``."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class CannedQuery:
    """A query of the public interface, or a check.

    Attributes:
        name: the file's name without its ending.
        path: the file, relative to the root.
        title: by language.
        description: by language.
        tags: words to group by.
        parameters: its options, in order.
        plot: the picture that shows it, if there is one, and the words in it by name and language.
        severity: of a check: ``violation``, ``warning`` or ``info``; else None.
        problem: of a check: what is wrong, by language; else empty.
        solution: of a check: what to do, by language; else empty.
        text: the query as it stands in the file, with example values in place.
    """

    name: str
    path: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    plot: tuple[str, Mapping[str, Mapping[str, str]]] | None
    severity: str | None
    problem: Mapping[str, str]
    solution: Mapping[str, str]
    text: str


def names(repository: Repository) -> dict[str, str]:
    """Return the path of each canned query by its name, sorted; checks are not among them.

    Raises:
        InputError: two files have one name.
    """
    found: dict[str, str] = {}
    for path in repository.query_files():
        if path.startswith(_CHECKS):
            continue
        name = PurePosixPath(path).stem
        if name in found:
            raise InputError(f"two queries are called {name!r}: {found[name]} and {path}", place=Place(path))
        found[name] = path
    return dict(sorted(found.items()))


def check_paths(repository: Repository) -> list[str]:
    """Return the paths of the checks, sorted."""
    return [path for path in repository.query_files() if path.startswith(_CHECKS)]


def find(repository: Repository, name: str) -> CannedQuery:
    """Return the canned query of a name.

    Raises:
        UsageError: there is none; near names are in the hint.
        InputError: its header is faulty.
    """
    known = names(repository)
    if name not in known:
        near = near_matches(name, known, 3, 0.5)
        raise UsageError(
            f"no query is called {printable(name)!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else "msme-kg query lists them",
        )
    return read(repository, known[name])


def read(repository: Repository, path: str) -> CannedQuery:
    """Read one file.

    Raises:
        InputError: not UTF-8, or the header is not as it must be; with file and line.
    """
    try:
        text = repository.read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("not UTF-8", place=Place(path), hint="save the file as UTF-8") from None
    header = _header(text, path)
    given = _mapping(header.get("params"), "params", text, path)
    parameters = tuple(
        _parameter(name, _mapping(one, name, text, path), text, path) for name, one in given.items()
    )
    _check_blocks(parameters, text, path)
    is_check = path.startswith(_CHECKS)
    return CannedQuery(
        name=PurePosixPath(path).stem,
        path=path,
        title=_bilingual(header, "title", text, path),
        description=_bilingual(header, "problem" if is_check else "description", text, path),
        tags=_words(header, "tags", text, path),
        parameters=parameters,
        plot=_plot(header.get("plot"), text, path),
        severity=header.get("severity"),
        problem=_bilingual(header, "problem", text, path) if is_check else {},
        solution=_bilingual(header, "solution", text, path) if is_check else {},
        text=text,
    )


def _header(text: str, path: str) -> dict[str, Any]:
    import yaml

    lines = []
    for line in text.split("\n"):
        found = _HEADER.fullmatch(line)
        if not found:
            break
        lines.append(found[1])
    try:
        header = yaml.load("\n".join(lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe loaders)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"the header is not YAML: {printable(str(getattr(error, 'problem', error)))}",
            place=Place(path, mark.line + 1 if mark else 1),
            hint="each line of the header begins with #+",
        ) from None
    if not isinstance(header, dict):
        raise InputError("the header is missing", place=Place(path, 1), hint="begin with #+ title: …")
    _only(header, _KEYS, text, path)
    return header


def _only(given: Iterable[str], known: set[str], text: str, path: str) -> None:
    for key in given:
        if key not in known:
            near = near_matches(str(key), known, 1)
            raise InputError(
                f"unknown key {printable(str(key))!r} in the header",
                place=Place(path, _line(text, str(key))),
                hint=f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}",
            )


def _line(text: str, key: str) -> int:
    """Return the line of the header on which a key stands."""
    pattern = re.compile(rf"#\+.*(?<![\w-]){re.escape(key)}\s*:")
    return next((number for number, line in enumerate(text.split("\n"), 1) if pattern.match(line)), 1)


def _mapping(given: Any, key: str, text: str, path: str) -> Mapping[str, Any]:
    if given is not None and not isinstance(given, dict):
        place = Place(path, _line(text, key))
        raise InputError(f"{key!r} must have keys and values", place=place, hint=f"{key}: {{…: …}}")
    return given or {}


def _words(given: Mapping[str, Any], key: str, text: str, path: str) -> tuple[str, ...]:
    found = given.get(key) or []
    if not isinstance(found, list):
        place = Place(path, _line(text, key))
        raise InputError(f"{key!r} must be a list", place=place, hint=f"{key}: [one, two]")
    return tuple(str(one) for one in found)


def _bilingual(given: Mapping[str, Any], key: str, text: str, path: str) -> Mapping[str, str]:
    found = given.get(key)
    if not isinstance(found, dict) or set(found) != set(LANGUAGES):
        raise InputError(
            f"{key!r} must be given in {' and '.join(LANGUAGES)}",
            place=Place(path, _line(text, key)),
            hint=f"{key}: {{en: …, zh-Hant: …}}",
        )
    return {language: str(found[language]) for language in LANGUAGES}


def _plot(
    given: Mapping[str, Any] | None, text: str, path: str
) -> tuple[str, Mapping[str, Mapping[str, str]]] | None:
    if given is None:
        return None
    given = _mapping(given, "plot", text, path)
    _only(given, {"kind", "words"}, text, path)
    words = _mapping(given.get("words"), "words", text, path)
    return str(given.get("kind")), {name: _bilingual(words, name, text, path) for name in words}


def _parameter(name: str, given: Mapping[str, Any], text: str, path: str) -> Parameter:
    _only(given, _PARAMETER_KEYS, text, path)
    place = Place(path, _line(text, name))
    if given.get("type") not in TYPES:
        raise InputError(
            f"parameter {name!r} has no known type", place=place, hint=f"one of {', '.join(TYPES)}"
        )
    choices = _words(given, "choices", text, path)
    if (given["type"] == "choice") != bool(choices):
        raise InputError(
            f"parameter {name!r}: a choice needs choices, and only a choice",
            place=place,
            hint="choices: [one, two]",
        )
    default = given.get("default")
    return Parameter(
        name=name,
        type=given["type"],
        default=None if default is None else str(default),
        required=bool(given.get("required", False)),
        choices=choices,
        of_class=given.get("class"),
        scheme=given.get("scheme"),
        help=_bilingual(given, "help", text, path),
    )


def _check_blocks(parameters: tuple[Parameter, ...], text: str, path: str) -> None:
    marked = {match[2] for match in BLOCK.finditer(text)} - {"lang"}
    declared = {parameter.name for parameter in parameters}
    for name in sorted(marked ^ declared):
        what = "has no parameter" if name in marked else "has no block"
        raise InputError(
            f"?in_{name} {what}",
            place=Place(path, _line(text, name)),
            hint="each parameter has a VALUES ?in_<name> { … }  # param block, and each block a parameter",
        )

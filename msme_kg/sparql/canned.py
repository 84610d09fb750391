"""Canned queries: ``.rq`` files with their headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from msme_kg.errors import InputError, Place, UsageError, near_matches, printable
from msme_kg.namespaces import LANGUAGES
from msme_kg.repository import Repository
from msme_kg.sparql.binding import BLOCK

TYPES = ("date", "period", "year", "integer", "number", "string", "slug", "lang", "choice", "iri", "address")
_HEADER = re.compile(r"#\+ ?(.*)")
_KEYS = {"title", "description", "tags", "params", "plot", "severity", "problem", "solution"}
_PARAMETER_KEYS = {
    "type",
    "default",
    "from",
    "required",
    "unless",
    "many",
    "choices",
    "class",
    "scheme",
    "new",
}
_PARAMETER_KEYS |= {"help"}
_CHECKS = "queries/checks/"
_KINDS = "queries/templates/"
_EXPORT, _BRIEF = "queries/export/", "queries/briefing/"


@dataclass(frozen=True)
class Parameter:
    """An option of a canned query.

    Attributes:
        name: as in ``?in_<name>``; the option is the same with hyphens.
        type: one of ``TYPES``.
        default: the text that stands when none is given; None lets any value match (``UNDEF``).
        like: options of which the first that is given stands for it when it is not; often none.
        required: whether a value must be given.
        unless: options any of which makes it needless, else a value must be given; often none.
        many: whether several values may be given.
        choices: the values that a ``choice`` may take.
        of_class: CURIEs of the classes whose instances an ``iri`` names; none for any thing.
        scheme: CURIE or IRI of the scheme whose concepts an ``iri`` names, if any.
        new: the kind of thing that an address stands for where no thing is called so, and the option of
            that kind which takes it; None where only things that are there may be named.
        help: what it is, by language.
    """

    name: str
    type: str
    default: str | None
    like: tuple[str, ...]
    required: bool
    unless: tuple[str, ...]
    many: bool
    choices: tuple[str, ...]
    of_class: tuple[str, ...]
    scheme: str | None
    new: tuple[str, str] | None
    help: Mapping[str, str]

    @property
    def option(self) -> str:
        """The name as it is typed, ``as_of`` → ``as-of``."""
        return self.name.replace("_", "-")

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks that its value goes into: a ``period`` has a first and a last day."""
        return (f"{self.name}_from", f"{self.name}_to") if self.type == "period" else (self.name,)


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
    """Return the path of each canned query by its name, sorted; those of special use are not among them.

    Raises:
        InputError: two files have one name.
    """
    found: dict[str, str] = {}
    for path in repository.query_files():
        if path.startswith((_CHECKS, _KINDS, _EXPORT, _BRIEF)):
            continue
        name = PurePosixPath(path).stem
        if name in found:
            raise InputError(f"two queries are called {name!r}: {found[name]} and {path}", place=Place(path))
        found[name] = path
    return dict(sorted(found.items()))


def check_paths(repository: Repository) -> list[str]:
    """Return the paths of the checks, sorted."""
    return [path for path in repository.query_files() if path.startswith(_CHECKS)]


def kinds(repository: Repository) -> dict[str, str]:
    """Return the path of the query that makes each kind of new thing, by the kind's name, sorted."""
    found = (path for path in repository.query_files() if path.startswith(_KINDS))
    return {PurePosixPath(path).stem: path for path in found}


def brief_paths(repository: Repository) -> list[str]:
    """Return the paths of the queries that give facts for the briefing note, sorted."""
    return [path for path in repository.query_files() if path.startswith(_BRIEF)]


def find(repository: Repository, name: str) -> CannedQuery:
    """Return the canned query of a name.

    Raises:
        UsageError: there is none; near names are in the hint.
        InputError: its header is faulty.
    """
    return _found(repository, name, names(repository), "query", "msme-kg query")


def find_kind(repository: Repository, name: str) -> CannedQuery:
    """Return the query that makes new things of a kind.

    Raises:
        UsageError: there is none; near names are in the hint.
        InputError: its header is faulty.
    """
    return _found(repository, name, kinds(repository), "kind", "msme-kg new")


def find_for_export(repository: Repository, name: str) -> CannedQuery:
    """Return a query by which an export knows what the graph says, such as what did not hold on a date.

    Raises:
        UsageError: the graph has none of that name.
        InputError: its header is faulty.
    """
    return _special(repository, f"{_EXPORT}{name}.rq")


def find_for_brief(repository: Repository, name: str) -> CannedQuery:
    """Return a query that gives facts for the briefing note.

    Raises:
        UsageError: the graph has none of that name.
        InputError: its header is faulty.
    """
    return _special(repository, f"{_BRIEF}{name}.rq")


def _special(repository: Repository, path: str) -> CannedQuery:
    if not (repository.root / path).is_file():
        raise UsageError(f"{path} is missing", hint="take it from the graph that this program comes with")
    return read(repository, path)


def _found(
    repository: Repository, name: str, known: Mapping[str, str], what: str, command: str
) -> CannedQuery:
    if name not in known:
        near = near_matches(name, known, 3, 0.5)
        raise UsageError(
            f"no {what} is called {printable(name)!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else f"{command} lists them",
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
    _check_names(parameters, text, path)
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
    default, classes = given.get("default"), given.get("class") or []
    made = _mapping(given.get("new"), "new", text, path)
    return Parameter(
        name=name,
        type=given["type"],
        default=None if default is None else str(default),
        like=_words(given, "from", text, path),
        required=bool(given.get("required", False)),
        unless=_words(given, "unless", text, path),
        many=bool(given.get("many", False)),
        choices=choices,
        of_class=tuple(str(one) for one in (classes if isinstance(classes, list) else [classes])),
        scheme=given.get("scheme"),
        new=next(((str(kind), str(option)) for kind, option in made.items()), None),
        help=_bilingual(given, "help", text, path),
    )


def _check_blocks(parameters: tuple[Parameter, ...], text: str, path: str) -> None:
    marked = {match[2] for match in BLOCK.finditer(text)} - {"lang"}
    declared = {block for parameter in parameters for block in parameter.blocks}
    for name in sorted(marked ^ declared):
        what = "has no parameter" if name in marked else "has no block"
        raise InputError(
            f"?in_{name} {what}",
            place=Place(path, _line(text, name)),
            hint="each parameter has a VALUES ?in_<name> { … }  # param block, and each block a parameter",
        )


def _check_names(parameters: tuple[Parameter, ...], text: str, path: str) -> None:
    """Refuse a parameter that speaks of another one that is not there."""
    declared = {parameter.name for parameter in parameters}
    for parameter in parameters:
        for name in {*parameter.unless, *parameter.like} - declared:
            raise InputError(
                f"parameter {parameter.name!r} names {printable(str(name))!r}, which is none",
                place=Place(path, _line(text, parameter.name)),
                hint=f"one of {', '.join(sorted(declared))}",
            )

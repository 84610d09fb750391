"""Canned queries: ``.rq`` files with their headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from msme_kg.errors import InputError, SourceLocation, UsageError, find_close_matches, to_printable
from msme_kg.namespaces import LANGUAGES
from msme_kg.repository import Repository
from msme_kg.sparql.binding import VALUES_BLOCK

PARAMETER_TYPES = (
    "date",
    "period",
    "year",
    "integer",
    "number",
    "string",
    "slug",
    "lang",
    "choice",
    "iri",
    "address",
)
_HEADER_LINE = re.compile(r"#\+ ?(.*)")
_HEADER_KEYS = {"title", "description", "tags", "params", "plot", "severity", "problem", "solution"}
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
_CHECKS_FOLDER = "queries/checks/"
_TEMPLATES_FOLDER = "queries/templates/"
_EXPORT_FOLDER, _BRIEFING_FOLDER = "queries/export/", "queries/briefing/"


@dataclass(frozen=True)
class Parameter:
    """An option of a canned query.

    Attributes:
        name: as in ``?in_<name>``; the option is the same with hyphens.
        type: one of ``TYPES``.
        default: the text that stands when none is given; None lets any value match (``UNDEF``).
        falls_back_to: options of which the first that is given stands for it when it is not; often none.
        required: whether a value must be given.
        required_unless: options any of which makes it needless, else a value must be given; often none.
        accepts_multiple: whether several values may be given.
        choices: the values that a ``choice`` may take.
        of_class: CURIEs of the classes whose instances an ``iri`` names; none for any thing.
        scheme: CURIE or IRI of the scheme whose concepts an ``iri`` names, if any.
        creation_target: the kind of thing that an address stands for where no thing is called so, and
            the option of
            that kind which takes it; None where only things that are there may be named.
        help: what it is, by language.
    """

    name: str
    type: str
    default: str | None
    falls_back_to: tuple[str, ...]
    required: bool
    required_unless: tuple[str, ...]
    accepts_multiple: bool
    choices: tuple[str, ...]
    of_class: tuple[str, ...]
    scheme: str | None
    creation_target: tuple[str, str] | None
    help: Mapping[str, str]

    @property
    def option(self) -> str:
        """The name as it is typed, ``as_of`` → ``as-of``."""
        return self.name.replace("_", "-")

    @property
    def block_names(self) -> tuple[str, ...]:
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


def list_query_paths(repository: Repository) -> dict[str, str]:
    """Return the path of each canned query by its name, sorted; those of special use are not among them.

    Raises:
        InputError: two files have one name.
    """
    found: dict[str, str] = {}
    for path in repository.find_query_files():
        if path.startswith((_CHECKS_FOLDER, _TEMPLATES_FOLDER, _EXPORT_FOLDER, _BRIEFING_FOLDER)):
            continue
        name = PurePosixPath(path).stem
        if name in found:
            raise InputError(
                f"two queries are called {name!r}: {found[name]} and {path}", location=SourceLocation(path)
            )
        found[name] = path
    return dict(sorted(found.items()))


def list_check_paths(repository: Repository) -> list[str]:
    """Return the paths of the checks, sorted."""
    return [path for path in repository.find_query_files() if path.startswith(_CHECKS_FOLDER)]


def list_template_paths(repository: Repository) -> dict[str, str]:
    """Return the path of the query that makes each kind of new thing, by the kind's name, sorted."""
    found = (path for path in repository.find_query_files() if path.startswith(_TEMPLATES_FOLDER))
    return {PurePosixPath(path).stem: path for path in found}


def list_briefing_paths(repository: Repository) -> list[str]:
    """Return the paths of the queries that give facts for the briefing note, sorted."""
    return [path for path in repository.find_query_files() if path.startswith(_BRIEFING_FOLDER)]


def find_query(repository: Repository, name: str) -> CannedQuery:
    """Return the canned query of a name.

    Raises:
        UsageError: there is none; near names are in the hint.
        InputError: its header is faulty.
    """
    return _read_by_name(repository, name, list_query_paths(repository), "query", "msme-kg query")


def find_entity_template(repository: Repository, kind: str) -> CannedQuery:
    """Return the query that makes new things of a kind.

    Raises:
        UsageError: there is none; near names are in the hint.
        InputError: its header is faulty.
    """
    return _read_by_name(repository, kind, list_template_paths(repository), "kind", "msme-kg new")


def find_export_query(repository: Repository, name: str) -> CannedQuery:
    """Return a query by which an export knows what the graph says, such as what did not hold on a date.

    Raises:
        UsageError: the graph has none of that name.
        InputError: its header is faulty.
    """
    return _read_special_query(repository, f"{_EXPORT_FOLDER}{name}.rq")


def find_briefing_query(repository: Repository, name: str) -> CannedQuery:
    """Return a query that gives facts for the briefing note.

    Raises:
        UsageError: the graph has none of that name.
        InputError: its header is faulty.
    """
    return _read_special_query(repository, f"{_BRIEFING_FOLDER}{name}.rq")


def _read_special_query(repository: Repository, path: str) -> CannedQuery:
    if not (repository.root / path).is_file():
        raise UsageError(f"{path} is missing", hint="take it from the graph that this program comes with")
    return read_query(repository, path)


def _read_by_name(
    repository: Repository, name: str, paths_by_name: Mapping[str, str], noun: str, command: str
) -> CannedQuery:
    if name not in paths_by_name:
        near = find_close_matches(name, paths_by_name, 3, 0.5)
        raise UsageError(
            f"no {noun} is called {to_printable(name)!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else f"{command} lists them",
        )
    return read_query(repository, paths_by_name[name])


def read_query(repository: Repository, path: str) -> CannedQuery:
    """Read one file.

    Raises:
        InputError: not UTF-8, or the header is not as it must be; with file and line.
    """
    try:
        text = repository.read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("not UTF-8", location=SourceLocation(path), hint="save the file as UTF-8") from None
    header = _parse_header(text, path)
    given = _require_mapping(header.get("params"), "params", text, path)
    parameters = tuple(
        _parse_parameter(name, _require_mapping(one, name, text, path), text, path)
        for name, one in given.items()
    )
    _validate_blocks(parameters, text, path)
    _validate_references(parameters, text, path)
    is_check = path.startswith(_CHECKS_FOLDER)
    return CannedQuery(
        name=PurePosixPath(path).stem,
        path=path,
        title=_parse_bilingual(header, "title", text, path),
        description=_parse_bilingual(header, "problem" if is_check else "description", text, path),
        tags=_parse_string_list(header, "tags", text, path),
        parameters=parameters,
        plot=_parse_plot(header.get("plot"), text, path),
        severity=header.get("severity"),
        problem=_parse_bilingual(header, "problem", text, path) if is_check else {},
        solution=_parse_bilingual(header, "solution", text, path) if is_check else {},
        text=text,
    )


def _parse_header(text: str, path: str) -> dict[str, Any]:
    import yaml

    lines = []
    for line in text.split("\n"):
        found = _HEADER_LINE.fullmatch(line)
        if not found:
            break
        lines.append(found[1])
    try:
        header = yaml.load("\n".join(lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe loaders)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"the header is not YAML: {to_printable(str(getattr(error, 'problem', error)))}",
            location=SourceLocation(path, mark.line + 1 if mark else 1),
            hint="each line of the header begins with #+",
        ) from None
    if not isinstance(header, dict):
        raise InputError(
            "the header is missing", location=SourceLocation(path, 1), hint="begin with #+ title: …"
        )
    _reject_unknown_keys(header, _HEADER_KEYS, text, path)
    return header


def _reject_unknown_keys(keys: Iterable[str], known_keys: set[str], text: str, path: str) -> None:
    for key in keys:
        if key not in known_keys:
            near = find_close_matches(str(key), known_keys, 1)
            raise InputError(
                f"unknown key {to_printable(str(key))!r} in the header",
                location=SourceLocation(path, _find_key_line(text, str(key))),
                hint=f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known_keys))}",
            )


def _find_key_line(text: str, key: str) -> int:
    """Return the line of the header on which a key stands."""
    pattern = re.compile(rf"#\+.*(?<![\w-]){re.escape(key)}\s*:")
    return next((number for number, line in enumerate(text.split("\n"), 1) if pattern.match(line)), 1)


def _require_mapping(value: Any, key: str, text: str, path: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, dict):
        place = SourceLocation(path, _find_key_line(text, key))
        raise InputError(f"{key!r} must have keys and values", location=place, hint=f"{key}: {{…: …}}")
    return value or {}


def _parse_string_list(mapping: Mapping[str, Any], key: str, text: str, path: str) -> tuple[str, ...]:
    found = mapping.get(key) or []
    if not isinstance(found, list):
        place = SourceLocation(path, _find_key_line(text, key))
        raise InputError(f"{key!r} must be a list", location=place, hint=f"{key}: [one, two]")
    return tuple(str(one) for one in found)


def _parse_bilingual(mapping: Mapping[str, Any], key: str, text: str, path: str) -> Mapping[str, str]:
    found = mapping.get(key)
    if not isinstance(found, dict) or set(found) != set(LANGUAGES):
        raise InputError(
            f"{key!r} must be given in {' and '.join(LANGUAGES)}",
            location=SourceLocation(path, _find_key_line(text, key)),
            hint=f"{key}: {{en: …, zh-Hant: …}}",
        )
    return {language: str(found[language]) for language in LANGUAGES}


def _parse_plot(
    mapping: Mapping[str, Any] | None, text: str, path: str
) -> tuple[str, Mapping[str, Mapping[str, str]]] | None:
    if mapping is None:
        return None
    mapping = _require_mapping(mapping, "plot", text, path)
    _reject_unknown_keys(mapping, {"kind", "words"}, text, path)
    words = _require_mapping(mapping.get("words"), "words", text, path)
    return str(mapping.get("kind")), {name: _parse_bilingual(words, name, text, path) for name in words}


def _parse_parameter(name: str, mapping: Mapping[str, Any], text: str, path: str) -> Parameter:
    _reject_unknown_keys(mapping, _PARAMETER_KEYS, text, path)
    place = SourceLocation(path, _find_key_line(text, name))
    if mapping.get("type") not in PARAMETER_TYPES:
        raise InputError(
            f"parameter {name!r} has no known type",
            location=place,
            hint=f"one of {', '.join(PARAMETER_TYPES)}",
        )
    choices = _parse_string_list(mapping, "choices", text, path)
    if (mapping["type"] == "choice") != bool(choices):
        raise InputError(
            f"parameter {name!r}: a choice needs choices, and only a choice",
            location=place,
            hint="choices: [one, two]",
        )
    default, classes = mapping.get("default"), mapping.get("class") or []
    made = _require_mapping(mapping.get("new"), "new", text, path)
    return Parameter(
        name=name,
        type=mapping["type"],
        default=None if default is None else str(default),
        falls_back_to=_parse_string_list(mapping, "from", text, path),
        required=bool(mapping.get("required", False)),
        required_unless=_parse_string_list(mapping, "unless", text, path),
        accepts_multiple=bool(mapping.get("many", False)),
        choices=choices,
        of_class=tuple(str(one) for one in (classes if isinstance(classes, list) else [classes])),
        scheme=mapping.get("scheme"),
        creation_target=next(((str(kind), str(option)) for kind, option in made.items()), None),
        help=_parse_bilingual(mapping, "help", text, path),
    )


def _validate_blocks(parameters: tuple[Parameter, ...], text: str, path: str) -> None:
    marked = {match[2] for match in VALUES_BLOCK.finditer(text)} - {"lang"}
    declared = {block for parameter in parameters for block in parameter.block_names}
    for name in sorted(marked ^ declared):
        what = "has no parameter" if name in marked else "has no block"
        raise InputError(
            f"?in_{name} {what}",
            location=SourceLocation(path, _find_key_line(text, name)),
            hint="each parameter has a VALUES ?in_<name> { … }  # param block, and each block a parameter",
        )


def _validate_references(parameters: tuple[Parameter, ...], text: str, path: str) -> None:
    """Refuse a parameter that speaks of another one that is not there."""
    declared = {parameter.name for parameter in parameters}
    for parameter in parameters:
        for name in {*parameter.required_unless, *parameter.falls_back_to} - declared:
            raise InputError(
                f"parameter {parameter.name!r} names {to_printable(str(name))!r}, which is none",
                location=SourceLocation(path, _find_key_line(text, parameter.name)),
                hint=f"one of {', '.join(sorted(declared))}",
            )

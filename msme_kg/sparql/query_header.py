"""Parser of query headers: YAML in the lines that begin with ``#+`` at the top of a ``.rq`` file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath
from types import UnionType
from typing import Any

from msme_kg.errors import (
    InputError,
    SafetyError,
    SourceLocation,
    UsageError,
    find_close_matches,
    to_printable,
)
from msme_kg.namespaces import LANGUAGES
from msme_kg.rdf.source_excerpt import locate_column
from msme_kg.rdf.syntax_diagnosis import Diagnosis, diagnose_characters
from msme_kg.sparql.binding import VALUES_BLOCK
from msme_kg.sparql.canned import DAYS, PARAMETER_TYPES, CannedQuery, EntitySet, Parameter
from msme_kg.sparql.header_yaml import build_header_loader
from msme_kg.sparql.parameters import convert_value, refuse_to_resolve, reject_unknown_options
from msme_kg.sparql.query_guards import MAX_QUERY_LENGTH

MAX_HEADER_LENGTH = 50_000  # characters
_HEADER_LINE = re.compile(r"#\+ ?(.*)")
_LOST_HEADER_LINE = re.compile(r"#\s{2,}[\w-]+\s*:")
"""A line of a header without its plus sign, in contrast to a comment."""
_HEADER_KEYS = {"title", "description", "tags", "params", "columns", "joined", "short_names"}
_HEADER_KEYS |= {"language_codes", "absent", "entities", "next", "list", "watched", "plot"}
_HEADER_KEYS |= {"severity", "problem", "solution"}
_PARAMETER_KEYS = {"type", "default", "fallback", "required", "required_unless", "repeatable", "choices"}
_PARAMETER_KEYS |= {"class", "scheme", "subclass_of", "prefer", "part_of", "number", "creates", "day"}
_PARAMETER_KEYS |= {"by_default", "help", "more"}
_VALUE_TYPES: tuple[tuple[tuple[str, ...], type | UnionType, str], ...] = (
    (("required", "repeatable"), bool | None, "true or false"),
    (("default", "subclass_of", "prefer", "part_of", "number"), str | bool | None, "a text"),
    (("class", "scheme"), str | list | None, "a text or a list of texts"),
)
"""The types of values by key, with their names; a key that is missing is None."""
_PLOT_KEYS = {"kind", "words"}


def parse_header(text: str, path: str) -> dict[str, Any]:
    """Return the header of a query as a mapping of known keys; see ``parse_query``."""
    file = _QueryFile(text, path)
    file.reject_large_text("query", text, MAX_QUERY_LENGTH)
    return file.parse_yaml()


def parse_query(text: str, path: str, header: dict[str, Any] | None = None) -> CannedQuery:
    """Return a query with its header.

    Args:
        text: the content of the file.
        path: the file, relative to the root.
        header: what ``parse_header`` returns for it, if that is known.

    Raises:
        InputError: the header is malformed; with file and line.
        SafetyError: it is too long, or has anchors or aliases.
    """
    file = _QueryFile(text, path)
    header = parse_header(text, path) if header is None else header
    parameters = tuple(
        file.parse_parameter(str(name), file.require_mapping(mapping, str(name)))
        for name, mapping in file.require_mapping(header.get("params"), "params").items()
    )
    file.validate_blocks(parameters)
    file.validate_references(parameters)
    is_check = "severity" in header or "problem" in header
    query = CannedQuery(
        name=PurePosixPath(path).stem,
        path=path,
        title=file.parse_bilingual(header, "title"),
        description=file.parse_bilingual(header, "problem" if is_check else "description"),
        tags=file.parse_list(header, "tags"),
        parameters=parameters,
        columns=(columns := file.parse_headings(header.get("columns"), "columns")),
        joined=(joined := file.parse_column_names(header, "joined", columns)),
        short_names=file.parse_column_names(header, "short_names", joined),
        language_codes=file.parse_column_names(header, "language_codes", joined),
        absent=file.parse_absent(header.get("absent"), columns),
        entities=file.parse_entities(header),
        next=file.parse_headings(header.get("next"), "next"),
        is_list=file.parse_flag(header, "list"),
        watched=file.parse_watched(header),
        plot=file.parse_plot(header.get("plot")),
        severity=header.get("severity"),
        problem=file.parse_bilingual(header, "problem") if is_check else {},
        solution=file.parse_bilingual(header, "solution") if is_check else {},
        text=text,
    )
    file.validate_watched(query)
    return query


def build_header_error(query: CannedQuery, key: str, message: str, hint: str) -> InputError:
    """Return an error at the first line of a query's header that has a key, else at line 1."""
    return _QueryFile(query.text, query.path).build_error(message, key, hint)


@dataclass(frozen=True)
class _QueryFile:
    """A query file whose errors name the line of the key that they are about."""

    text: str
    path: str

    def parse_yaml(self) -> dict[str, Any]:
        """Return the header as a mapping of known keys."""
        import yaml

        lines = self.text.split("\n")
        matches = list(takewhile(bool, map(_HEADER_LINE.fullmatch, lines)))
        rest = lines[len(matches) :]
        is_cut = any(map(_HEADER_LINE.fullmatch, rest)) or (rest and _LOST_HEADER_LINE.match(rest[0]))
        if matches and is_cut:
            place = sum(len(line) + 1 for line in lines[: len(matches)])
            raise Diagnosis("header/line", place).to_error(self.text, self.path)
        text = "\n".join(match[1] for match in matches if match)
        self.reject_large_text("header", text, MAX_HEADER_LENGTH)
        loader = build_header_loader()
        try:
            if "&" in text or "*" in text:
                self.reject_anchors(yaml.parse(text, Loader=loader))
            node = yaml.compose(text, Loader=loader)
            self.reject_duplicate_keys(node)
            header = loader("").construct_document(node) if node else None
        except yaml.YAMLError as error:
            raise self.build_yaml_error(error) from None
        except KeyError as error:  # !!bool of another word
            word = to_printable(str(error))
            raise self.build_error(
                f"the header is not YAML: {word} is no boolean", "", "write it in quotes"
            ) from None
        if not isinstance(header, dict):
            raise Diagnosis("header/missing").to_error(self.text, self.path, 1)
        self.reject_unknown_keys(header, _HEADER_KEYS)
        return header

    def reject_large_text(self, noun: str, text: str, limit: int) -> None:
        """Raise SafetyError for a text that is longer than a limit."""
        if len(text) > limit:
            message = f"the {noun} is longer than {limit} characters"
            raise SafetyError(message, location=SourceLocation(self.path), hint="shorten it or split it")

    def reject_anchors(self, events: Iterable[Any]) -> None:
        """Raise SafetyError for an anchor or alias: a few lines of them stand for gigabytes."""
        for event in events:
            if getattr(event, "anchor", None) is not None:
                raise SafetyError(
                    "the header has an anchor or alias",
                    location=SourceLocation(self.path, event.start_mark.line + 1),
                    hint="write the value out; put text that begins with & or * in quotes",
                )

    def reject_duplicate_keys(self, node: Any) -> None:
        """Raise InputError for a key that occurs twice in a mapping; YAML would keep the last value."""
        if getattr(node, "id", "") != "mapping":
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                line, column = key.start_mark.line + 1, key.start_mark.column + 4
                raise Diagnosis("duplicate-key/yaml", name=name).to_error(self.text, self.path, line, column)
            seen.add(name)
            self.reject_duplicate_keys(value)

    def build_yaml_error(self, error: Any) -> InputError:
        """Return the error for a header that is not YAML."""
        from msme_kg.sparql.header_diagnosis import HeaderDiagnoser  # headers that parse do not wait for it

        place = getattr(error, "problem_mark", None)
        start = getattr(error, "context_mark", None) or place
        if place is None or start is None:  # a character that YAML forbids
            diagnosis = diagnose_characters(self.text, 0, len(self.text)) or Diagnosis("header/missing", 0)
        else:
            diagnosis = HeaderDiagnoser(
                text=self.text,
                problem=str(error.problem),
                place=(place.line, place.column),
                context=str(error.context),
                start=(start.line, start.column),
            ).diagnose()
        return diagnosis.to_error(self.text, self.path, frame="error.header-yaml")

    def build_error(self, message: str, key: str, hint: str) -> InputError:
        """Return an error at the first line of the header that has a key, else at line 1."""
        name = re.escape(str(key))  # a key such as yes is a boolean
        pattern = re.compile(rf"#\+.*(?<![\w-]){name}\s*:")
        lines = enumerate(self.text.split("\n"), 1)
        line = next((number for number, line in lines if pattern.match(line)), 1)
        return InputError(
            message, location=locate_column(self.text, self.path, line), hint=hint, code="syntax/header"
        )

    def reject_unknown_keys(self, keys: Iterable[object], known_keys: set[str]) -> None:
        """Raise InputError for the first key that is not known; close matches are in the hint."""
        for key in map(str, keys):
            if key not in known_keys:
                near = find_close_matches(key, known_keys, 1)
                hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(known_keys))}"
                raise self.build_error(f"unknown key {to_printable(key)!r} in the header", key, hint)

    def require_mapping(self, value: Any, key: str) -> Mapping[str, Any]:
        """Return the mapping that is the value of a key; empty for None."""
        if value is not None and not isinstance(value, dict):
            raise self.build_error(f"{key!r} must have keys and values", key, f"{key}: {{…: …}}")
        return value or {}

    def parse_list(self, mapping: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Return the list under a key as text; empty where there is none."""
        values = mapping.get(key) or []
        if not isinstance(values, list):
            raise self.build_error(f"{key!r} must be a list", key, f"{key}: [one, two]")
        return tuple(map(str, values))

    def parse_flag(self, mapping: Mapping[str, Any], key: str) -> bool:
        """Return the truth value under a key; false if it is absent."""
        value = mapping.get(key, False)
        if not isinstance(value, bool):
            raise self.build_error(f"{key!r} is not true or false", key, f"write {key}: true")
        return value

    def parse_bilingual(self, mapping: Mapping[str, Any], key: str) -> Mapping[str, str]:
        """Return the text under a key by language."""
        texts = mapping.get(key)
        if (
            not isinstance(texts, dict)
            or set(texts) != set(LANGUAGES)
            or not all(isinstance(text, str) and text for text in texts.values())
        ):
            hint = f"{key}: {{en: …, zh-Hant: …}}"
            joined = (
                [name for name in texts if re.match(r"[\w-]+[:：]", str(name))]
                if isinstance(texts, dict)
                else []
            )
            if joined:
                hint = f"write a space after the colon: {re.sub('[:：]', ': ', to_printable(joined[0], 60))}"
            elif isinstance(texts, dict) and set(texts) > set(LANGUAGES):
                hint = "put a text with a comma in quotes"
            raise self.build_error(f"{key!r} must be given in {' and '.join(LANGUAGES)}", key, hint)
        return {language: str(texts[language]) for language in LANGUAGES}

    def parse_plot(self, value: Any) -> tuple[str, Mapping[str, Mapping[str, str]]] | None:
        """Return the kind of a chart and its labels by name and language; None where there is none."""
        if value is None:
            return None
        mapping = self.require_mapping(value, "plot")
        self.reject_unknown_keys(mapping, _PLOT_KEYS)
        return str(mapping.get("kind")), self.parse_headings(mapping.get("words"), "words")

    def parse_headings(self, value: Any, key: str) -> Mapping[str, Mapping[str, str]]:
        """Return the texts under a key by name and language; empty where there are none."""
        texts = self.require_mapping(value, key)
        return {str(name): self.parse_bilingual(texts, name) for name in texts}

    def parse_names(self, mapping: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Return the names under a key, which may hold one name or a list."""
        names = mapping.get(key) or []
        return tuple(map(str, names if isinstance(names, list) else [names]))

    def parse_column_names(
        self, header: Mapping[str, Any], key: str, columns: Collection[str]
    ) -> tuple[str, ...]:
        """Return the columns under a key, each of which must be one of some columns."""
        names = self.parse_list(header, key)
        for name in names:
            if name not in columns:
                hint = f"one of {', '.join(columns)}" if columns else "give the columns their headings first"
                raise self.build_error(f"{to_printable(name)!r} is not a column for {key!r}", key, hint)
        return names

    def parse_absent(self, value: Any, columns: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """Return the words for cells without a value by column, which must be one of some, and language."""
        words = self.parse_headings(value, "absent")
        self.parse_column_names({"absent": list(words)}, "absent", columns)
        return words

    def parse_entities(self, header: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the variables of what a row is about."""
        names = self.parse_list(header, "entities")
        for name in names:
            if not re.search(rf"\?{re.escape(name)}\b", self.text):
                message = f"the query has no variable ?{to_printable(name)}"
                raise self.build_error(message, "entities", "name variables of its SELECT, without ?")
        return names

    def parse_watched(self, header: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
        """Return the options with which the query is watched."""
        value = header.get("watched") or []
        if not isinstance(value, list):
            raise self.build_error("'watched' must be a list", "watched", "watched: [{as_of: today}]")
        return tuple(
            {str(name): str(text) for name, text in self.require_mapping(options, "watched").items()}
            for options in value
        )

    def validate_watched(self, query: CannedQuery) -> None:
        """Raise InputError for watched options that do not fit, or that name an entity."""
        for options in query.watched:
            try:
                reject_unknown_options(query, options)
                for parameter in query.parameters:
                    text = options.get(parameter.name, parameter.default)
                    if text is None and parameter.required:
                        raise UsageError(f"{parameter.name} is needed")
                    if text not in {None, "today"}:
                        convert_value(parameter, text, refuse_to_resolve)
            except UsageError as error:
                message = f"watched options do not fit: {error.message}"
                raise self.build_error(message, "watched", error.hint or "") from None

    def parse_parameter(self, name: str, mapping: Mapping[str, Any]) -> Parameter:
        """Return the parameter of a name."""
        self.reject_unknown_keys(mapping, _PARAMETER_KEYS)
        if mapping.get("type") not in PARAMETER_TYPES:
            hint = f"one of {', '.join(PARAMETER_TYPES)}"
            raise self.build_error(f"parameter {name!r} has no known type", name, hint)
        choice_names: Mapping[str, Mapping[str, str]] = {}
        if isinstance(mapping.get("choices"), dict):
            choice_names = self.parse_headings(mapping["choices"], "choices")
        choices = tuple(choice_names) or self.parse_list(mapping, "choices")
        if (mapping["type"] == "choice") != bool(choices):
            message = f"parameter {name!r}: choices are required for the type choice, and for no other"
            raise self.build_error(message, name, "choices: [one, two]")
        for keys, types, words in _VALUE_TYPES:
            wrong = next((key for key in keys if not isinstance(mapping.get(key), types)), None)
            if wrong:
                raise self.build_error(
                    f"{wrong!r} of parameter {name!r} is not {words}", name, f"write {words}"
                )
        if "day" in mapping and (mapping["type"] != "date" or mapping["day"] not in DAYS):
            message = f"'day' of parameter {name!r} is not that of a date"
            raise self.build_error(message, "day", f"one of {', '.join(DAYS)}, for the type date")
        default = mapping.get("default")
        creates = self.require_mapping(mapping.get("creates"), "creates")
        parameter = Parameter(
            name=name,
            type=mapping["type"],
            default=None if default is None else str(default),
            fallback=self.parse_list(mapping, "fallback"),
            required=bool(mapping.get("required", False)),
            required_unless=self.parse_list(mapping, "required_unless"),
            repeatable=bool(mapping.get("repeatable", False)),
            choices=choices,
            day=mapping.get("day"),
            more=self.parse_bilingual(mapping, "more") if "more" in mapping else {},
            by_default=self.parse_bilingual(mapping, "by_default") if "by_default" in mapping else {},
            choice_names=choice_names,
            entities=EntitySet(
                of_class=self.parse_names(mapping, "class"),
                scheme=self.parse_names(mapping, "scheme"),
                superclass=mapping.get("subclass_of"),
                preferred=mapping.get("prefer"),
                number=mapping.get("number"),
            ),
            part_of=mapping.get("part_of"),
            creates=next(((str(template), str(option)) for template, option in creates.items()), None),
            help=self.parse_bilingual(mapping, "help"),
        )
        if parameter.type != "iri" and parameter.default not in {None, "today"}:
            try:
                convert_value(parameter, parameter.default, refuse_to_resolve)
            except UsageError as error:
                message = f"the default of parameter {name!r} does not fit: {error.message}"
                raise self.build_error(message, name, error.hint or "") from None
        return parameter

    def validate_blocks(self, parameters: tuple[Parameter, ...]) -> None:
        """Raise InputError unless parameters and ``VALUES`` blocks correspond."""
        places = {match[2]: match.start() for match in VALUES_BLOCK.finditer(self.text)}
        declared = {block for parameter in parameters for block in parameter.block_names}
        for name in sorted((places.keys() - {"lang"}) ^ declared):
            if name in places:
                raise Diagnosis("header/block", places[name], name=name).to_error(self.text, self.path)
            hint = f"write VALUES ?in_{name} {{ … }}  # param where the query takes its value"
            raise self.build_error(f"?in_{name} has no block", name, hint)

    def validate_references(self, parameters: tuple[Parameter, ...]) -> None:
        """Raise InputError for a parameter that refers to one that does not exist."""
        declared = {parameter.name for parameter in parameters}
        for place, parameter in enumerate(parameters):
            earlier = {other.name for other in parameters[:place]}
            wholes = {parameter.part_of} if parameter.part_of else set()
            for name in ({*parameter.required_unless, *parameter.fallback} - declared) | (wholes - earlier):
                message = f"parameter {parameter.name!r} refers to an unknown one: {to_printable(name)!r}"
                raise self.build_error(message, parameter.name, f"one of {', '.join(sorted(declared))}")

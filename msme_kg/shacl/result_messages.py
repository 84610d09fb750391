"""Messages of validation results in each language, by message template or constraint component."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import LANGUAGES, SHACL, PrefixMap
from msme_kg.rdf.terms import normalize_language_tag
from msme_kg.shacl.model import Term
from msme_kg.shacl.shapes_graph import ShapesGraph, UnsupportedShapeError
from msme_kg.shacl.validation_results import ValidationResult

_PLACEHOLDER = re.compile(r"\{[?$]([^{}\s]+)\}")
"""A variable or parameter in a message template (SHACL §5.3.2, §6.2.2)."""
_VALIDATORS = ("validator", "nodeValidator", "propertyValidator")
_MAX_LIST_MEMBERS = 10
"""The number of members that the message of a list parameter names."""
_CORE_MESSAGES = frozenset(
    [
        *("and", "class", "closed", "datatype", "disjoint", "equals", "has-value", "in", "language-in"),
        *("less-than", "less-than-or-equals", "max-count", "max-exclusive", "max-inclusive", "max-length"),
        *("min-count", "min-exclusive", "min-inclusive", "min-length", "node", "node-kind", "not", "or"),
        *("pattern", "qualified-max-count", "qualified-min-count", "unique-lang", "xone"),
    ]
)
"""The keys of the messages for constraint components of SHACL Core (SHACL §4)."""


class ResultMessages:
    """The messages of the results of one shapes graph."""

    def __init__(self, shapes: ShapesGraph, prefixes: PrefixMap) -> None:
        self._shapes, self._prefixes = shapes, prefixes

    def build_messages(
        self, result: ValidationResult, path: str
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the message of a result by language, and the template that all results of its shape share.

        The values of ``sh:message`` take precedence (SHACL §2.1.5, §5.3.2). A shape without one gets the
        message of its constraint component.

        Args:
            result: a validation result.
            path: its property path as SPARQL writes it.
        """
        templates = _take_first_by_language(self._find_templates(result))
        if not templates:
            message = self._format_core_message(result)
            if message:
                return message, message
        values = {name: self._format_term(term) for name, term in self._collect_bindings(result).items()}
        if path:
            values |= {"path": path, "PATH": path}

        def fill(template: str) -> str:
            return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)

        if templates and "message" not in result.bindings:
            filled = {language: fill(template) for language, template in templates.items()}
            return _select_languages(filled), _select_languages(templates)
        if result.messages:
            texts = sorted((_get_language(message), message.value) for message in result.messages)
            return _select_languages(_take_first_by_language(texts)), {}
        return format_in_all_languages("shacl.nonconforming"), {}

    def _format_core_message(self, result: ValidationResult) -> dict[str, str]:
        """Return the message of a constraint component of SHACL Core; empty for other components."""
        name = result.component.removeprefix(SHACL).removesuffix("ConstraintComponent")
        key = re.sub("(?<!^)(?=[A-Z])", "-", name).lower()
        if key not in _CORE_MESSAGES or not result.component.startswith(SHACL):
            return {}
        values = {
            parameter: ", ".join(
                sorted(
                    self._format_parameter(value)
                    for value in self._shapes.list_values(result.shape, parameter)
                )
            )
            for parameter in (name[0].lower() + name[1:], "qualifiedValueShape")
        }
        return format_in_all_languages(f"shacl.{key}", **values)

    def _format_parameter(self, value: Term) -> str:
        """Return the value of a parameter for display; of a long list the first members."""
        try:
            members = [self._format_term(member) for member in self._shapes.list_members(value)]
        except UnsupportedShapeError:  # it is no list
            return self._format_term(value)
        return ", ".join([*members[:_MAX_LIST_MEMBERS], "…"] if len(members) > _MAX_LIST_MEMBERS else members)

    def _collect_bindings(self, result: ValidationResult) -> dict[str, Term]:
        """Return the variables of a result and the parameters of its constraint component."""
        bindings = {**result.bindings, "this": result.focus_node}
        if result.value is not None:
            bindings["value"] = result.value
        for parameter in self._shapes.list_values(ox.NamedNode(result.component), "parameter"):
            for path in self._shapes.list_values(parameter, "path"):
                arguments = self._shapes.triples_by_subject.get(result.shape, {}).get(path.value, ())
                for argument in arguments[:1]:
                    bindings.setdefault(re.split(r"[/#:]", path.value)[-1], argument)
        return bindings

    def _find_templates(self, result: ValidationResult) -> Iterator[tuple[str, str]]:
        """Yield the language and text of each ``sh:message``, of the most specific subject first.

        The order is that of the constraint, the shape, the validators of the component, the component.
        """
        component = ox.NamedNode(result.component)
        subjects: list[Term] = [] if result.constraint is None else [result.constraint]
        subjects.append(result.shape)
        for name in _VALIDATORS:
            subjects += self._shapes.list_values(component, name)
        for subject in [*subjects, component]:
            messages = self._shapes.list_values(subject, "message")
            yield from sorted(
                (_get_language(message), message.value)
                for message in messages
                if isinstance(message, ox.Literal)
            )

    def _format_term(self, term: Term) -> str:
        if isinstance(term, ox.BlankNode):
            return "[]"
        is_iri = isinstance(term, ox.NamedNode)
        return self._prefixes.shorten(term.value) or term.value if is_iri else term.value


def _get_language(literal: Term) -> str:
    return normalize_language_tag((literal.language if isinstance(literal, ox.Literal) else "") or "")


def _take_first_by_language(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    by_language: dict[str, str] = {}
    for language, text in texts:
        by_language.setdefault(language, text)
    return by_language


def _select_languages(texts: Mapping[str, str]) -> dict[str, str]:
    """Return for each language the text in it, a related language, none or any, in this order."""

    def select_text(language: str) -> str:
        related = [tag for tag in texts if tag.partition("-")[0] == language.partition("-")[0]]
        for tag in (language, *related, ""):
            if tag in texts:
                return texts[tag]
        return next(iter(texts.values()))

    return {language: select_text(language) for language in LANGUAGES}

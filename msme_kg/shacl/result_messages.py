"""Messages of validation results in each language, by message template or constraint component."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

from msme_kg.message_catalog import format_in_all_languages
from msme_kg.namespaces import LANGUAGES, RDF, SHACL, PrefixMap
from msme_kg.rdf.terms import normalize_language_tag

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Literal, Node

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
    """The messages of the results in one validation report."""

    def __init__(self, report: rdflib.Graph, shapes: rdflib.Graph, prefixes: PrefixMap) -> None:
        self._report = report
        self._shapes = shapes
        self._prefixes = prefixes

    def build_messages(self, result: Node, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the message of a result by language, and the template that all results of its shape share.

        The values of ``sh:message`` take precedence (SHACL §2.1.5, §5.3.2). A shape without one gets the
        message of its constraint component.

        Args:
            result: a validation result of the report.
            path: its property path as SPARQL writes it.
        """
        templates = _take_first_by_language(self._find_templates(result))
        if not templates:
            message = self._format_core_message(result)
            if message:
                return message, message
        reported = list(self._list_reported_messages(result))
        bindings = {name: term for _, _, terms in reported for name, term in terms.items()}
        bindings |= self._collect_bindings(result)
        values = {name: self._format_term(term) for name, term in bindings.items()}
        if path:
            values |= {"path": path, "PATH": path}

        def fill(template: str) -> str:
            return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)

        if templates:
            filled = {language: fill(template) for language, template in templates.items()}
            return _select_languages(filled), _select_languages(templates)
        if reported:
            texts = ((language, fill(text) if terms else text) for language, text, terms in reported)
            return _select_languages(_take_first_by_language(texts)), {}
        return format_in_all_languages("shacl.nonconforming"), {}

    def _list_reported_messages(self, result: Node) -> list[tuple[str, str, Mapping[str, Node]]]:
        """Return the reported messages: language, text or template, and bindings of the template."""
        from msme_kg.shacl.pyshacl_patches import read_bound_message

        messages = _list_literals(self._report, result, "resultMessage")
        reported = ((_get_language(message), *read_bound_message(message)) for message in messages)
        return sorted(reported, key=itemgetter(0, 1))

    def _format_core_message(self, result: Node) -> dict[str, str]:
        """Return the message of a constraint component of SHACL Core; empty for other components."""
        component = str(self._read_value(self._report, result, "sourceConstraintComponent"))
        name = component.removeprefix(SHACL).removesuffix("ConstraintComponent")
        key = re.sub("(?<!^)(?=[A-Z])", "-", name).lower()
        shape = self._read_value(self._report, result, "sourceShape")
        if key not in _CORE_MESSAGES or not component.startswith(SHACL) or shape is None:
            return {}
        values = {
            parameter: ", ".join(
                sorted(self._format_parameter(value) for value in self._list_objects(shape, parameter))
            )
            for parameter in (name[0].lower() + name[1:], "qualifiedValueShape")
        }
        return format_in_all_languages(f"shacl.{key}", **values)

    def _format_parameter(self, value: Node) -> str:
        """Return the value of a parameter for display; of a long list the first members."""
        from rdflib import URIRef
        from rdflib.collection import Collection

        if self._shapes.value(value, URIRef(f"{RDF}first")) is None:
            return self._format_term(value)
        members = [self._format_term(member) for member in Collection(self._shapes, value)]
        return ", ".join([*members[:_MAX_LIST_MEMBERS], "…"] if len(members) > _MAX_LIST_MEMBERS else members)

    def _collect_bindings(self, result: Node) -> dict[str, Node]:
        """Return the pre-bound variables of a result and the parameters of its constraint component."""
        bindings: dict[str, Node] = {}
        for variable, name in {"this": "focusNode", "value": "value", "path": "resultPath"}.items():
            term = self._read_value(self._report, result, name)
            if term is not None:
                bindings[variable] = term
        component = self._read_value(self._report, result, "sourceConstraintComponent")
        shape = self._read_value(self._report, result, "sourceShape")
        for parameter in self._list_objects(component, "parameter"):
            path = self._read_value(self._shapes, parameter, "path")
            argument = self._shapes.value(shape, path) if shape is not None and path is not None else None
            if argument is not None:
                bindings.setdefault(re.split(r"[/#:]", str(path))[-1], argument)
        return bindings

    def _find_templates(self, result: Node) -> Iterator[tuple[str, str]]:
        """Yield the language and text of each ``sh:message``, of the most specific subject first.

        The order is that of the constraint, the shape, the validators of the component, the component.
        """
        names = ("sourceConstraint", "sourceShape")
        subjects = [self._read_value(self._report, result, name) for name in names]
        component = self._read_value(self._report, result, "sourceConstraintComponent")
        subjects += [validator for name in _VALIDATORS for validator in self._list_objects(component, name)]
        for subject in [*subjects, component]:
            if subject is not None:
                messages = _list_literals(self._shapes, subject, "message")
                yield from sorted((_get_language(message), str(message)) for message in messages)

    def _list_objects(self, subject: Node | None, name: str) -> list[Node]:
        from rdflib import URIRef

        return [] if subject is None else list(self._shapes.objects(subject, URIRef(f"{SHACL}{name}")))

    def _read_value(self, graph: rdflib.Graph, subject: Node, name: str) -> Node | None:
        from rdflib import URIRef

        return graph.value(subject, URIRef(f"{SHACL}{name}"))

    def _format_term(self, term: Node) -> str:
        from rdflib import BNode, URIRef

        if isinstance(term, BNode):
            return "[]"
        return self._prefixes.shorten(str(term)) or str(term) if isinstance(term, URIRef) else str(term)


def _list_literals(graph: rdflib.Graph, subject: Node, name: str) -> list[Literal]:
    from rdflib import Literal, URIRef

    return [term for term in graph.objects(subject, URIRef(f"{SHACL}{name}")) if isinstance(term, Literal)]


def _get_language(literal: Literal) -> str:
    return normalize_language_tag(literal.language or "")


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

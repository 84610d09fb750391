"""The message of a result in each language: pySHACL fills placeholders, but loses the language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msme_kg.namespaces import LANGUAGES, RDF, SHACL, PrefixMap, normalize_language_tag
from msme_kg.shacl.default_messages import DEFAULT_MESSAGES

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

_PLACEHOLDER = re.compile(r"\{[?$]([^{}\s]+)\}")
_VALIDATORS = ("validator", "nodeValidator", "propertyValidator")
_MAX_LIST_MEMBERS = 10
"""How many members of a list a message tells."""

_GENERATED_BNODE_ID = re.compile(r"N?[0-9a-f]{30,32}")
"""What a blank node is called where nobody named it."""

_FALLBACK_MESSAGE = {"en": "The value does not conform.", "zh-Hant": "此值不符合要求。"}


class ResultMessages:
    """Tells the messages of results."""

    def __init__(self, report: rdflib.Graph, shapes: rdflib.Graph, prefixes: PrefixMap) -> None:
        self._report = report
        self._shapes = shapes
        self._prefixes = prefixes

    def build_messages(self, result: Node, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the message of a result by language, and what the shape says of all its results.

        Args:
            result: a node of the report.
            path: its path, as people write it.
        """
        known = self._collect_bindings(result)
        reported = list(_list_texts(self._report, result, "resultMessage"))
        templates = list(self._find_templates(result))
        if not templates:
            core = self._format_default_message(result)
            if core:
                return core, core
        told = {name: str(term) for name, term in known.items()}
        bound: dict[str, str] = {}
        matched: set[str] = set()
        for _, template in templates:
            for _, text in reported:
                values = match_template(template, text, told)
                if values is not None:
                    matched.add(text)
                    bound = values | bound
        words = {name: self._format_text(text) for name, text in bound.items()}
        words |= {name: self._format_term(term) for name, term in known.items()}
        words |= {name: path for name in ("path", "PATH") if path}
        found: dict[str, str] = {}
        for language, template in templates:
            found.setdefault(language, _PLACEHOLDER.sub(lambda one: words.get(one[1], one[0]), template))
        for language, text in reported:
            if text not in matched or not templates:
                found.setdefault(language, text)
        if not found:
            return _FALLBACK_MESSAGE, {}
        asked: dict[str, str] = {}
        for language, template in templates:
            asked.setdefault(language, template)
        return _select_languages(found), _select_languages(asked) if asked else {}

    def _format_default_message(self, result: Node) -> dict[str, str]:
        """Return what a constraint of SHACL Core asks; empty if it is another."""
        component = str(self._read_value(self._report, result, "sourceConstraintComponent"))
        name = component.removeprefix(SHACL).removesuffix("ConstraintComponent")
        shape = self._read_value(self._report, result, "sourceShape")
        if name not in DEFAULT_MESSAGES or not component.startswith(SHACL) or shape is None:
            return {}

        def format_placeholder(match: re.Match[str]) -> str:
            values = sorted(self._format_parameter(value) for value in self._list_objects(shape, match[1]))
            return ", ".join(values) or match[0]

        return {
            language: _PLACEHOLDER.sub(format_placeholder, text)
            for language, text in zip(LANGUAGES, DEFAULT_MESSAGES[name], strict=True)
        }

    def _format_parameter(self, value: Node) -> str:
        """Return a parameter as people read it; of a long list the beginning."""
        from rdflib import URIRef
        from rdflib.collection import Collection

        if self._shapes.value(value, URIRef(f"{RDF}first")) is None:
            return self._format_term(value)
        members = [self._format_term(one) for one in Collection(self._shapes, value)]
        return ", ".join([*members[:_MAX_LIST_MEMBERS], "…"] if len(members) > _MAX_LIST_MEMBERS else members)

    def _collect_bindings(self, result: Node) -> dict[str, Node]:
        """Return the variables that the report tells, and the parameters of the constraint."""
        found: dict[str, Node] = {}
        names = {"this": "focusNode", "value": "value", "path": "resultPath"}
        for variable, name in names.items():
            term = self._read_value(self._report, result, name)
            if term is not None:
                found[variable] = term
        component = self._read_value(self._report, result, "sourceConstraintComponent")
        shape = self._read_value(self._report, result, "sourceShape")
        for parameter in self._list_objects(component, "parameter"):
            path = self._read_value(self._shapes, parameter, "path")
            asked = self._shapes.value(shape, path) if shape is not None and path is not None else None
            if asked is not None:
                found.setdefault(re.split(r"[/#:]", str(path))[-1], asked)
        return found

    def _find_templates(self, result: Node) -> Iterator[tuple[str, str]]:
        """Yield the messages that shapes have for a result, with their languages, the nearest first."""
        origins = [
            self._read_value(self._report, result, name) for name in ("sourceConstraint", "sourceShape")
        ]
        component = self._read_value(self._report, result, "sourceConstraintComponent")
        origins += [one for name in _VALIDATORS for one in self._list_objects(component, name)]
        for origin in [*origins, component]:
            if origin is not None:
                yield from _list_texts(self._shapes, origin, "message")

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

    def _format_text(self, text: str) -> str:
        """Return the text of a term of unknown kind as people read it."""
        return "[]" if _GENERATED_BNODE_ID.fullmatch(text) else self._prefixes.shorten(text) or text


def match_template(template: str, text: str, bindings: Mapping[str, str]) -> dict[str, str] | None:
    """Return what the other placeholders of a template hold in a text; None if the text is not of it.

    Args:
        template: a text with placeholders such as ``{?value}``.
        text: what it may have become.
        bindings: the text of the variables that are known.
    """
    # At even places what must stand in the text, at odd ones the names of what is sought between.
    pieces = [""]
    at = 0
    for match in _PLACEHOLDER.finditer(template):
        pieces[-1] += template[at : match.start()]
        at = match.end()
        if match[0] in text:  # pySHACL left it: the query does not bind it
            pieces[-1] += match[0]
        elif match[1] in bindings:
            pieces[-1] += bindings[match[1]]
        else:
            pieces += [match[1], ""]
    pieces[-1] += template[at:]
    if len(pieces) == 1:
        return {} if text == pieces[0] else None
    if not (text.startswith(pieces[0]) and text.endswith(pieces[-1])):
        return None
    found: dict[str, str] = {}
    start, last = len(pieces[0]), len(text) - len(pieces[-1])
    for number in range(1, len(pieces), 2):
        after = pieces[number + 1]
        is_last = number == len(pieces) - 2
        end = last if is_last else text.find(after, start + (not after), last)
        if end < start or found.setdefault(pieces[number], text[start:end]) != text[start:end]:
            return None
        start = end + len(after)
    return found


def _list_texts(graph: rdflib.Graph, subject: Node, name: str) -> list[tuple[str, str]]:
    """Return texts with their languages, in an order that is no chance."""
    from rdflib import Literal, URIRef

    texts = graph.objects(subject, URIRef(f"{SHACL}{name}"))
    return sorted(
        (normalize_language_tag(one.language or ""), str(one)) for one in texts if isinstance(one, Literal)
    )


def _select_languages(found: Mapping[str, str]) -> dict[str, str]:
    """Return for each of our languages the text in it, in a near one, in none, or in any."""

    def select_text(language: str) -> str:
        near = [tag for tag in found if tag.partition("-")[0] == language.partition("-")[0]]
        for tag in (language, *near, ""):
            if tag in found:
                return found[tag]
        return next(iter(found.values()))

    return {language: select_text(language) for language in LANGUAGES}

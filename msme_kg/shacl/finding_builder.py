"""Findings from validation results: messages in each language, and places in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from msme_kg.errors import SourceLocation
from msme_kg.namespaces import SHACL, PrefixMap
from msme_kg.shacl.model import (
    AlternativePath,
    InversePath,
    Path,
    PredicatePath,
    SequencePath,
    ShapeNode,
    Term,
)
from msme_kg.shacl.path_syntax import format_path, invert_path
from msme_kg.shacl.report import Finding
from msme_kg.shacl.result_messages import ResultMessages
from msme_kg.shacl.shape_parser import ShapeParser
from msme_kg.shacl.shapes_graph import ShapesGraph, UnsupportedShapeError
from msme_kg.shacl.validation_results import ValidationResult
from msme_kg.storage.source_map import SourceMap

_MAX_OWNER_DEPTH = 20
"""The number of levels above a blank shape to search for an IRI."""
_SEVERITIES = {f"{SHACL}Violation": "violation", f"{SHACL}Warning": "warning", f"{SHACL}Info": "info"}


class FindingBuilder:
    """Converts validation results to findings."""

    def __init__(
        self,
        shapes: ShapesGraph,
        source_map: SourceMap,
        prefixes: PrefixMap,
        target_objects_of: Iterable[str] = (),
    ) -> None:
        """Prepare for the results of a shapes graph.

        Args:
            shapes: the shapes graph.
            source_map: the source locations of the data graph.
            prefixes: abbreviates paths and constraint components.
            target_objects_of: the predicates of objects-of targets (SHACL §2.1.3.5).
        """
        self._shapes, self._source_map, self._prefixes = shapes, source_map, prefixes
        self._messages = ResultMessages(shapes, prefixes)
        self._target_objects_of = sorted(target_objects_of)

    def build(self, result: ValidationResult) -> Finding:
        """Return a validation result, with its details, as a finding."""
        path_text = self._format_path(result.path) if result.path is not None else ""
        message, rule_message = self._messages.build_messages(result, path_text)
        return Finding(
            severity=_SEVERITIES.get(result.severity, "violation"),
            message=message,
            shape=self._format_shape(result.shape),
            focus_node=result.focus_node,
            path=path_text,
            value=result.value,
            constraint_component=self._prefixes.shorten(result.component) or result.component,
            location=self._locate_result(result),
            details=tuple(sorted(map(self.build, result.details), key=Finding.compute_identity)),
            rule_message=rule_message,
        )

    def _locate_result(self, result: ValidationResult) -> SourceLocation | None:
        """Return the location of the triple by which a path leaves the focus node, else of the focus node."""
        focus, value = result.focus_node, result.value
        if isinstance(focus, ox.Literal):
            return self._locate_as_object(focus)
        steps = list(_find_first_steps(result.path)) if result.path is not None else []
        location: SourceLocation | None = None
        for predicate, inverse, is_whole in steps:
            if is_whole and value is not None and not (inverse and isinstance(value, ox.Literal)):
                ends = (value, focus) if inverse else (focus, value)
                location = location or self._source_map.locate_triple(ends[0], predicate, ends[1])  # type: ignore[arg-type]  # the subject is not a literal
        for predicate, inverse, _ in steps:
            if location is None and inverse:
                location = self._source_map.locate_object(focus, predicate)
            elif location is None:
                location = self._source_map.locate_triple(focus, predicate)
        return location or self._source_map.locate(focus) or self._locate_as_object(focus)

    def _locate_as_object(self, focus: Term) -> SourceLocation | None:
        """Return a location where a node is an object, of an objects-of target if possible."""
        predicates = (*self._target_objects_of, None)
        locations = (self._source_map.locate_object(focus, predicate) for predicate in predicates)
        return next(filter(None, locations), None)

    def _format_shape(self, shape: ShapeNode) -> str:
        """Return the IRI of a shape; of a blank shape the IRI of its owner and the path."""
        owner: Term = shape
        for _ in range(_MAX_OWNER_DEPTH):
            if not isinstance(owner, ox.BlankNode):
                break
            owner = self._shapes.find_subject(owner) or owner
        if isinstance(owner, ox.BlankNode):
            return ""
        if owner == shape:
            return owner.value
        path = next(iter(self._shapes.list_values(shape, "path")), None)
        return f"{owner.value} {self._format_path_node(shape, path) if path is not None else ''}".strip()

    def _format_path_node(self, shape: ShapeNode, node: Term) -> str:
        try:
            path = ShapeParser(self._shapes, shape, is_property=True).parse_path(node)
        except UnsupportedShapeError:  # pySHACL reads some forms that are not well-formed
            return ""
        return self._format_path(path)

    def _format_path(self, path: Path) -> str:
        return format_path(path, lambda iri: self._prefixes.shorten(iri.value) or str(iri))


def _find_first_steps(path: Path) -> Iterator[tuple[str, bool, bool]]:
    """Yield the first steps of a path: the predicate, if it is inverse, and if it is the whole path."""
    if isinstance(path, PredicatePath):
        yield path.predicate.value, path.inverse, True
    elif isinstance(path, AlternativePath):
        for part in path.parts:
            yield from _find_first_steps(part)
    elif isinstance(path, SequencePath):
        for predicate, inverse, _ in _find_first_steps(path.parts[0]):
            yield predicate, inverse, False
    elif isinstance(path, InversePath):
        yield from _find_first_steps(invert_path(path.inner))
    else:
        yield from _find_first_steps(path.inner)

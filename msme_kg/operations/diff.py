"""Operation ``diff``: compare files, folders, git revisions or the working tree, and render the result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from msme_kg.changes.change_log import CHANGES_FOLDER
from msme_kg.changes.diff_inputs import GraphAssignment
from msme_kg.changes.diff_targets import resolve_targets
from msme_kg.changes.graph_diff import GraphDiff
from msme_kg.changes.sparql_update_writer import to_sparql_update
from msme_kg.entities.label_files import read_labels
from msme_kg.entities.labels import Labels
from msme_kg.rdf.terms import get_graph_iri
from msme_kg.rendering.diff_report import as_json, as_md, as_text, list_entities
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.text_result import TextResult
from msme_kg.repository import MAIN_ONTOLOGY, Repository, to_graph_iri
from msme_kg.shacl.validator import Progress, ignore_progress
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset

_RENDERERS = {"text": as_text, "json": as_json, "md": as_md}
_SPARQL_UPDATE = "sparql-update"
FORMATS = (*_RENDERERS, _SPARQL_UPDATE)
"""The formats by name; the first is the default."""


@dataclass(frozen=True)
class Comparison(TextResult):
    """A diff, and how to render it.

    Attributes:
        diff: the statements added and removed, by entity.
        ignores_files: whether one side is a single file, so that the file of a statement does not count.
        plain_folders: the folders compared that are no graph, with the number of RDF files found in each.
        repository: where labels are that neither side has.
        lang: the language of labels.
    """

    diff: GraphDiff
    ignores_files: bool
    plain_folders: tuple[tuple[str, int], ...]
    repository: Repository
    lang: str

    def __bool__(self) -> bool:
        """Return whether the two states differ."""
        return bool(self.diff)

    def render(self, format_name: str = "text") -> str:
        """Return the diff as ``text``, ``json``, ``md`` (without the change log) or ``sparql-update``."""
        if format_name == _SPARQL_UPDATE:
            return to_sparql_update(self.diff)
        if format_name == "md":
            return as_md(_omit_log(self.diff), self._build_formatter())
        return _RENDERERS[format_name](self.diff, self._build_formatter())

    def _build_formatter(self) -> TermFormatter:
        """Return a formatter with the labels that the two sides have, else those of the graph."""
        own = Dataset.from_repository(self.repository, self.repository.list_default_graph_files)
        prefixes = self.diff.after.prefixes
        if not prefixes:
            prefixes = Dataset.from_repository(self.repository, [MAIN_ONTOLOGY]).prefixes
        entities = list_entities(self.diff)
        labels = Labels(
            LocalEngine(read_labels(entities, (self.diff.after, self.diff.before, own))), prefixes, self.lang
        )
        labels.prefetch(entity.value for entity in entities)
        return TermFormatter(self.lang, prefixes, labels)


def _omit_log(difference: GraphDiff) -> GraphDiff:
    """Return a diff without the records of changes, which repeat what they changed."""
    log = to_graph_iri(f"{CHANGES_FOLDER}/")
    added, removed = (
        tuple(quad for quad in quads if not get_graph_iri(quad).startswith(log))
        for quads in (difference.added, difference.removed)
    )
    return replace(difference, added=added, removed=removed)


def diff(
    repository: Repository,
    before: str,
    after: str | None = None,
    *,
    lang: str = "en",
    progress: Progress = ignore_progress,
) -> Comparison:
    """Compare two states of a graph.

    Args:
        repository: the graph.
        before: a folder, a file, or a git revision.
        after: the same; by default the files of the graph as they are.
        lang: the language of labels.
        progress: receives the name of each stage.

    Raises:
        msme_kg.errors.UsageError: neither a path nor a revision.
        msme_kg.errors.InputError: a file is malformed.
        msme_kg.errors.SafetyError: a file nests too deep, or a folder holds too much.
    """
    progress("reading")
    targets = resolve_targets(repository, before, after)
    difference = GraphDiff.compute(targets.before, targets.after, targets.graph_assignment)
    ignores_files = targets.graph_assignment is GraphAssignment.NONE
    return Comparison(difference, ignores_files, targets.plain_folders, repository, lang)

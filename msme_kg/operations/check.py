"""Review of a proposed update: what it would break, resolve and change; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from msme_kg.changes.attestation_history import list_kept_values
from msme_kg.changes.change_log import find_change, read_changes
from msme_kg.changes.changeset import UpdateRequest
from msme_kg.entities.label_files import read_labels
from msme_kg.entities.labels import Labels
from msme_kg.errors import UsageError
from msme_kg.operations.prefix_suggestion import suggest_prefixes
from msme_kg.rendering import proposal_report
from msme_kg.rendering.answer_report import list_answer_entities
from msme_kg.rendering.diff_report import list_entities
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.text_result import TextResult
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.repository import Repository
from msme_kg.shacl.validator import Progress, ignore_progress
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import build_path_finder
from msme_kg.validation.proposal import Proposal, review_update
from msme_kg.validation.validation_input import ValidationInput
from msme_kg.validation.watched_answers import AnswerChange
from msme_kg.version import __version__


@dataclass(frozen=True)
class Review(TextResult):
    """A reviewed update, and how to render it.

    Attributes:
        proposal: the update with what it breaks and resolves.
        renderer: renders findings.
        formatter: formats terms.
    """

    proposal: Proposal
    renderer: ReportRenderer
    formatter: TermFormatter

    @property
    def is_acceptable(self) -> bool:
        """True if no finding of severity violation forbids the update."""
        return self.proposal.is_acceptable

    @property
    def is_empty(self) -> bool:
        """True if the update changes nothing."""
        return not self.proposal.changeset

    @property
    def answers(self) -> tuple[AnswerChange, ...]:
        """The answers that the update changes, of the canned queries that are watched."""
        return self.proposal.answers

    @property
    def no_op_note(self) -> str:
        """Note on statements that make no difference; empty if there are none."""
        return proposal_report.describe_no_ops(self.proposal, self.formatter.lang)

    def render(self, format_name: str = "text") -> str:
        """Return the review as ``text``, ``json``, ``sarif``, ``github``, ``turtle`` or ``md``."""
        return proposal_report.render(self.proposal, format_name, self.renderer, self.formatter)


def read_update_request(
    add: Sequence[str] = (), remove: Sequence[str] = (), update: Sequence[str] = ()
) -> UpdateRequest:
    """Read the files of an update; ``-`` is standard input.

    Args:
        add: files whose statements are added.
        remove: files whose statements are removed.
        update: files of SPARQL Update, run after files have been added and removed.

    Raises:
        msme_kg.errors.InputError: a file cannot be read.
        msme_kg.errors.UsageError: no file, or standard input twice.
    """
    names = (*add, *remove, *update)
    if not names:
        raise UsageError(
            "no update is named",
            hint="name files with --add, --remove or --update, or a change with --revert",
        )
    if names.count("-") > 1:
        raise UsageError("standard input is named twice", hint="name a file for one of them")
    return UpdateRequest(
        tuple(map(GraphFile.from_path, add)),
        tuple(map(GraphFile.from_path, remove)),
        tuple(map(GraphFile.from_update_path, update)),
    )


def read_revert_request(repository: Repository, change: str) -> UpdateRequest:
    """Return the request to take a recorded change back.

    Args:
        repository: the graph.
        change: its IRI, or its day and number, such as ``2026-11-30-1``.

    Raises:
        msme_kg.errors.InputError: a record of changes is malformed.
        msme_kg.errors.UsageError: no change has this name.
    """
    return UpdateRequest(reverts=find_change(read_changes(repository), change))


def check(
    repository: Repository, request: UpdateRequest, *, lang: str = "en", progress: Progress = ignore_progress
) -> Review:
    """Review an update; nothing is written.

    Args:
        repository: the graph.
        request: what is added, removed and updated.
        lang: the language of messages.
        progress: receives the name of each stage.

    Raises:
        msme_kg.errors.InputError: an input or a file of the graph is malformed.
        msme_kg.errors.SafetyError: an input is too large, nests too deep, or has a forbidden operation.
    """
    return review_state(ValidationInput.from_working_tree(repository), request, lang, progress)


def review_state(
    state: ValidationInput, request: UpdateRequest, lang: str, progress: Progress = ignore_progress
) -> Review:
    """Review an update of a graph that has been read already; see ``check``."""
    with suggest_prefixes(state.repository):
        proposal = review_update(state, request, progress)
    prefixes = state.repository_files.prefixes
    findings = (*proposal.report.findings, *proposal.resolved.findings)
    focus_nodes = {one.focus_node for one in findings if isinstance(one.focus_node, ox.NamedNode)}
    entities = list_entities(proposal.changeset.difference) | focus_nodes
    for source, quad in list_kept_values(proposal.changeset):
        entities |= {term for term in (source, quad.subject) if isinstance(term, ox.NamedNode)}
    entities |= list_answer_entities(proposal.answers)
    after = proposal.validation_input
    label_files = read_labels(entities, (Dataset(after.extra_files), after.repository_files))
    labels = Labels(LocalEngine(label_files), prefixes, lang)
    labels.prefetch(entity.value for entity in entities)
    inputs = (*request.add, *request.remove, *request.updates)
    find_path = build_path_finder(state.repository, (file.path for file in inputs))
    renderer = ReportRenderer(lang, __version__, prefixes, labels, find_path=find_path)
    return Review(proposal, renderer, TermFormatter(lang, prefixes, labels))

"""Applying an update: reviewed, confirmed, then written all or not at all, with a changelog entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from msme_kg.changes import provenance
from msme_kg.changes.attestations import EXTENT_PROPERTIES
from msme_kg.changes.changeset import UpdateRequest
from msme_kg.changes.provenance import ChangeActivity
from msme_kg.errors import ConflictError, UsageError, to_printable
from msme_kg.operations.check import Review, review_state
from msme_kg.operations.query import list_queries
from msme_kg.rdf.encoding import decode_utf8
from msme_kg.rendering.changelog import CHANGELOG_PATH, prepend_entry
from msme_kg.rendering.readme_tables import refresh_readmes
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.shacl.validator import Progress, ignore_progress
from msme_kg.storage.cache import compute_cache_key
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import read_user_name
from msme_kg.storage.journal import hash_content
from msme_kg.storage.patching import patch_file
from msme_kg.storage.transaction import commit, open_write_transaction
from msme_kg.validation.unicode_lint import find_violated_rules
from msme_kg.validation.validation_input import ValidationInput

LOCK_TIMEOUT = 30.0
"""Seconds to wait for another writer unless told otherwise."""
_DEFAULT_AUTHOR = "unnamed maintainer"
_FORBIDDEN_CHARACTERS = {"control-character", "bidi-control", "invisible-character"}
"""Rules of the lint of text that author and message must follow."""


@dataclass(frozen=True)
class AppliedUpdate:
    """The outcome of an update.

    Attributes:
        review: the review that decided.
        activity: the PROV activity that records the update; None where nothing was written.
        files: the files that were written, by path from the root.
    """

    review: Review
    activity: ChangeActivity | None = None
    files: tuple[str, ...] = ()


def apply(
    repository: Repository,
    request: UpdateRequest,
    *,
    author: str | None = None,
    message: str = "",
    confirm: Callable[[Review], bool] | None = None,
    lock_timeout: float = LOCK_TIMEOUT,
    lang: str = "en",
    progress: Progress = ignore_progress,
    limit_work: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> AppliedUpdate:
    """Review an update and write it: all of it or nothing.

    An update that is not acceptable, changes nothing or is not confirmed is not written. The review is
    repeated after the confirmation only if a file that it read has changed meanwhile.

    Args:
        repository: the graph.
        request: what is added, removed and updated.
        author: who makes the update, in one line; by default the user that git is configured with.
        message: why it is made; white space, such as line breaks, becomes single blanks.
        confirm: decides, from the review, whether to write; without it every acceptable update is written.
        lock_timeout: seconds to wait for another writer.
        lang: the language of messages and of the changelog entry.
        progress: receives the name of each stage.
        limit_work: returns a context in which each review and the writing run, such as a deadline.

    Raises:
        msme_kg.errors.InputError: an input or a file of the graph is malformed.
        msme_kg.errors.SafetyError: an input is too large, nests too deep, or has a forbidden operation.
        msme_kg.errors.UsageError: the graph is the one that comes with the package, or author or message
            has control, direction or invisible characters.
        msme_kg.errors.LockedError: another writer holds the graph.
        msme_kg.errors.ConflictError: the graph changed so that the confirmed update became another.
        msme_kg.errors.WriteError: a file could not be written; nothing was changed.
    """
    require_writable(repository)
    message = _normalize_line(message, "message")
    author = _normalize_line(author or "", "author") or _normalize_line(
        read_user_name(repository) or _DEFAULT_AUTHOR, "user.name of git"
    )
    reviewer = _Reviewer(repository, request, lang, progress, limit_work)
    if confirm is not None:
        review = reviewer.review()
        if not _can_write(review) or not confirm(review):
            return AppliedUpdate(review)
    with open_write_transaction(repository.root, lock_timeout) as lock:
        review = reviewer.review()
        if not _can_write(review):
            return AppliedUpdate(review)
        writer = _UpdateWriter(repository, review)
        with limit_work():
            activity, files = writer.build_files(author, message)
            commit(lock, files, writer.expected_hashes)
    return AppliedUpdate(review, activity, tuple(sorted(files)))


def _normalize_line(text: str, name: str) -> str:
    """Return a text of the changelog with each run of white space as one blank.

    Raises:
        UsageError: it has characters that would act on a terminal or page, or that no file can hold.
    """
    line = " ".join(text.split())
    for rule, offset in find_violated_rules(line):
        if rule in _FORBIDDEN_CHARACTERS:
            raise UsageError(
                f"{name} has U+{ord(line[offset]):04X}, an invisible character: {to_printable(line)}",
                hint="write it without this character",
            )
    return line


def require_writable(repository: Repository) -> None:
    """Refuse to write the graph that comes with the package.

    Raises:
        msme_kg.errors.UsageError: the repository is that one.
    """
    if repository.bundled:
        raise UsageError("this would write to the installed package", hint="name your folder with --root DIR")


def _can_write(review: Review) -> bool:
    return review.is_acceptable and not review.is_empty


@dataclass
class _Reviewer:
    """Reviews an update, again only if a file that the last review read has changed."""

    repository: Repository
    request: UpdateRequest
    lang: str
    progress: Progress
    limit_work: Callable[[], AbstractContextManager[object]]
    _last: Review | None = None
    _last_key: str = ""

    def review(self) -> Review:
        """Return the review of the current state.

        Raises:
            ConflictError: an earlier review was of another change, or was acceptable and this one is not.
        """
        state = ValidationInput.from_working_tree(self.repository)
        key = self._compute_key(state)
        if self._last is not None and key == self._last_key:
            return self._last
        with self.limit_work():
            review = review_state(state, self.request, self.lang, self.progress)
        if self._last is not None and (not _can_write(review) or not _is_same_change(self._last, review)):
            raise ConflictError("the graph has changed since you were asked", hint="run the command again")
        self._last, self._last_key = review, key
        return review

    def _compute_key(self, state: ValidationInput) -> str:
        """Return a key that changes with any file that a review depends on: data, shapes and checks."""
        checks = (
            self.repository.read(path) for path in self.repository.find_query_files() if "/checks/" in path
        )
        return compute_cache_key(state.repository_files.key, state.shapes.key, *checks)


def _is_same_change(first: Review, second: Review) -> bool:
    """Return whether two reviews are of the same change, apart from the dates of the graph as a whole."""
    before, after = (
        [
            [quad for quad in quads if quad.predicate not in EXTENT_PROPERTIES]
            for quads in (review.proposal.changeset.added, review.proposal.changeset.removed)
        ]
        for review in (first, second)
    )
    return before == after


class _UpdateWriter:
    """Builds the files of an update, and the hashes of the content that they were built from."""

    def __init__(self, repository: Repository, review: Review) -> None:
        self._repository = repository
        self._review = review
        self._changeset = review.proposal.changeset
        self._content: dict[str, bytes | None] = {
            file.path: file.content for file in self._changeset.before.files
        }

    @property
    def expected_hashes(self) -> dict[str, str | None]:
        """The hash of each file when it was read, by path; None for one that did not exist."""
        return {path: hash_content(content) for path, content in self._content.items()}

    def build_files(self, author: str, message: str) -> tuple[ChangeActivity, Mapping[str, bytes]]:
        """Return the PROV activity of the update and the new content of all files that it changes."""
        proposal, changeset = self._review.proposal, self._changeset
        prefixes = proposal.validation_input.repository_files.prefixes
        data = {file.path: file for file in changeset.rewrite_files(prefixes)}
        now = datetime.now(UTC)
        path = provenance.get_provenance_path(now)
        year = GraphFile(path, to_graph_iri(path), self._read(path) or b"")
        activity = ChangeActivity.create(changeset, author, now, message, year.parse_quads())
        year = patch_file(year, list(activity.to_quads(changeset)), [], prefixes)
        files = {file.path: file.content for file in (*data.values(), year)}
        graph_files = {file.path: file for file in changeset.before.files} | data
        readmes = {name: self._read_text(name) for name in self._repository.list_readmes()}
        tables = refresh_readmes(
            readmes,
            Dataset(tuple(graph_files.values())),
            proposal.validation_input.shapes,
            list_queries(self._repository),
        )
        files |= {name: text.encode() for name, text in tables.items() if text != readmes[name]}
        entry = prepend_entry(self._read_text(CHANGELOG_PATH), activity, changeset, self._review.formatter)
        return activity, files | {CHANGELOG_PATH: entry.encode()}

    def _read_text(self, path: str) -> str:
        return decode_utf8(self._read(path) or b"", path)

    def _read(self, path: str) -> bytes | None:
        """Return the content of a file, None if it does not exist; a file is read once."""
        if path not in self._content:
            self._content[path] = self._repository.read(path) if self._repository.exists(path) else None
        return self._content[path]

"""``msme-kg apply``: judge a proposed update, then write all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from msme_kg.changes import provenance
from msme_kg.changes.provenance import ChangeActivity
from msme_kg.cli.check import REVIEW_SECONDS, add_input_options, read_update_request, review_update
from msme_kg.cli.options import add_output_option, add_writer_options, get_settings
from msme_kg.cli.output import Progress, emit, print_note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import ConflictError, UsageError
from msme_kg.rendering.changelog import CHANGELOG_PATH, prepend_entry
from msme_kg.rendering.proposal_report import FORMATS, describe_no_ops, render
from msme_kg.rendering.readme_tables import refresh_readmes
from msme_kg.rendering.term_format import TermFormatter
from msme_kg.rendering.validation_report import ReportRenderer
from msme_kg.repository import Repository, to_graph_iri
from msme_kg.sparql import canned
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import read_user_name
from msme_kg.storage.journal import hash_content
from msme_kg.storage.patching import patch_file
from msme_kg.storage.transaction import commit, open_write_transaction
from msme_kg.validation.proposal import Proposal
from msme_kg.validation.validation_input import ValidationInput

LOCK_TIMEOUT = 30.0
"""Seconds to wait for another writer unless told otherwise."""
_DEFAULT_AGENT = "unnamed maintainer"
_Review = tuple[Proposal, ReportRenderer, TermFormatter]


@click.command("apply")
@add_input_options
@click.option("--who", metavar="NAME", help="Who makes the update; else the user that git knows.")
@click.option("--message", "-m", default="", metavar="TEXT", help="Why it is made.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--format", "form", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True)
@add_output_option
@add_writer_options
def command(
    add: tuple[str, ...],
    remove: tuple[str, ...],
    update: tuple[str, ...],
    who: str | None,
    message: str,
    yes: bool,
    form: str,
    output: str | None,
) -> int:
    """Judge an update as check does, ask, and write it: all of it or nothing.

    Each statement goes into the file that its thing lives in, and only the blocks concerned change. What was
    done is noted in data/changes/ and data/CHANGELOG.md, with who, when, why and which sources. An update
    that must not go in is not written, and the exit code is 1.
    """
    chosen = get_settings()
    repository = Repository.find(chosen.root)
    if repository.bundled:
        raise UsageError("this would write to the installed package", hint="name your folder with --root DIR")
    if not yes and not sys.stdin.isatty():
        raise UsageError("apply asks before it writes", hint="add --yes where nobody can answer")
    inputs = read_update_request(add, remove, update)
    shown: Proposal | None = None

    def run_review() -> _Review:
        watchdog, progress = end_process_after(REVIEW_SECONDS), Progress()
        try:
            return review_update(ValidationInput.from_working_tree(repository), inputs, progress)
        finally:
            progress.clear()
            watchdog.cancel()

    if not yes:
        found = run_review()
        shown = _print_review(found, form, output)
        if not shown.is_acceptable or not shown.changeset:
            return int(not shown.is_acceptable)
        if not click.confirm("Write it?", err=True):
            print_note("nothing was written")
            return 0
    with open_write_transaction(
        repository.root, LOCK_TIMEOUT if chosen.timeout is None else chosen.timeout
    ) as lock:
        found = run_review()
        proposal, _, names = found
        if shown is None:
            shown = _print_review(found, form, output)
        elif _get_changes(shown) != _get_changes(proposal) or not proposal.is_acceptable:
            raise ConflictError("the graph has changed since you were asked", hint="run the command again")
        if not proposal.is_acceptable or not proposal.changeset:
            return int(not proposal.is_acceptable)
        entry = _create_activity(
            repository, proposal, who or read_user_name(repository) or _DEFAULT_AGENT, message
        )
        files = _build_files(repository, proposal, entry, names)
        old = {file.path: file.content for file in proposal.changeset.before.files}
        commit(
            lock,
            files,
            {
                path: hash_content(old[path] if path in old else _read_if_exists(repository, path))
                for path in {*files, *old}
            },
        )
    print_note(f"written as {entry.iri}: {', '.join(sorted(files))}")
    return 0


def _print_review(found: _Review, form: str, output: str | None) -> Proposal:
    """Show what is said of an update."""
    proposal, renderer, names = found
    emit(render(proposal, form, renderer, names), output)
    remark = describe_no_ops(proposal, names.lang)
    if remark:
        print_note(f"note: {remark}")
    return proposal


def _get_changes(proposal: Proposal) -> object:
    return proposal.changeset.added, proposal.changeset.removed


def _read_if_exists(repository: Repository, path: str) -> bytes | None:
    """Return what a file holds; None if it is not there."""
    return repository.read(path) if (repository.root / path).exists() else None


def _load_provenance_file(repository: Repository, path: str) -> GraphFile:
    """Return the file in which the updates of a year are noted."""
    return GraphFile(path, to_graph_iri(path), _read_if_exists(repository, path) or b"")


def _create_activity(repository: Repository, proposal: Proposal, who: str, message: str) -> ChangeActivity:
    now = datetime.now(UTC)
    known = _load_provenance_file(repository, provenance.get_provenance_path(now)).parse_quads()
    return ChangeActivity.create(proposal.changeset, who, now, message, known)


def _build_files(
    repository: Repository, proposal: Proposal, entry: ChangeActivity, names: TermFormatter
) -> Mapping[str, bytes]:
    """Return all files that the update changes, as they are to be."""
    update, prefixes = proposal.changeset, proposal.validation_input.repository_files.prefixes
    data = {file.path: file for file in update.rewrite_files(prefixes)}
    year = _load_provenance_file(repository, provenance.get_provenance_path(entry.ended_at))
    noted = patch_file(year, list(entry.to_quads(update)), [], prefixes)
    told = prepend_entry((_read_if_exists(repository, CHANGELOG_PATH) or b"").decode(), entry, update, names)
    asked = Dataset(tuple(({file.path: file for file in update.before.files} | data).values()))
    readmes = {path: repository.read(path).decode() for path in repository.list_readmes()}
    queries = [canned.read_query(repository, path) for path in canned.list_query_paths(repository).values()]
    tables = refresh_readmes(readmes, asked, proposal.validation_input.shapes, queries)
    found = {file.path: file.content for file in (*data.values(), noted)}
    found |= {path: text.encode() for path, text in tables.items() if text != readmes[path]}
    return found | {CHANGELOG_PATH: told.encode()}

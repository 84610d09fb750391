"""``msme-kg apply``: judge a proposed update, then write all of it or nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from msme_kg.changes import provenance
from msme_kg.changes.provenance import Entry
from msme_kg.cli.check import LONGEST, inputs_of, inputs_options, judged
from msme_kg.cli.options import common_of_writers, output_option, settings
from msme_kg.cli.output import Progress, emit, note
from msme_kg.cli.watchdog import end_process_after
from msme_kg.errors import ChangedError, UsageError
from msme_kg.rendering.changelog import PATH, with_entry
from msme_kg.rendering.proposal_report import FORMS, idle, render
from msme_kg.rendering.readme_tables import renewed_readmes
from msme_kg.rendering.term_format import Names
from msme_kg.rendering.validation_report import Renderer
from msme_kg.repository import Repository, graph_iri
from msme_kg.sparql import canned
from msme_kg.storage.dataset import Dataset, GraphFile
from msme_kg.storage.git import user_name
from msme_kg.storage.journal import hash_of
from msme_kg.storage.patching import edited
from msme_kg.storage.transaction import commit, writing
from msme_kg.validation.proposal import Proposal
from msme_kg.validation.validation_input import State

WAIT = 30.0
"""Seconds to wait for another writer unless told otherwise."""
_NOBODY = "unnamed maintainer"
_Judged = tuple[Proposal, Renderer, Names]


@click.command("apply")
@inputs_options
@click.option("--who", metavar="NAME", help="Who makes the update; else the user that git knows.")
@click.option("--message", "-m", default="", metavar="TEXT", help="Why it is made.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--format", "form", type=click.Choice(FORMS), default=FORMS[0], show_default=True)
@output_option
@common_of_writers
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
    chosen = settings()
    repository = Repository.find(chosen.root)
    if repository.bundled:
        raise UsageError("this would write to the installed package", hint="name your folder with --root DIR")
    if not yes and not sys.stdin.isatty():
        raise UsageError("apply asks before it writes", hint="add --yes where nobody can answer")
    inputs = inputs_of(add, remove, update)
    shown: Proposal | None = None

    def judge() -> _Judged:
        watchdog, progress = end_process_after(LONGEST), Progress()
        try:
            return judged(State.now(repository), inputs, progress)
        finally:
            progress.done()
            watchdog.cancel()

    if not yes:
        found = judge()
        shown = _shown(found, form, output)
        if not shown.may_go_in or not shown.update:
            return int(not shown.may_go_in)
        if not click.confirm("Write it?", err=True):
            note("nothing was written")
            return 0
    with writing(repository.root, WAIT if chosen.timeout is None else chosen.timeout) as lock:
        found = judge()
        proposal, _, names = found
        if shown is None:
            shown = _shown(found, form, output)
        elif _change(shown) != _change(proposal) or not proposal.may_go_in:
            raise ChangedError("the graph has changed since you were asked", hint="run the command again")
        if not proposal.may_go_in or not proposal.update:
            return int(not proposal.may_go_in)
        entry = _entry(repository, proposal, who or user_name(repository) or _NOBODY, message)
        files = _files(repository, proposal, entry, names)
        old = {file.path: file.content for file in proposal.update.before.files}
        commit(
            lock,
            files,
            {path: hash_of(old[path] if path in old else _held(repository, path)) for path in {*files, *old}},
        )
    note(f"written as {entry.iri}: {', '.join(sorted(files))}")
    return 0


def _shown(found: _Judged, form: str, output: str | None) -> Proposal:
    """Show what is said of an update."""
    proposal, renderer, names = found
    emit(render(proposal, form, renderer, names), output)
    remark = idle(proposal, names.lang)
    if remark:
        note(f"note: {remark}")
    return proposal


def _change(proposal: Proposal) -> object:
    return proposal.update.added, proposal.update.removed


def _held(repository: Repository, path: str) -> bytes | None:
    """Return what a file holds; None if it is not there."""
    return repository.read(path) if (repository.root / path).exists() else None


def _year(repository: Repository, path: str) -> GraphFile:
    """Return the file in which the updates of a year are noted."""
    return GraphFile(path, graph_iri(path), _held(repository, path) or b"")


def _entry(repository: Repository, proposal: Proposal, who: str, message: str) -> Entry:
    now = datetime.now(UTC)
    known = _year(repository, provenance.path_of(now)).quads()
    return Entry.of(proposal.update, who, now, message, known)


def _files(repository: Repository, proposal: Proposal, entry: Entry, names: Names) -> Mapping[str, bytes]:
    """Return all files that the update changes, as they are to be."""
    update, prefixes = proposal.update, proposal.state.own.prefixes
    data = {file.path: file for file in update.files(prefixes)}
    year = _year(repository, provenance.path_of(entry.when))
    noted = edited(year, list(entry.quads(update)), [], prefixes)
    told = with_entry((_held(repository, PATH) or b"").decode(), entry, update, names)
    asked = Dataset(tuple(({file.path: file for file in update.before.files} | data).values()))
    readmes = {path: repository.read(path).decode() for path in repository.readmes()}
    queries = [canned.read(repository, path) for path in canned.names(repository).values()]
    tables = renewed_readmes(readmes, asked, proposal.state.shapes, queries)
    found = {file.path: file.content for file in (*data.values(), noted)}
    found |= {path: text.encode() for path, text in tables.items() if text != readmes[path]}
    return found | {PATH: told.encode()}

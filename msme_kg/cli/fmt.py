"""``msme-kg fmt``: write the files in canonical form."""

from __future__ import annotations

import click

from msme_kg.cli.options import add_common_options, get_settings
from msme_kg.cli.output import emit, print_note
from msme_kg.errors import UsageError
from msme_kg.rendering.readme_tables import refresh_readmes
from msme_kg.repository import Repository, is_in_default_graph, is_shapes_file
from msme_kg.sparql import canned
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.formatting import format_file
from msme_kg.storage.journal import hash_content
from msme_kg.storage.snapshot import read_snapshot
from msme_kg.storage.transaction import commit, open_write_transaction

LOCK_TIMEOUT = 30.0
"""Seconds to wait for another writer unless told otherwise."""


@click.command("fmt")
@click.option(
    "--check", is_flag=True, help="Only name the files that would change; exit with 1 if there are any."
)
@add_common_options
def command(check: bool) -> int:
    """Write every Turtle file of ontology/ and data/ in its canonical form.

    The tables in data/README.md and ontology/README.md are made anew, where these files have them.
    """
    repository = Repository.find(get_settings().root)
    if repository.bundled and not check:
        raise UsageError("this would rewrite the installed package", hint="name your folder with --root DIR")
    # All are worked out before the first is written: one faulty file leaves the others alone.
    old, new = read_snapshot(repository.root, lambda: (_read_files(repository), _format_files(repository)))
    changed = {path: text for path, text in new.items() if text != old[path]}
    if changed and not check:
        with open_write_transaction(repository.root, get_settings().timeout or LOCK_TIMEOUT) as lock:
            commit(lock, changed, {path: hash_content(text) for path, text in old.items()})
    emit("".join(f"{path}\n" for path in changed))
    print_note(
        f"{len(changed)} of {len(old)} files {'differ from' if check else 'brought into'} canonical form"
    )
    return int(check and bool(changed))


def _read_files(repository: Repository) -> dict[str, bytes]:
    """Return the Turtle files and READMEs as they are."""
    return {
        path: repository.read(path) for path in (*repository.list_all_files(), *repository.list_readmes())
    }


def _format_files(repository: Repository) -> dict[str, bytes]:
    """Return the Turtle files and READMEs as they should be."""
    dataset = Dataset.from_repository(repository, repository.list_all_files)
    prefixes = dataset.prefixes
    found = {file.path: format_file(file, prefixes) for file in dataset.files}
    readmes = {path: repository.read(path).decode() for path in repository.list_readmes()}
    asked, shapes = (
        Dataset(tuple(file for file in dataset.files if does(file.path)))
        for does in (is_in_default_graph, is_shapes_file)
    )
    queries = [canned.read_query(repository, path) for path in canned.list_query_paths(repository).values()]
    made = refresh_readmes(readmes, asked, shapes, queries)
    return found | {path: text.encode() for path, text in made.items()}

"""``msme-kg fmt``: write the files in canonical form."""

from __future__ import annotations

import click

from msme_kg.cli.options import common, settings
from msme_kg.cli.output import emit, note
from msme_kg.errors import UsageError
from msme_kg.rendering.readme_tables import renewed_readmes
from msme_kg.repository import Repository, is_asked, is_shapes
from msme_kg.sparql import canned
from msme_kg.storage.dataset import Dataset
from msme_kg.storage.formatting import canonical
from msme_kg.storage.journal import hash_of
from msme_kg.storage.snapshot import consistent
from msme_kg.storage.transaction import commit, writing

WAIT = 30.0
"""Seconds to wait for another writer unless told otherwise."""


@click.command("fmt")
@click.option(
    "--check", is_flag=True, help="Only name the files that would change; exit with 1 if there are any."
)
@common
def command(check: bool) -> int:
    """Write every Turtle file of ontology/ and data/ in its canonical form.

    The tables in data/README.md and ontology/README.md are made anew, where these files have them.
    """
    repository = Repository.find(settings().root)
    if repository.bundled and not check:
        raise UsageError("this would rewrite the installed package", hint="name your folder with --root DIR")
    # All are worked out before the first is written: one faulty file leaves the others alone.
    old, new = consistent(repository.root, lambda: (_texts(repository), _canonical(repository)))
    changed = {path: text for path, text in new.items() if text != old[path]}
    if changed and not check:
        with writing(repository.root, settings().timeout or WAIT) as lock:
            commit(lock, changed, {path: hash_of(text) for path, text in old.items()})
    emit("".join(f"{path}\n" for path in changed))
    note(f"{len(changed)} of {len(old)} files {'differ from' if check else 'brought into'} canonical form")
    return int(check and bool(changed))


def _texts(repository: Repository) -> dict[str, bytes]:
    """Return the Turtle files and READMEs as they are."""
    return {path: repository.read(path) for path in (*repository.all_files(), *repository.readmes())}


def _canonical(repository: Repository) -> dict[str, bytes]:
    """Return the Turtle files and READMEs as they should be."""
    dataset = Dataset.load(repository, repository.all_files)
    prefixes = dataset.prefixes
    found = {file.path: canonical(file, prefixes) for file in dataset.files}
    readmes = {path: repository.read(path).decode() for path in repository.readmes()}
    asked, shapes = (
        Dataset(tuple(file for file in dataset.files if does(file.path))) for does in (is_asked, is_shapes)
    )
    queries = [canned.read(repository, path) for path in canned.names(repository).values()]
    made = renewed_readmes(readmes, asked, shapes, queries)
    return found | {path: text.encode() for path, text in made.items()}

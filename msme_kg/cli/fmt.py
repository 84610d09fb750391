"""``msme-kg fmt``: write the files in canonical Turtle."""

from __future__ import annotations

import click

from msme_kg.cli.options import common, settings
from msme_kg.cli.output import emit, note
from msme_kg.errors import UsageError
from msme_kg.graph.canonical import canonical
from msme_kg.graph.dataset import Dataset
from msme_kg.graph.write import write_file
from msme_kg.repository import MAIN_ONTOLOGY, Repository


@click.command("fmt")
@click.option(
    "--check", is_flag=True, help="Only name the files that would change; exit with 1 if there are any."
)
@common
def command(check: bool) -> int:
    """Write every Turtle file of ontology/ and data/ in its canonical form."""
    repository = Repository.find(settings().root)
    if repository.bundled and not check:
        raise UsageError("this would rewrite the installed package", hint="name your folder with --root DIR")
    prefixes = Dataset.load(repository, [MAIN_ONTOLOGY]).prefixes
    files = Dataset.load(repository, repository.all_files()).files
    # All are worked out before the first is written: one faulty file leaves the others alone.
    changed = {file.path: text for file in files if (text := canonical(file, prefixes)) != file.content}
    for path, text in changed.items():
        if not check:
            write_file(repository.root / path, text)
        emit(f"{path}\n")
    note(f"{len(changed)} of {len(files)} files {'differ from' if check else 'brought into'} canonical form")
    return int(check and bool(changed))

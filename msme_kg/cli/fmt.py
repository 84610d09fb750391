"""``msme-kg fmt``: write the files in canonical form."""

from __future__ import annotations

import click

from msme_kg.api import KnowledgeGraph
from msme_kg.cli.options import common, settings
from msme_kg.cli.output import emit, note
from msme_kg.errors import UsageError
from msme_kg.export.readmes import data_tables, ontology_tables, renewed
from msme_kg.graph.canonical import canonical
from msme_kg.graph.dataset import Dataset
from msme_kg.graph.write import write_file
from msme_kg.query import canned
from msme_kg.repository import MAIN_ONTOLOGY, Repository


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
    prefixes = Dataset.load(repository, [MAIN_ONTOLOGY]).prefixes
    files = Dataset.load(repository, repository.all_files()).files
    # All are worked out before the first is written: one faulty file leaves the others alone.
    changed = {file.path: text for file in files if (text := canonical(file, prefixes)) != file.content}
    changed.update(_readmes(repository))
    for path, text in changed.items():
        if not check:
            write_file(repository.root / path, text)
        emit(f"{path}\n")
    count = len(files) + len(repository.readmes())
    note(f"{len(changed)} of {count} files {'differ from' if check else 'brought into'} canonical form")
    return int(check and bool(changed))


def _readmes(repository: Repository) -> dict[str, bytes]:
    """Return the READMEs whose tables are out of date, as they should be."""
    old = {path: repository.read(path).decode() for path in repository.readmes()}
    if not old:
        return {}
    kg = KnowledgeGraph.open(repository.root)
    asked = Dataset.load(repository, repository.asked_files())
    queries = [canned.read(repository, path) for path in canned.names(repository).values()]
    whole = Dataset.load(repository, repository.all_files())
    made = {
        "data/README.md": data_tables(asked, kg.engine, kg.labels, queries),
        "ontology/README.md": ontology_tables(whole, kg.engine, kg.prefixes),
    }
    new = {path: renewed(text, made[path]) for path, text in old.items()}
    return {path: text.encode() for path, text in new.items() if text != old[path]}

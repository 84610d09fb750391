"""What the checks newly find after a change: asked of the few statements that it can have to do with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from msme_kg.namespaces import Prefixes
from msme_kg.repository import Repository
from msme_kg.shacl.prefilter import Delta
from msme_kg.shacl.report import Finding, Report
from msme_kg.sparql import canned
from msme_kg.sparql.local_engine import LocalEngine
from msme_kg.storage.dataset import Dataset
from msme_kg.validation import quality_checks
from msme_kg.validation.change_neighbourhood import Vicinity
from msme_kg.validation.query_dependencies import reach

Rows = dict[str, list[quality_checks.Row]]


class Checked:
    """What the checks find about all that a change can affect; each side is asked when it is wanted."""

    def __init__(self, find: Callable[[bool], Report]) -> None:
        self._find = find

    @cached_property
    def after(self) -> Report:
        """What they find after the change."""
        return self._find(True)

    @cached_property
    def before(self) -> Report:
        """What they find before it."""
        return self._find(False)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """What they find only after it."""
        return self.after.since(self.before).findings if self.after.findings else ()

    @property
    def mended(self) -> tuple[Finding, ...]:
        """What they find only before it."""
        return self.before.since(self.after).findings if self.before.findings else ()


def checked(
    repository: Repository, delta: Delta, before: Dataset, after: Dataset, prefixes: Prefixes
) -> Checked | None:
    """Return what the checks find around a change; None where that asks for all to be read.

    Args:
        repository: where the checks lie.
        delta: the change.
        before: the files before it.
        after: the files after it.
        prefixes: for paths.

    Raises:
        msme_kg.errors.InputError: a check's header or query is faulty, or a file is malformed.
    """
    texts = {path: repository.read(path).decode(errors="replace") for path in canned.check_paths(repository)}
    ask = _asking(delta, texts, before)
    if ask is None:
        return None

    def find(later: bool) -> Report:
        return Report.of(
            quality_checks.findings(repository, after if later else before, prefixes, ask(after=later))
        )

    return Checked(find)


def _asking(delta: Delta, texts: Mapping[str, str], files: Dataset) -> Callable[..., Rows] | None:
    """Return what asks the checks about all that a change can affect; None if only everything would do."""
    schema = [file for file in files.files if file.path.startswith("ontology/")]
    vicinity = Vicinity(delta, [file.graph for file in schema])
    reaches = {path: reach(text) for path, text in texts.items()}
    if vicinity.is_odd() or vicinity.is_about_schema(
        {one for found in reaches.values() for one in found.schema}
    ):
        return None
    foci = {path: vicinity.foci(one.steps) for path, one in reaches.items() if one.is_near}
    near = {path: numbers for path, numbers in foci.items() if len(numbers)}
    things = vicinity.things()
    far = {path: one for path, one in reaches.items() if not one.is_near and one.concerns(things)}
    if any(not all(one.stars) or not all(predicate for predicate, _ in one.reads) for one in far.values()):
        return None

    def ask(*, after: bool) -> Rows:
        around = vicinity.around(((reaches[path].steps, one) for path, one in near.items()), after=after)
        engine = LocalEngine(Dataset((*schema, *around)))
        rows: Rows = {}
        for path, numbers in near.items():
            about = vicinity.terms_of(numbers)
            rows[path] = [
                row for row in quality_checks.asked(engine, texts[path], path) if row.get("focus") in about
            ]
        for path, one in far.items():
            stated = LocalEngine(Dataset((*schema, *vicinity.stating(one.stars, one.reads, after=after))))
            rows[path] = list(quality_checks.asked(stated, texts[path], path))
        return rows

    return ask

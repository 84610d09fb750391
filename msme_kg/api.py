"""The Python API: open a knowledge graph, query it, validate it, change it, and export it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msme_kg.message_catalog import require_choice
from msme_kg.operations import query as query_operation
from msme_kg.operations.open_graph import OpenGraph
from msme_kg.rendering.result_table import ResultTable
from msme_kg.repository import Repository
from msme_kg.sparql.query_catalog import TEMPLATES, QueryCatalog
from msme_kg.sparql.results import QueryResult

if TYPE_CHECKING:
    import pyoxigraph as ox

    from msme_kg.changes.changeset import UpdateRequest
    from msme_kg.operations.apply import AppliedUpdate
    from msme_kg.operations.check import Review
    from msme_kg.operations.describe import Description
    from msme_kg.operations.diff import Comparison
    from msme_kg.operations.fmt import Formatting
    from msme_kg.operations.info import Info
    from msme_kg.operations.new import NewEntities
    from msme_kg.operations.release import Release
    from msme_kg.operations.validate import Validation
    from msme_kg.publish.push.sync import SyncStep

__all__ = ["KnowledgeGraph", "ResultTable"]

Files = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
"""The path of a file, or several; ``-`` is standard input."""


class KnowledgeGraph(OpenGraph):
    """A knowledge graph: all operations of the command line, with typed results.

    Queries, search, description, counts and the note use the graph as it was when it was opened. Validation,
    updates, diffs and exports read the files anew.
    """

    @classmethod
    def open(cls, root: str | os.PathLike[str] | None = None, *, lang: str = "en") -> KnowledgeGraph:
        """Open the files of a folder; see ``msme_kg.open``."""
        return cls.from_files(Repository.find(root), lang)

    # Queries

    def query(self, name: str, *, deprecated: bool = False, **options: str | int | None) -> ResultTable:
        """Run a canned query.

        Args:
            name: such as ``"members"``.
            deprecated: whether deprecated entities are in the answer too.
            options: by name, with underscores, such as ``as_of="2023-08-01"`` or ``as_of="2023"``.

        Raises:
            msme_kg.errors.UsageError: an unknown query or option, or a value that does not fit.
        """
        return query_operation.query(self, name, options, deprecated=deprecated)

    def queries(self) -> query_operation.QueryList:
        """Return the canned queries with their titles, descriptions and parameters.

        Raises:
            msme_kg.errors.InputError: the header of one is malformed.
        """
        return query_operation.list_queries(self.repository, self.lang)

    def sparql(self, text: str) -> QueryResult:
        """Run a SPARQL query; the prefixes of the ontology need no declaration.

        Raises:
            msme_kg.errors.InputError: a syntax error.
            msme_kg.errors.SafetyError: an update, a call to another server, too long or too deep.
        """
        return self.engine.query(text)

    def search(self, text: str, limit: int | None = 20, *, deprecated: bool = False) -> ResultTable:
        """Find entities by labels, symbols, codes and other names, in both languages; the best first."""
        from msme_kg.operations.search import search

        return search(self, text, limit, deprecated=deprecated)

    def describe(self, name: str, as_of: str | None = None) -> Description:
        """Describe an entity, all that is recorded or as it was; see ``msme_kg.operations.describe``.

        Raises:
            msme_kg.errors.UsageError: no entity has this name, or several have; or there is no such day.
        """
        from msme_kg.operations.describe import describe

        return describe(self, name, as_of)

    def resolve(self, text: str, what: str = "the thing") -> ox.NamedNode:
        """Return the entity that a text names: IRI, CURIE, code, symbol or label, or a part of one.

        Args:
            text: the name.
            what: what the message of an error calls it.

        Raises:
            msme_kg.errors.UsageError: no entity has this name, or several have.
        """
        return self.resolver.resolve(text, what, partial=True)

    def info(self) -> Info:
        """Count entities by class, files, statements, and what lacks a source or label."""
        from msme_kg.operations.info import count_contents

        return count_contents(self)

    def brief(
        self,
        as_of: str | None = None,
        lang: str | None = None,
        since: str | None = None,
        format_name: str = "md",
        warn: Callable[[str], None] = lambda _: None,
        *,
        length: str = "short",
        sections: Sequence[str] = (),
        for_member: str | None = None,
        deprecated: bool = False,
    ) -> str | bytes:
        """Write the briefing note; see ``msme_kg.operations.brief.write_brief`` for the arguments.

        Returns:
            The note as text, or as bytes if the format is ``docx``.

        Raises:
            msme_kg.errors.UsageError: a date, language, format, length, section or Member is not valid.
            msme_kg.errors.InputError: the store does not have the Group, or a template is malformed.
        """
        from msme_kg.operations.brief import write_brief
        from msme_kg.rendering.text_result import NoteText

        given = (as_of, since, lang, format_name, length, sections, for_member, warn)
        content = write_brief(self, *given, deprecated=deprecated)
        return content if format_name == "docx" else NoteText(content.decode())

    # Validation and updates

    def validate(
        self,
        files: Files = (),
        *,
        shapes: Files = (),
        changed_since: str | None = None,
        engine: str = "compiled",
    ) -> Validation:
        """Validate the graph, some of its files, additional files, or any files against any shapes.

        Args:
            files: the files; none for the whole graph. See ``msme_kg.operations.validate``.
            shapes: files of shapes; the files are then validated against these alone.
            changed_since: a git revision; only findings that are new since then.
            engine: ``compiled``, or ``pyshacl`` to let pySHACL validate all shapes.

        Raises:
            msme_kg.errors.InputError: a file is malformed, or a shape or check is ill-formed.
            msme_kg.errors.SafetyError: a file nests too deep, or a link leaves its folder.
            msme_kg.errors.UsageError: no such revision.
        """
        from msme_kg.operations import validate

        if shapes:
            return validate.validate_alone(
                self.repository,
                _list_paths(files),
                _list_paths(shapes),
                engine=engine,
                lang=self.lang,
            )
        return validate.validate(
            self.repository,
            _list_paths(files),
            changed_since=changed_since,
            engine=engine,
            lang=self.lang,
        )

    def check(
        self, *, add: Files = (), remove: Files = (), update: Files = (), revert: str | None = None
    ) -> Review:
        """Review an update: what it would break, resolve and change; nothing is written.

        Args:
            add: files whose statements are added.
            remove: files whose statements are removed.
            update: files of SPARQL Update.
            revert: instead, a recorded change to take back, such as ``2026-11-30-1``.

        Raises:
            msme_kg.errors.InputError: an input or a file of the graph is malformed.
            msme_kg.errors.SafetyError: an input is too large, nests too deep, or has a forbidden operation.
            msme_kg.errors.UsageError: no file is named.
        """
        from msme_kg.operations.check import check

        return check(self.repository, self._read_request(add, remove, update, revert), lang=self.lang)

    def _read_request(self, add: Files, remove: Files, update: Files, revert: str | None) -> UpdateRequest:
        from msme_kg.operations.check import read_revert_request, read_update_request

        if revert is not None:
            return read_revert_request(self.repository, revert)
        return read_update_request(_list_paths(add), _list_paths(remove), _list_paths(update))

    def apply(
        self,
        *,
        add: Files = (),
        remove: Files = (),
        update: Files = (),
        revert: str | None = None,
        author: str | None = None,
        message: str = "",
        confirm: Callable[[Review], bool] | None = None,
    ) -> AppliedUpdate:
        """Review an update and write it: all of it or nothing.

        This object keeps the state before the update; open the graph anew to query the new one.

        Args:
            add: files whose statements are added.
            remove: files whose statements are removed.
            update: files of SPARQL Update.
            revert: instead, a recorded change to take back, such as ``2026-11-30-1``.
            author: who makes it; by default the user that git is configured with.
            message: why it is made.
            confirm: decides, from the review, whether to write.

        Raises:
            msme_kg.errors.KGError: as ``msme_kg.operations.apply`` says.
        """
        from msme_kg.operations.apply import apply

        request = self._read_request(add, remove, update, revert)
        return apply(
            self.repository, request, author=author, message=message, confirm=confirm, lang=self.lang
        )

    def log(
        self, thing: str | None = None, since: date | str | None = None, until: date | str | None = None
    ) -> ResultTable:
        """Return the recorded updates, with a row for each thing that one affects, newest first.

        Args:
            thing: only those of this entity.
            since: the first day; of a year or month, such as ``2026``, its first.
            until: the last day; of a year or month, its last.

        Raises:
            msme_kg.errors.UsageError: no entity has this name, or several have.
        """
        from msme_kg.operations.log import list_changes

        return list_changes(self, thing, since, until)

    def new(
        self, kind: str, *, table: str | None = None, **options: str | Sequence[str] | None
    ) -> NewEntities:
        """Build new entities of a kind, validated but not written.

        Args:
            kind: such as ``"source"``.
            table: a CSV or TSV file with a row for each entity.
            options: the options of the kind, by name with underscores.

        Raises:
            msme_kg.errors.UsageError: an unknown kind or option.
            msme_kg.errors.CombinedError: values that do not fit, or entities that do not conform.
        """
        from msme_kg.operations.new import build_new
        from msme_kg.sparql.parameters import reject_unknown_options

        template = QueryCatalog(self.repository).get(TEMPLATES, kind)
        reject_unknown_options(template, options)
        return build_new(self.repository, template, options, table=table, lang=self.lang)

    def diff(self, before: str, after: str | None = None) -> Comparison:
        """Compare two states: folders, files or git revisions; by default with the files as they are.

        Raises:
            msme_kg.errors.UsageError: neither a path nor a revision.
            msme_kg.errors.InputError: a file is malformed.
        """
        from msme_kg.operations.diff import diff

        return diff(self.repository, before, after, lang=self.lang)

    def fmt(self, *, check: bool = False) -> Formatting:
        """Write every Turtle file in canonical form.

        Args:
            check: whether files are only compared.

        Raises:
            msme_kg.errors.InputError: a file is malformed.
            msme_kg.errors.UsageError: the graph is the one that comes with the package.
        """
        from msme_kg.operations.fmt import format_graph

        return format_graph(self.repository, check=check)

    # Exports

    def export(self, syntax: str = "turtle", *, graphs: Sequence[str] = (), as_of: str | None = None) -> str:
        """Return the graph in an RDF syntax; see ``msme_kg.operations.export``.

        Raises:
            msme_kg.errors.UsageError: an unknown graph or syntax, or a malformed date.
        """
        from msme_kg.operations.export import Export
        from msme_kg.rdf.serializers import SYNTAXES

        require_choice(syntax, SYNTAXES, "syntax")
        return "".join(Export.read(self.repository, graphs, as_of=as_of).serialize(syntax))

    def export_tables(
        self, folder: str | Path, *, as_of: str | None = None, deprecated: bool = False
    ) -> None:
        """Write a CSV table for each kind of entity into a folder, which is replaced as a whole.

        Deprecated entities and links to them are left out unless asked for.

        Raises:
            msme_kg.errors.UsageError: the date is malformed.
            msme_kg.errors.WriteError: the folder could not be written; it is as before.
        """
        from msme_kg.operations.export import Export
        from msme_kg.publish.atomic_folder import TargetFolder

        target = TargetFolder.from_path(folder, self.repository)
        export = Export.read(self.repository, as_of=as_of, with_tables=True, with_deprecated=deprecated)
        export.write_tables(target)

    def portal(self, folder: str | Path, *, base_url: str | None = None, endpoint: str | None = None) -> None:
        """Write the portal bundle into a folder; see ``msme_kg.operations.portal``."""
        from msme_kg.operations.portal import Portal
        from msme_kg.publish.atomic_folder import TargetFolder

        target = TargetFolder.from_path(folder, self.repository)
        Portal.read(self.repository, base_url=base_url, endpoint=endpoint).write(target)

    def release(
        self, version: str, *, portal: str | Path | None = None, site: str | Path | None = None
    ) -> Release:
        """Give a graph without findings a version, then build portal and site; see ``msme_kg.operations``.

        Raises:
            msme_kg.errors.KGError: as ``msme_kg.operations.release`` says.
        """
        from msme_kg.operations.release import release
        from msme_kg.publish.atomic_folder import TargetFolder

        folders = [
            None if one is None else TargetFolder.from_path(one, self.repository) for one in (portal, site)
        ]
        return release(self.repository, version, portal=folders[0], site=folders[1], lang=self.lang)

    def site(self, folder: str | Path, *, base_url: str | None = None) -> int:
        """Write the static site into a folder and return the number of pages."""
        from msme_kg.operations.site import Site
        from msme_kg.publish.atomic_folder import TargetFolder

        target = TargetFolder.from_path(folder, self.repository)
        return Site.read(self.repository, base_url=base_url).write(target)

    def push(
        self, url: str, *, protocol: str | None = None, dry_run: bool = False, verify_only: bool = False
    ) -> Iterator[SyncStep]:
        """Make a triple store hold the graph, or only compare it; see ``msme_kg.operations.push``.

        Raises:
            msme_kg.errors.UsageError: the address is malformed.
            msme_kg.errors.RemoteError: the store does not answer, refuses, or answers wrongly.
        """
        from msme_kg.operations.push import push
        from msme_kg.sparql.endpoint import parse_endpoints

        (endpoint,) = parse_endpoints([url])
        return push(self.repository, endpoint, protocol=protocol, dry_run=dry_run, verify_only=verify_only)


def _list_paths(files: Files) -> list[str]:
    """Return one path or several as texts."""
    return [os.fspath(file) for file in ([files] if isinstance(files, str | os.PathLike) else files)]

"""Copies of the shipped graph, written as one larger graph."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from faults import Fault, Seeds
from turtle_blocks import Block, Reader, marks

SHIPPED = Path(__file__).resolve().parent.parent
_SCOPES = "ontology/vocab/scope.ttl"
_WHOLE = "scope:all"
_TOTALS = ("quantity:members", "quantity:founders")
_DATASET = "data/dataset.ttl"
# Codes of Members have two letters, at most 676 codes: these patterns also allow the suffix of a copy.
_WIDENED = {
    "ontology/shapes/WTOMember.ttl": (
        ("/member/[a-z]{2}$", "/member/[a-z]{2}(-c[0-9]+)?$"),
        ('"^[A-Z]{2}$"', '"^[A-Z]{2}(-C[0-9]+)?$"'),
        ('"^[A-Z]{3}$"', '"^[A-Z]{3}(-C[0-9]+)?$"'),
    )
}


class Copies:
    """Blocks of the shipped graph, to write any number of copies."""

    def __init__(self, times: int, root: Path = SHIPPED) -> None:
        self._times = times
        self._root = root
        self.reader = Reader(root / _DATASET)
        self._files = sorted(path.relative_to(root).as_posix() for path in (root / "data").rglob("*.ttl"))
        things = {
            subject
            for path in self._files
            if path != _DATASET
            for subject in self.reader.subjects(root / path)
        }
        self.reader.copy_things(frozenset(things | {_WHOLE}))
        self.blocks = {path: list(self.reader.blocks(root / path)) for path in [*self._files, _SCOPES]}

    def write(self, out: Path, seeds: Seeds | None = None) -> list[Fault]:
        """Write the folder and the flat files, and return the faults in them."""
        self._copy_as_they_are(out)
        faults = seeds.sow(self.blocks, self._times) if seeds else []
        changed = {(fault.subject, fault.copy): fault.block for fault in faults}
        flat = out / "flat"
        flat.mkdir(parents=True, exist_ok=True)
        with (flat / "data.ttl").open("w", encoding="utf-8", newline="\n") as whole:
            whole.write(self.reader.head)
            for path in ["ontology/msme.ttl", *self._vocabularies()]:
                if path != _SCOPES:
                    whole.write(self._body(path))
            for path in [_SCOPES, *self._files]:
                with ExitStack() as stack:
                    file = stack.enter_context((out / path).open("w", encoding="utf-8", newline="\n"))
                    file.write(self.reader.head)
                    for text in self._rendered(path, changed):
                        file.write("\n" + text)
                        whole.write("\n" + text)
        self._flat_shapes(out)
        return faults

    def _copy_as_they_are(self, out: Path) -> None:
        for part in ("ontology", "queries", "data", "flat"):
            shutil.rmtree(out / part, ignore_errors=True)
        for part in ("ontology", "queries"):
            shutil.copytree(self._root / part, out / part, ignore=shutil.ignore_patterns("*.md"))
        shutil.copytree(self._root / "data", out / "data", ignore=shutil.ignore_patterns("*.md", "*.ttl"))
        for path in self._files:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
        if self._times > 1:
            for path, changes in _WIDENED.items():
                text = (out / path).read_text(encoding="utf-8")
                for before, after in changes:
                    if before not in text:
                        raise SystemExit(f"{path}: the pattern {before} is no longer there")
                    text = text.replace(before, after)
                (out / path).write_text(text, encoding="utf-8")

    def _vocabularies(self) -> list[str]:
        return sorted(
            path.relative_to(self._root).as_posix() for path in (self._root / "ontology/vocab").glob("*.ttl")
        )

    def _body(self, path: str) -> str:
        return (self._root / path).read_text(encoding="utf-8")[len(self.reader.head) :]

    def _rendered(self, path: str, changed: dict[tuple[str, int], Block]) -> Iterator[str]:
        """Yield the blocks of all copies, sorted by IRI."""
        all_marks = [marks(copy) for copy in range(self._times + 1)]
        order = sorted(
            (block.iri + all_marks[copy]["iri"], index, copy)
            for index, block in enumerate(self.blocks[path])
            for copy in range(1, self._times + 1)
            if copy == 1 or block.copied
        )
        for _, index, copy in order:
            block = self.blocks[path][index]
            if copy == 1:
                block = self._total(changed.get((block.subject, 1), block))
            else:
                block = changed.get((block.subject, copy), block)
            yield block.render(all_marks[copy])

    def _total(self, block: Block) -> Block:
        """Return a claim of the first copy with the number of Members of all copies."""
        if _WHOLE not in block.values("msme:scope") or not set(block.values("msme:quantity")) & set(_TOTALS):
            return block
        statements = [
            self.reader.statement(f"msme:value {int(one.text) * self._times}")
            if one.predicate == "msme:value" and one.text.isdigit()
            else one
            for one in block.statements
        ]
        return block.having(statements)

    def _flat_shapes(self, out: Path) -> None:
        """Write all shapes as one file, with the prefix declarations of SPARQL constraints."""
        parts = [self.reader.head]
        for block in self.reader.blocks(self._root / "ontology/msme.ttl"):
            declaring = [one for one in block.statements if one.predicate == "sh:declare"]
            if declaring:
                parts.append(block.having(declaring).render(marks(1)))
            elif block.values("sh:prefix"):
                parts.append(block.render(marks(1)))
        for path in sorted((out / "ontology/shapes").glob("*.ttl")):
            parts += [_once_said(block).render(marks(1)) for block in self.reader.blocks(path)]
        (out / "flat/shapes.ttl").write_text("\n".join(parts), encoding="utf-8")


def _once_said(block: Block) -> Block:
    """Return a block with one message for a SPARQL constraint; Jena accepts no more."""
    if "sh:SPARQLConstraint" not in block.values("a"):
        return block
    kept = [one for one in block.statements if one.predicate != "sh:message" or one.language == "en"]
    return block.having(kept)

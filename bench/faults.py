"""Faults for each constraint component of the shipped shapes, spread over files and copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from fault_recipes import RECIPES, Edit, Recipe
from turtle_blocks import Block, Reader, Statement, marks

PER_COMPONENT = 3
"""Faults of a component in a single copy."""
AT_MOST = 17
"""Faults of a component in a graph of many copies."""


@dataclass(frozen=True)
class Fault:
    """A fault in the graph.

    Attributes:
        component: local name of the constraint component that reports it, without the ending.
        within: the component that is broken, where a logical one reports it.
        focus: IRI of the node that is at fault.
        file: where it stands.
        subject: the node as written in the first copy.
        copy: in which copy.
        block: its statements with the fault.
    """

    component: str
    within: str
    focus: str
    file: str
    subject: str
    copy: int
    block: Block


class Seeds:
    """Adds faults, the same in each run."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._used: set[tuple[str, int]] = set()
        self._number = 0

    def sow(self, blocks: Mapping[str, list[Block]], times: int) -> list[Fault]:
        """Return faults of each component, spread over copies and, by their recipes, over files."""
        faults: list[Fault] = []
        wanted = min(PER_COMPONENT * times, AT_MOST)
        for component, recipes in RECIPES.items():
            for turn in range(wanted):
                copy = 1 + (turn * times) // wanted
                recipe = recipes[turn % len(recipes)]
                faults.append(self._fault(component, recipe, blocks[recipe.file], copy, turn))
        return faults

    def _fault(self, component: str, recipe: Recipe, blocks: list[Block], copy: int, turn: int) -> Fault:
        fitting = [block for block in blocks if _fits(recipe, block)]
        begin = (turn * 7) % max(len(fitting), 1)
        for block in fitting[begin:] + fitting[:begin]:
            if (block.subject, copy) in self._used:
                continue
            self._used.add((block.subject, copy))
            self._number += 1
            statements = list(block.statements)
            for edit in recipe.edits:
                statements = self._edited(edit, block, statements)
            return Fault(
                component=recipe.reported or component,
                within=component if recipe.reported else "",
                focus=block.iri + marks(copy)["iri"],
                file=recipe.file,
                subject=block.subject,
                copy=copy,
                block=block.having(statements),
            )
        raise SystemExit(f"nothing left in {recipe.file} for a fault of {component}")

    def _edited(self, edit: Edit, block: Block, statements: list[Statement]) -> list[Statement]:
        """Return statements after an edit."""
        kept = [one for one in statements if not _taken(edit, one)]
        if not edit.text:
            return kept
        text = edit.text.format(n=self._number, self=block.subject, code=_code(self._number))
        return [*kept, self._reader.statement(f"{edit.predicate} {text}")]


def _code(number: int) -> str:
    """Return a code of two letters that no Member has: X and a letter, user-assigned in ISO 3166-1."""
    return "X" + ascii_uppercase[number % 26]


def _taken(edit: Edit, one: Statement) -> bool:
    return edit.takes is not None and one.predicate == edit.predicate and one.text.endswith(edit.takes)


def _fits(recipe: Recipe, block: Block) -> bool:
    if not block.copied or not block.subject.startswith(recipe.prefix):
        return False
    has = all(_has(block, *wanted.split(" ", 1)) for wanted in recipe.has)
    return has and not any(_has(block, *unwanted.split(" ", 1)) for unwanted in recipe.lacks)


def _has(block: Block, predicate: str, ending: str = "") -> bool:
    return any(value.endswith(ending) for value in block.values(predicate))


def rows(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield the lines of the table of faults."""
    yield "component\tfocus\tfile\twithin\n"
    for fault in sorted(faults, key=lambda one: (one.component, one.file, one.focus)):
        yield f"{fault.component}\t{fault.focus}\t{fault.file}\t{fault.within}\n"

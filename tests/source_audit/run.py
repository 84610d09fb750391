"""Compare the source tables with the graph, cell by cell, and write the golden list that `make test` reads.

    PYTHONPATH=tests python -m source_audit.run --facts DIR [--brief FILE]

DIR has the tables from which the data was made (`membership/members.tsv` and the others). Cells that the
graph does not state and for which `omissions.py` has no reason are printed, and nothing is written.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from ontology.carried_facts import Fact, write_facts
from ontology.content import iri, turtle_files
from ontology.fingerprints import Fingerprints

from source_audit import checks
from source_audit.attested_values import check_attestations
from source_audit.cells import Graph
from source_audit.tables import BRIEF, read_table

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
PROSE = re.compile(
    r"note|summary|description|asks_for_\d|follow_up_or_review|content_own_words|later_status|deliverable_en"
    r"|scope_note_en|topics|joined_basis|role_towards_group|relation_to_group|what_was_reported|what_counted"
    r"|statement"
)
"""Columns whose sentences must not be copied."""
LONGEST_PHRASE = 60


def find_sentences(facts: Path) -> set[str]:
    """Return the sentences in the prose of the tables."""
    return {
        sentence
        for path in sorted(facts.rglob("*.tsv"))
        for row in read_table(path)
        for column, text in row.items()
        if column and text and PROSE.search(column)
        for sentence in re.split(r"(?<=[.;!?])\s+", text)
        if len(sentence) > LONGEST_PHRASE
    }


def check_work_areas(graph: Graph, brief: str) -> list[str]:
    """Return the work areas whose Chinese label is not in the brief."""
    squeezed = re.sub(r"\s+", "", brief)
    labels = {
        number: graph.text(f"work-area:{number}", "skos:prefLabel", "zh-Hant")[0] for number in range(1, 7)
    }
    return [
        f"{iri(f'work-area:{number}')}: the brief has other words than {label}"
        for number, label in labels.items()
        if re.sub(r"\s+", "", label) not in squeezed
    ]


def main() -> int:
    """Compare, and write the golden files if nothing is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--facts", type=Path, required=True, help="folder of the tables")
    parser.add_argument("--brief", type=Path, help="text of the brief [default: brief/ next to the folder]")
    options = parser.parse_args()
    facts = options.facts.resolve()
    brief = (options.brief or facts.parent / "brief" / BRIEF).read_text(encoding="utf-8")
    graph = Graph(ROOT, turtle_files(ROOT, "ontology/msme.ttl", "ontology/vocab", "data"))
    found = list(checks.carried_facts(graph, facts))
    found += checks.other_facts(graph, [one for one in found if isinstance(one, Fact)])
    messages = [one for one in found if isinstance(one, str)]
    messages += checks.check_tables(facts)
    messages += checks.check_merges(graph, facts)
    messages += checks.check_kinds_of_events(graph, facts)
    messages += checks.check_doubtful_events(graph, facts)
    messages += checks.check_conflicts(facts)
    messages += check_work_areas(graph, brief)
    messages += check_attestations(graph, facts)
    if messages:
        print("\n".join(messages))
        return 1
    write_facts(GOLDEN / "carried-facts.tsv", (one for one in found if isinstance(one, Fact)))
    titles = checks.unverified_titles(facts)
    Fingerprints.create(titles, find_sentences(facts), brief).write(GOLDEN / "source-texts.tsv")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The section of the short note on mandate and scope."""

from __future__ import annotations

from msme_kg.briefing.content import mandate, memberships
from msme_kg.briefing.content.note_builder import NoteBuilder
from msme_kg.briefing.content.note_facts import NoteFacts
from msme_kg.briefing.content.note_model import Section, Statement
from msme_kg.briefing.content.short.merging import TEMPLATE, choose_total


def build_section(draft: NoteBuilder, facts: NoteFacts) -> Section:
    """Build the section; before the Group was established, it is that of the full note."""
    group, founding = facts.group, facts.documents_by_iri.get(facts.group["founding"])
    if not facts.is_established or founding is None:
        return mandate.build_section(draft, group)
    founded = draft.build_statement(
        TEMPLATE,
        "founded",
        [(founding.iri, "when"), (group["group"], "founding"), (group["group"], "open")],
        group=draft.queries.resolve_label(group["group"]),
        english=draft.get_original_title(group["group"]),
        acronym=group["acronym"],
        title=draft.queries.resolve_label(founding.iri),
        original=draft.get_original_title(founding.iri),
        symbol=founding.symbol,
        when=founding.issue_window.to_start_period(draft.as_of),
        whole=draft.queries.resolve_label(group["open"]) if group["open"] else None,
    )
    statements = [founded, *_build_founder_statements(draft, facts), *_build_area_statements(draft)]
    return Section(mandate.SECTION_NAME, tuple(statements))


def _build_founder_statements(draft: NoteBuilder, facts: NoteFacts) -> list[Statement]:
    """Build the statement on the occasion and the number of founders, with the numbers that differ."""
    event = facts.group["event"]
    gist = draft.find_text_as_of(event, "gist") if event else None
    day = facts.group.parse_window().not_after
    totals = [total for total in memberships.load_totals(draft.queries, draft.as_of) if total.day == day]
    if not totals or day is None:
        return []
    best = choose_total(draft, totals)
    others = {total.value: total for total in totals if total.value != best.value}
    loaded = memberships.load_memberships(draft.queries)
    states = memberships.filter_via_union(loaded, day) if best.counts_states_singly else []
    signed = _list_own_sponsorships(draft, facts)
    return [
        draft.build_statement(
            TEMPLATE,
            "founders",
            [
                (best.claim,),
                *([(event, "gist")] if gist else []),
                *((sponsorship, "sponsor") for sponsorship in signed),
                *(
                    (choose_total(draft, [one for one in totals if one.value == value]).claim,)
                    for value in others
                ),
            ],
            gist=gist,
            value=best.value,
            others=tuple(sorted(others)),
            union=draft.queries.resolve_label(states[0].via_union) if states else None,
            states=len(states),
            own=draft.queries.resolve_label(draft.queries.own_member) if signed else None,
        )
    ]


def _list_own_sponsorships(draft: NoteBuilder, facts: NoteFacts) -> list[str]:
    """Return the sponsorships of the founding document by the Member of the note that sources state."""
    own = draft.queries.own_member
    return [
        row["act"]
        for row in (draft.queries.select_rows("acts", [own]) if own else [])
        if row["kind"] == "sponsored"
        and row["subject"] == facts.group["founding"]
        and any(draft.citations.find_sources(row["act"], "sponsor").values())
    ]


def _build_area_statements(draft: NoteBuilder) -> list[Statement]:
    rows = draft.queries.select_rows("work-areas")
    if not rows:
        return []
    areas = [row["area"] for row in rows]
    draft.citations.prefetch_citations(areas)
    cited = [(area, "label") for area in areas]
    return [draft.build_statement(TEMPLATE, "areas", cited, areas=draft.resolve_labels(areas))]

"""Entities that carry the rows of the source tables, found by key or listed by row number."""

from __future__ import annotations

import re
from collections.abc import Callable

from ontology.content import SOURCE_BRIEF, iri

from source_audit.cells import Graph, page
from source_audit.tables import Row

# Entities whose row has neither symbol nor slug, by the number of the row; the header is row 1.
DOCUMENTS = {
    5: "2017-draft-declaration-friends",
    11: "2021-draft-annual-report",
    12: "2024-annual-report",
    13: "2025-draft-annual-report",
    14: "2020-covid-19-statement",
    16: "2020-draft-package-cover",
    20: "2021-trade-finance-road-map-revision",
    22: "2022-coordinators-report-mc12",
    23: "2022-research-notes",
    24: "2022-rta-provisions-note",
    25: "2023-call-for-papers-rta-provisions",
    26: "2023-work-programme",
    37: "2024-summary-meeting-1-july",
    38: "2024-summary-meeting-18-october",
    39: "2025-draft-convening-notice-5-march",
    40: "2025-convening-notice-5-march",
    41: "2025-aeo-draft-study-report",
    42: "2025-convening-notice-3-october",
    43: "2025-aeo-study-report",
    45: "2025-proposal-women-digitalisation-compendium",
    47: "2019-newsletter-autumn",
    48: "2022-mc12-briefing-note",
}
OTHER_DOCUMENTS = {
    30: ("document:2024-msme-handbook", "document:2024-policymaker-handbook"),
    49: ("source:brief",),
}
MEETINGS = {
    2: "2018-early-organizational-meeting",
    3: "2018-03-first-meeting",
    4: "2020-06-26-msme-day",
    7: "2020-12-14-heads-of-delegation",
    8: "2020-12-15-private-sector-webinar",
    10: "2021-spring-meeting",
    14: "2021-12-02-digital-champions-award",
    17: "2022-06-12-coordinators-report-launch",
    23: "2023-06-27-msme-day",
    24: "2023-09-28-joint-solutions-lab",
    35: "2018-03-27-thematic-session",
    36: "2018-06-27-msme-day-workshop",
}
"""Other meetings of the Group have their date in their slug."""
EVENTS = {
    2: "event:2017-06-27-msme-day",
    3: "event:2017-06-29-friends-meeting",
    4: "event:2017-08-champions-launch",
    5: "event:2017-10-17-champions-selection",
    6: "event:2017-12-12-video-challenge-award",
    7: "event:2017-12-13-mc11-statement",
    8: "event:2018-02-coordinator-change",
    9: "event:2018-03-14-champions-selection",
    10: "event:2018-03-27-thematic-session",
    11: "event:2018-03-first-meeting",
    12: "event:2018-10-04-open-to-export-award",
    14: "event:2019-03-07-taf2-workshop",
    15: "event:2019-05-idb-decision",
    16: "event:2019-10-public-forum-panel",
    18: "document:2020-covid-19-statement",
    19: "event:2020-06-global-trade-helpdesk-launch",
    20: "event:2020-11-meeting",
    21: "event:2020-12-11-meeting",
    22: "membership:ua",
    23: "event:2020-12-14-heads-of-delegation",
    24: "event:2020-12-15-private-sector-webinar",
    27: "event:2021-06-25-digital-champions-launch",
    29: "event:2021-12-02-digital-champions-award",
    30: "membership:gm membership:ge",
    31: "event:2021-12-trade4msmes-launch",
    32: "event:2021-spring-meeting",
    35: "event:2022-06-12-coordinators-report-launch",
    36: "event:2022-06-12-mc12",
    37: "event:2022-06-13-eping-launch",
    38: "document:2022-research-notes",
    39: "event:2022-06-champions-launch",
    41: "event:2022-07-tbt-thematic-session",
    42: "event:2022-09-26-champions-award",
    43: "event:2022-10-05-building-bridges",
    45: "event:2022-11-17-fmg-brainstorming",
    46: "membership:us",
    48: "event:2023-03-16-champions-launch",
    49: "event:2023-04-26-meeting",
    50: "event:2023-06-27-msme-day",
    51: "event:2023-06-ccpit-itc-meeting",
    53: "event:2023-09-28-joint-solutions-lab",
    55: "event:2024-02-22-champions-launch",
    56: "event:2024-02-26-mc13",
    57: "event:2024-02-joint-event",
    58: "event:2024-02-women-finance-launch",
    60: "event:2024-06-27-champions-award",
    61: "event:2024-06-27-unctad-icsb-workshop",
    63: "membership:mv membership:cv membership:mz membership:mu",
    66: "document:2025-aeo-draft-study-report",
    68: "event:2025-06-27-champions-award",
    69: "event:2025-07-22-global-sme-ministerial",
    71: "event:2025-11-13-aeo-study-launch",
    73: "document:2025-proposal-women-digitalisation-compendium",
    74: "membership:cm",
    75: "event:2025-trade4msmes-partnership",
    76: "event:2026-03-26-mc14",
    77: "event:2018-06-27-msme-day-workshop",
    78: "membership:mo",
    79: "document:2021-iisd-cuts-report",
    80: "event:2026-03-16-champions-deadline",
    81: "event:2026-03-25-women-trade-event",
    82: "event:2026-07-08-ai-for-good",
}
"""Other rows are meetings of the Group, whose slug has their date, or documents by their symbol."""
LATER_MEETINGS = {2: "event:2024-03-meeting", 3: "event:2021-06-meeting"}
LATER_EVENTS = {2: "event:2016-workshop-participation-of-msmes", 3: "organization:iwg-msmes"}
REVIEWS = {4: "ch-li-2022"}
INSTITUTIONS = {"Argentina; Brazil; Chile": ("ar", "br", "cl")}
QUANTITIES = {
    "Friends of MSMEs": "friends",
    "Co-sponsors named": "proposal-co-sponsors",
    "Members adhering": "draft-adherents",
    "Heads of delegation issuing": "founders",
    "WTO Members issuing": "founders",
    "Members issuing": "founders",
    "Countries launching": "founders",
    "Members that ": "founders",
    "Sponsors of the MSME/COVID-19": "covid-statement-sponsors",
    "Members endorsing the MSME/COVID-19": "covid-statement-sponsors",
    "Member economies endorsing": "package-endorsers",
    "Sponsors of the": "package-sponsors",
    "Non-member": "attending-non-members",
    "": "members",
}
# Rows of stats.tsv that repeat what counts.tsv says (merges.tsv: "use counts.tsv as the one source").
COUNTED = {
    "group-members-mc12": ("members-2022-06-12-94-wto-briefing-note-es",),
    "group-members-2023": ("members-2023-03-98-wto-topic-page",),
    "group-members-brief": ("members-2023-08-01-98-brief",),
    "group-members-2024": (
        "members-2024-07-01-103-wtocenter-400731",
        "members-2024-12-31-103-wtocenter-407632",
    ),
    "group-members-2025": ("members-2025-12-31-104-wtocenter-418340",),
    "package-sponsors": (
        "package-sponsors-2023-03-97-wto-topic-page",
        "package-sponsors-2021-02-18-94-wto-news",
    ),
}


def quantity(counted: str) -> str:
    """Return the quantity that the words of a row of counts.tsv mean."""
    return next(name for words, name in QUANTITIES.items() if counted.startswith(words))


def claim(graph: Graph, _: int, row: Row) -> list[str]:
    """Find the claims of a quantity that rest on the source of the row and say its number."""
    (url,) = row["source_url"].split(" ; ")
    source = SOURCE_BRIEF if url.startswith("000_") else graph.by_page.get(page(url))
    number = row["number"]
    low, value = (number[5:], None) if number.startswith("over ") else (None, number)
    return [
        one
        for one in graph.subjects("msme:quantity", f"quantity:{quantity(row['what_counted'])}")
        if not graph.values(one, "owl:deprecated")
        if source in graph.cited(one)
        and (graph.get_only_value(one, "msme:lowerBound"), graph.get_only_value(one, "msme:value"))
        == (low, value)
    ]


def person(graph: Graph, _: int, row: Row) -> list[str]:
    """Find a person by the name, with the tenure; an institution is its Member."""
    if not row["person"]:
        codes = INSTITUTIONS.get(row["representing"])
        return [f"member:{one}" for one in codes] if codes else [graph.members[row["representing"]]]
    name = row["person"].removeprefix("Ambassador ")
    found = [one for one in graph.subjects("foaf:name") if name in graph.values(one, "foaf:name")]
    people = dict.fromkeys((graph.values(one, "msme:of") or [one])[0] for one in found)
    return [*people, *(tenure for one in people for tenure in graph.subjects("org:member", one))]


def sponsorship(graph: Graph, _: int, row: Row) -> list[str]:
    """Find the sponsorship of a named Member; a row without one is a number, thus a claim."""
    if not row["iso3166_alpha2"]:
        number = re.match(r"\d+", row["sponsor"])
        page_of = graph.by_page.get(page(row["source_url"]))
        kinds = ("package-sponsors", "package-endorsers")
        claims = {one for kind in kinds for one in graph.subjects("msme:quantity", f"quantity:{kind}")}
        return [
            one
            for one in sorted(claims)
            if number and graph.get_only_value(one, "msme:value") == number[0] and page_of in graph.cited(one)
        ]
    covid = "COVID-19" in row["document"]
    text = iri("document:2020-covid-19-statement") if covid else graph.by_symbol.get("INF/MSME/4/Rev.2")
    member = iri(f"member:{row['iso3166_alpha2'].lower()}")
    found = graph.subjects("msme:sponsor", member)
    return [one for one in found if text in graph.values(one, "msme:sponsoredDocument")]


def observation(graph: Graph, _: int, row: Row) -> list[str]:
    """Find an observation by Member and day."""
    day = row["observed_as_non_member_on"]
    found = graph.subjects("msme:observedMember", f"member:{row['iso3166_alpha2'].lower()}")
    return [
        one
        for one in found
        if any(graph.window(event) == (day, day) for event in graph.values(one, "msme:atEvent"))
    ]


def document(graph: Graph, number: int, row: Row) -> list[str]:
    """Find a document by its symbol."""
    if row["symbol"]:
        return [graph.by_symbol.get(row["symbol"], f"no document has the symbol {row['symbol']}")]
    return list(OTHER_DOCUMENTS.get(number) or [f"document:{DOCUMENTS[number]}"])


def part(_: Graph, __: int, row: Row) -> list[str]:
    """Find a part of the package by its number."""
    slugs = {"0": "document:inf-msme-4-rev-2-cover", "I1": "initiative:trade4msmes"}
    slugs |= {"I2": "initiative:global-trade-helpdesk", "I3": "initiative:msme-tpr-database"}
    return [slugs.get(row["item_no"], f"document:inf-msme-4-rev-2-annex-{row['item_no']}")]


def point(graph: Graph, _: int, row: Row) -> list[str]:
    """Find a point of the declaration by its number; what came of the text is a note on it or an event."""
    notes = {"A2": "document:inf-msme-w-36", "A3": "document:inf-msme-w-36", "A4": "event:2022-07-meeting"}
    if row["point_no"] in notes:
        return [notes[row["point_no"]]]
    found = graph.subjects("msme:inDocument", "document:inf-msme-w-36")
    return [one for one in found if row["point_no"] in graph.values(one, "msme:number")]


def item(graph: Graph, _: int, row: Row) -> list[str]:
    """Find an item of the plan by its number, with the reports on its status and the reviews reported."""
    found = graph.subjects("msme:number", None)
    wanted = row["sub_item"] or row["item"]
    items = [one for one in found if "/work-item/" in one and wanted in graph.values(one, "msme:number")]
    statuses = (status for one in items for status in graph.subjects("msme:statusOf", one))
    reviews = (review for one in items for review in graph.subjects("msme:followsUp", one))
    return [
        *items,
        *(one for one in statuses if not graph.values(one, "owl:deprecated")),
        *(one for one in reviews if "/review/" in one),
    ]


def meeting(_: Graph, number: int, row: Row) -> list[str]:
    """Find a meeting by its date; the joining of a Member is its membership."""
    if "joins" in row["kind"]:
        return ["membership:us"]
    return [f"event:{MEETINGS.get(number) or row['date'] + '-meeting'}"]


def review(graph: Graph, number: int, row: Row) -> list[str]:
    """Find a review by Member and year."""
    if number in REVIEWS:
        return [f"review:{REVIEWS[number]}"]
    member, year = graph.members[row["member"]], row["tpr_date"][:4]
    return [f"review:{member.rpartition('/')[2]}-{year}"]


def award(graph: Graph, _: int, row: Row) -> list[str]:
    """Find an award by year and laureate, or by its theme where no laureate is known."""
    return [
        one
        for one in graph.of_class("msme:Award")
        if graph.get_only_value(one, "msme:year") == row["year"]
        and (
            row["winner"] in graph.values(one, "msme:laureate")
            if row["winner"]
            else row["theme"] in graph.text(one, "msme:theme", "en")
        )
    ]


def event(graph: Graph, number: int, row: Row) -> list[str]:
    """Find an event by the table or by its date; the issue of a document is the document."""
    if number in EVENTS:
        return EVENTS[number].split()
    if row["type"] == "document":
        return [graph.by_symbol[row["related_initiative_or_document"]]]
    return [f"event:{row['date']}-meeting"]


def statistic(graph: Graph, _: int, row: Row) -> list[str]:
    """Find the claims whose slug is that of the row, with a number a value or a name a source."""
    slug = iri(f"claim:{row['slug']}")
    more = [f"claim:{one}" for one in COUNTED.get(row["slug"], ())]
    own = [
        one
        for one in graph.of_class("msme:StatisticClaim")
        if re.match(rf"{slug}(-[1-9](-|$)|-[a-z]|$)", one)
    ]
    return [*own, *more]


FINDERS: dict[str, Callable[[Graph, int, Row], list[str]]] = {
    "members": lambda _, __, row: [
        f"{kind}:{row['iso3166_alpha2'].lower()}" for kind in ("membership", "member")
    ],
    "counts": claim,
    "people": person,
    "sponsors": sponsorship,
    "nonmembers_observed": observation,
    "documents": document,
    "package_2020": part,
    "declaration_2021": point,
    "work_areas": lambda _, __, row: [f"work-area:{row['no']}"],
    "work_plan_2023": item,
    "meetings": meeting,
    "tpr_reports": review,
    "initiatives": lambda graph, _, row: [graph.get_current(f"initiative:{row['id_slug']}")],
    "organisations": lambda _, __, row: [f"organization:{row['slug']}"],
    "champions": award,
    "events": event,
    "stats": statistic,
    "later_people": person,
    "later_sponsors": sponsorship,
    "later_meetings": lambda _, number, __: [LATER_MEETINGS[number]],
    "later_organisations": lambda _, __, row: [f"organization:{row['slug']}"],
    "later_events": lambda _, number, __: [LATER_EVENTS[number]],
    "later_stats": statistic,
}


def find_entities(graph: Graph, name: str, number: int, row: Row) -> tuple[str, ...]:
    """Return the IRIs of the entities that carry a row; none if one of them is not in the graph."""
    candidates = dict.fromkeys(iri(one) for one in FINDERS[name](graph, number, row))
    return tuple(candidates) if all(graph.values(one, "rdf:type") for one in candidates) else ()

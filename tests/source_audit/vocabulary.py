"""Vocabulary of the source tables: kinds, bodies, people, and documents without a symbol."""

from __future__ import annotations

import re

from ontology.content import iri

GROUP = "organization:iwg-msmes"
CANCELA, WILSON = "person:jose-luis-cancela-gomez", "person:matthew-wilson"
PACKAGE = "document:inf-msme-4-rev-2"
SUPPORTED = ("initiative:trade4msmes", "initiative:global-trade-helpdesk", "initiative:msme-tpr-database")

OUTCOMES = ("msme:adopted", "msme:issued", "msme:launched")
"""Properties of an event for the documents that came of it."""

TYPES = {
    "proposal": "Proposal",
    "annual report": "AnnualReport",
    "note": "Note",
    "coordinator's report": "CoordinatorsReport",
    "draft declaration": "Declaration",
    "draft ministerial declaration": "Declaration",
    "work programme": "WorkProgramme",
    "compendium": "Compendium",
    "meeting report": "MeetingReport",
    "convening notice": "ConveningNotice",
    "ministerial declaration / joint statement": "Declaration JointStatement",
    "joint statement": "JointStatement",
    "declaration with six annexed recommendations/declarations": "Package",
    "recommendation": "Recommendation",
    "publication": "Handbook",
    "draft study report": "StudyReport",
    "study report": "StudyReport",
    "newsletter": "Newsletter",
}
"""Classes of documents by the column type, without the part in brackets."""

ISSUERS: dict[str, tuple[str, ...]] = {
    "WTO Informal Working Group on MSMEs": (GROUP,),
    "Coordinator of the IWG on MSMEs (Amb. Matthew Wilson, Barbados)": (WILSON,),
    "Coordinator of the IWG on MSMEs (Amb. José Luís Cancela, Uruguay)": (CANCELA,),
    "WTO Secretariat": ("organization:wto-secretariat",),
    "WTO Secretariat for the WTO Informal Working Group on MSMEs": ("organization:wto-secretariat",),
    "IWG on MSMEs and IWG on Trade and Gender (with ITC)": (
        GROUP,
        "organization:iwg-trade-gender",
        "organization:itc",
    ),
    "IWG on MSMEs and IWG on Trade and Gender": (GROUP, "organization:iwg-trade-gender"),
    "IWG on MSMEs with the World Customs Organization": (GROUP, "organization:wco"),
    "WCO, WTO (MSME Group) and ICC": ("organization:wco", GROUP, "organization:icc"),
    "Co-Chairs of the IWG on Trade and Gender and Coordinator of the IWG on MSMEs": (
        "organization:iwg-trade-gender",
        GROUP,
    ),
    "IWG on Trade and Gender": ("organization:iwg-trade-gender",),
}
"""Issuers by the column issuing_body; a note names the bodies of the WTO that are not in the graph."""

NOTED_ISSUERS = {
    "WTO General Council (JOB series)": "General Council",
    "WTO General Council": "General Council",
    "WTO Working Group on Trade, Debt and Finance": "Working Group on Trade, Debt and Finance",
    "Friends of MSMEs (coordinated by Chile)": "Friends of MSMEs",
    "Heads of delegation of participating WTO members at MC11, Buenos Aires": "heads of delegation",
    "Heads of delegation of members of the WTO Informal Working Group on MSMEs": "heads of delegation",
    "WTO members listed in the statement": "Members that it lists",
}
"""Issuers that are not in the graph, and the words by which a note names them."""

KINDS_OF_MEETING = {
    "early organizational meeting": "organizational-meeting",
    "first meeting": "regular-meeting",
    "special event (MSMEs Day 2020)": "msme-day",
    "regular meeting or announcement": "regular-meeting",
    "regular meeting": "regular-meeting",
    "Heads of Delegation meeting (WTO-wide)": "outside-event",
    "outreach event": "workshop",
    "regular meeting (planned)": "regular-meeting",
    "Digital Champions award event; MC12 side events had been planned for this day": "award-ceremony",
    "MC12 side event": "launch side-event",
    "United States announces that it joins": "membership",
    "regular meeting; appointment of Coordinator": "regular-meeting",
    "MSME Day meeting/event": "msme-day",
    "joint workshop (“joint solutions lab”)": "workshop",
    "annual meeting with academics and private sector": "regular-meeting",
    "regular (open-ended) meeting, first of 2024": "regular-meeting",
    "regular (open-ended) meeting, second of 2024": "regular-meeting",
    "regular (open-ended) meeting, third of 2024": "regular-meeting",
    "regular meeting (full day)": "regular-meeting",
    "regular meeting with Champions award": "regular-meeting",
    "meeting (thematic session on access to information)": "thematic-session",
    "workshop on MSME Day 2018": "workshop",
}
"""Kinds of events that a kind of meetings.tsv may be; a joining is a membership."""

KINDS_OF_EVENT = {
    "meeting": "regular-meeting thematic-session outside-event",
    "event": "msme-day outside-event workshop side-event",
    "launch": "launch",
    "award": "award-ceremony",
    "ministerial": "ministerial-conference",
    "publication": "launch",
    "document": "launch regular-meeting",
    "workshop": "workshop",
    "appointment": "appointment regular-meeting",
    "decision": "decision",
    "adoption": "regular-meeting",
    "conference": "conference",
    "partnership": "partnership",
    "deadline": "deadline",
}

TEXTS_OF_MEETINGS = {
    "package drafts": "document:2020-draft-package-cover",
    "[Coordinator's report MC12]": "document:2022-coordinators-report-mc12",
    "[three research notes]": "document:2022-research-notes",
    "[2023 work programme]": "document:2023-work-programme",
    "draft of INF/MSME/W/46": "document:inf-msme-w-46",
    "summary of 17 July 2024": "document:2024-summary-meeting-1-july",
    "summary of 29 Oct 2024": "document:2024-summary-meeting-18-october",
    "AEO draft study of 20 Feb 2025": "document:2025-aeo-draft-study-report",
    "convening notice of 9 Sept 2025": "document:2025-convening-notice-3-october",
    "AEO study report of 13 Nov 2025": "document:2025-aeo-study-report",
    "2025 draft annual report": "document:2025-draft-annual-report",
}

LINKED: dict[str, tuple[str, ...]] = {
    "1": (PACKAGE,),
    "2": ("work-item:2023-5",),
    "3": (PACKAGE,),
    "5": ("document:2020-covid-19-statement",),
    "6": (
        "initiative:trade4msmes",
        "initiative:global-trade-helpdesk",
        f"{PACKAGE}-annex-2",
        f"{PACKAGE}-annex-4",
    ),
    "A2": ("event:2021-09-24-meeting",),
    "A3": ("document:2022-coordinators-report-mc12",),
}
"""Things to which a point of the declaration is related, by its number."""

BODIES = {
    "Building Bridges": "organization:building-bridges",
    "CCPIT Commercial Sub-Council": "organization:ccpit-csc",
    "CNI": "organization:cni-brazil",
    "CNI (Brazil)": "organization:cni-brazil",
    "CUTS International Geneva": "organization:iisd-cuts-taf2",
    "Department of Small Business Development": "organization:dsbd",
    "EEN": "organization:een",
    "EIF": "organization:eif",
    "FIATA": "organization:fiata",
    "GEA": "organization:gea",
    "GLEIF": "organization:gleif",
    "Google": "organization:google",
    "IATA": "organization:iata",
    "ICC": "organization:icc",
    "ICSB": "organization:icsb",
    "IFC": "organization:ifc",
    "IISD": "organization:iisd-cuts-taf2",
    "ILO": "organization:ilo",
    "IOE&IT": "organization:ioeit",
    "ITC": "organization:itc",
    "ITU": "organization:itu",
    "Informal Working Group on Trade and Gender": "organization:iwg-trade-gender",
    "Trade and Gender group": "organization:iwg-trade-gender",
    "ODCCN": "organization:odccn",
    "OECD": "organization:oecd",
    "SEBRAE": "organization:sebrae",
    "TESSD": "organization:tessd",
    "UN DESA": "organization:un-desa",
    "UNCTAD": "organization:unctad",
    "UNECE": "organization:unece",
    "WCO": "organization:wco",
    "WIPO": "organization:wipo",
    "WTO MSME Group": GROUP,
    "WTO Secretariat": "organization:wto-secretariat",
    "World Bank": "organization:world-bank",
    "Zoom": "organization:zoom",
    "dLocal": "organization:dlocal",
    "eBay": "organization:ebay",
    "WTO": "organization:wto",
    "WTO TBT Committee": "organization:wto",
    "WTO members (Committee on Market Access)": "organization:wto",
    "Institute of Export and International Trade": "organization:ioeit",
}
PEOPLE = {
    "Azevedo": "person:roberto-azevedo",
    "Azevedo (WTO)": "person:roberto-azevedo",
    "Azevêdo": "person:roberto-azevedo",
    "Cancela": CANCELA,
    "Cancela (moderator)": CANCELA,
    "Chambovey": "person:chambovey",
    "Chambovey (Switzerland)": "person:chambovey",
    "Friends of MSMEs (coordinator Casanueva, Chile)": "person:hector-casanueva",
    "Lundquist (WTO)": "person:kathryn-lundquist",
    "Wilson": WILSON,
    "Yi": "person:yi-xiaozhun",
    "Yi Xiaozhun": "person:yi-xiaozhun",
}
COUNTRIES = {
    "Philippines vice minister": "ph",
    "Republic of Korea": "kr",
    "EU": "eu",
    "South Africa": "za",
    "Macao, China": "mo",
}
"""Members by a name that is not one of their labels."""

_GUEST = "a guest of one event, not in the table of people"
_BEHIND = "speaks for a body, which is linked instead"
_LAUREATE = "a laureate, or a firm that presents itself: an award, or in gist or note"
_MANY = "many participants without a name"
NO_NODE = {
    **dict.fromkeys(
        (
            "Ambassador Shah (organiser)",
            "Coke-Hamilton",
            "Conejos (Philippines)",
            "Conroy",
            "Danilovich (ICC)",
            "Denton",
            "Francolino (Uruguay)",
            "Gonzalez",
            "González",
            "Jara",
            "Koopman (WTO)",
            "Okonjo-Iweala",
            "Okonjo-Iweala (video)",
            "Yao Xin",
            "Tembo",
            "Terrado (Philippines)",
        ),
        _GUEST,
    ),
    **dict.fromkeys(
        (
            "Aleman (WIPO)",
            "Kanemasa (Japan)",
            "Loridan (ITC)",
            "Moreno (UNCTAD, video)",
            "Rollo (ITC)",
            "Tang (WIPO)",
            "Tembo (ITC)",
            "Tembo and Chappaz (ITC)",
        ),
        _BEHIND,
    ),
    **dict.fromkeys(
        (
            "A.V.E.C",
            "CLAC",
            "Creative Nature Superfoods (UK)",
            "Divasity",
            "Economic Chamber of North Macedonia",
            "La Mandala (Nepal)",
            "Lima Chamber of Commerce",
            "O'KANATA",
            "TAITRA",
            "TCCIA",
            "TofaraOnline",
            "Union of Chambers of Commerce of the former Yugoslav Republic of Macedonia",
        ),
        _LAUREATE,
    ),
    **dict.fromkeys(
        (
            "18 WTO delegates",
            "WTO members",
            "listed WTO members",
            "other agencies",
            "over 60 countries",
            "WTO Friends of MSMEs",
        ),
        _MANY,
    ),
    "88 WTO members per the WTO (87 or 84 in other counts)": "a count: three claims",
    "90 members at the time": "a count: claims",
    "Comoros": "its accession was a topic: in the gist",
    "Timor-Leste": "its accession was a topic: in the gist",
    "South Africa": "its Department of Small Business Development is the organizer",
}
"""Participants of events.tsv without an entity of their own at the event, each with the reason."""

UNITS = {
    "trillion US dollars": "usd-trillion",
    "year": "year",
    "users": "users",
    "agencies": "agencies",
    "languages": "languages",
    "notifications": "notifications",
    "WTO members": "wto-members",
    "members": "wto-members",
    "delegates": "delegates",
    "countries": "countries",
    "youth": "persons",
    "women": "persons",
    "SMEs": "firms",
}
"""Units by the words of the column unit; all others are percent."""


def named_bodies(text: str) -> set[str]:
    """Return the bodies that a text names, the longest name first."""
    found, rest = set(), text
    for name in sorted(BODIES, key=len, reverse=True):
        pattern = rf"(?<![\w&-]){re.escape(name)}(?![\w&-])"
        if re.search(pattern, rest):
            found.add(iri(BODIES[name]))
            rest = re.sub(pattern, " ", rest)
    return found

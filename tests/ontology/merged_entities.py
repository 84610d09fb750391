"""Entities that several rows of the source tables describe, with the numbers of the rows."""

from __future__ import annotations

Places = dict[str, tuple[tuple[str | int, ...], ...]]
PACKAGE = "document:inf-msme-4-rev-2"

# By the description in merges.tsv; the header is row 1. A document and its event are two entities.
MERGED: dict[str, Places] = {
    "MC11 statement and creation of the Group": {
        "document:wt-min-17-58": (("documents", 6),),
        "document:wt-min-17-58-rev-1": (("documents", 7),),
        "event:2017-12-13-mc11-statement": (("events", 7),),
    },
    "Change of coordinator to Uruguay": {"event:2018-02-coordinator-change": (("events", 8),)},
    "First meeting of the Group": {"event:2018-03-first-meeting": (("meetings", 3), ("events", 11))},
    "Session of 27 March 2018": {"event:2018-03-27-thematic-session": (("meetings", 35), ("events", 10))},
    "Early organisational meeting with the Director-General": {
        "event:2018-early-organizational-meeting": (("meetings", 2),)
    },
    "Annual report 2018": {"document:job-gc-207": (("documents", 8), ("events", 13))},
    "Annual report 2019": {"document:inf-msme-r-13-rev-1": (("documents", 9), ("events", 17))},
    "Annual report 2020": {"document:inf-msme-r-21": (("documents", 10), ("events", 25))},
    "Newsletter and Public Forum panel of autumn 2019": {
        "document:2019-newsletter-autumn": (("documents", 47),),
        "initiative:msme-group-newsletter": (("initiatives", 41),),
    },
    "COVID-19 statement": {"document:2020-covid-19-statement": (("documents", 14), ("events", 18))},
    "MSMEs Day 2020 at the WTO": {
        "event:2020-06-26-msme-day": (("meetings", 4), ("initiatives", 16)),
        "event:2020-06-global-trade-helpdesk-launch": (("events", 19),),
    },
    "Publication of the package texts": {
        "event:2020-11-meeting": (("meetings", 5), ("events", 20)),
        "document:2020-draft-package-cover": (("documents", 16),),
    },
    "Adoption of the package": {
        "event:2020-12-11-meeting": (("meetings", 6), ("events", 21)),
        PACKAGE: (("documents", 15),),
        f"{PACKAGE}-cover": (("package_2020", 2),),
        **{f"{PACKAGE}-annex-{number}": (("package_2020", number + 2),) for number in range(1, 7)},
    },
    "Ukraine joins": {"membership:ua": (("events", 22),)},
    "Presentation to heads of delegation": {
        "event:2020-12-14-heads-of-delegation": (("meetings", 7), ("events", 23))
    },
    "Private-sector event": {
        "event:2020-12-15-private-sector-webinar": (("meetings", 8), ("events", 24)),
        "initiative:private-sector-dialogue": (("initiatives", 42),),
    },
    "Meeting of February 2021": {"event:2021-02-meeting": (("meetings", 9), ("events", 26))},
    "Meeting of spring 2021": {"event:2021-spring-meeting": (("meetings", 10), ("events", 32))},
    "Meeting and text of 24 September 2021": {
        "event:2021-09-24-meeting": (("meetings", 13), ("events", 28)),
        "document:inf-msme-w-36": (("documents", 17),),
    },
    "Digital Champions award": {
        "event:2021-12-02-digital-champions-award": (("meetings", 14), ("events", 29)),
        "initiative:sbc-2021-digital-champions": (("initiatives", 8),),
    },
    "Trade4MSMEs launch": {
        "event:2021-12-trade4msmes-launch": (("events", 31),),
        "initiative:trade4msmes": (("initiatives", 2), ("package_2020", 9)),
        "initiative:trade4msmes-guides": (("initiatives", 46),),
    },
    "The Gambia and Georgia join": {
        "membership:gm": (("events", 30),),
        "membership:ge": (("events", 30),),
    },
    "Meeting of February 2022": {"event:2022-02-meeting": (("meetings", 15), ("events", 33))},
    "Meeting of 7 April 2022": {"event:2022-04-07-meeting": (("meetings", 16), ("events", 34))},
    "MSME RTA database and revised note": {
        "document:2022-rta-provisions-note": (("documents", 24),),
        "initiative:msme-rta-database": (("initiatives", 5),),
        "event:2022-04-07-meeting": (("events", 34),),
    },
    "MC12 report": {
        "document:2022-coordinators-report-mc12": (("documents", 22), ("initiatives", 38)),
        "event:2022-06-12-coordinators-report-launch": (("meetings", 17), ("events", 35)),
    },
    "Three research notes": {
        "document:2022-research-notes": (("documents", 23), ("events", 38), ("initiatives", 31)),
    },
    "Meeting of July 2022": {"event:2022-07-meeting": (("meetings", 18), ("events", 40))},
    "Meeting of October 2022": {"event:2022-10-meeting": (("meetings", 19), ("events", 44))},
    "United States joins": {"membership:us": (("meetings", 20), ("events", 46))},
    "Meeting of March 2023 and 2023 work programme": {
        "event:2023-03-meeting": (("meetings", 21), ("events", 47)),
        "document:2023-work-programme": (("documents", 26),),
    },
    "Barbados joins": {"event:2023-03-meeting": (("meetings", 21), ("events", 47))},
    "Call for papers on RTA provisions": {
        "document:2023-call-for-papers-rta-provisions": (("documents", 25), ("initiatives", 30)),
    },
    "Appointment of the coordinator from Barbados": {
        "event:2023-04-26-meeting": (("meetings", 22), ("events", 49))
    },
    "MSME Day 2023": {
        "event:2023-06-27-msme-day": (("meetings", 23), ("events", 50), ("initiatives", 19)),
    },
    "Meeting of July 2023": {"event:2023-07-meeting": (("meetings", 37), ("events", 52))},
    "Joint solutions lab": {
        "event:2023-09-28-joint-solutions-lab": (("meetings", 24), ("events", 53), ("initiatives", 33)),
    },
    "Meeting of 9 October 2023": {"event:2023-10-09-meeting": (("meetings", 25), ("events", 54))},
    "Meeting of December 2023": {
        "event:2023-12-meeting": (("meetings", 26),),
        "initiative:msme-spotlight": (("initiatives", 34),),
    },
    "Report for MC13": {
        "document:wt-min-24-9": (("documents", 27), ("initiatives", 39)),
        "event:2024-02-26-mc13": (("events", 56),),
    },
    "Women-led MSME finance compendium": {
        "document:inf-msme-w-46-rev-3": (("documents", 28), ("initiatives", 26)),
        "event:2024-02-women-finance-launch": (("events", 58),),
    },
    "AEO compendium": {
        "document:inf-msme-w-47-rev-2": (("documents", 29), ("initiatives", 24)),
        "event:2024-02-joint-event": (("events", 57),),
    },
    "Handbooks": {
        "document:2024-msme-handbook": (("documents", 30), ("initiatives", 27)),
        "document:2024-policymaker-handbook": (("documents", 30), ("initiatives", 28)),
    },
    "Meeting of March 2024": {"event:2024-03-meeting": (("meetings", 27), ("events", 59))},
    "MSME Day and Champions 2024": {
        "event:2024-06-27-champions-award": (("events", 60), ("initiatives", 20)),
        "initiative:sbc-2024": (("initiatives", 11),),
    },
    "Meeting of 1 July 2024": {
        "event:2024-07-01-meeting": (("meetings", 28), ("events", 62)),
        "document:inf-msme-cn-26-rev-2": (("documents", 36),),
        "document:2024-summary-meeting-1-july": (("documents", 37),),
    },
    "Four new members of 2024": {
        f"membership:{code}": (("events", 63),) for code in ("cv", "mu", "mv", "mz")
    },
    "Russian compendium proposal": {
        "document:inf-msme-w-58": (("documents", 34), ("initiatives", 36)),
    },
    "Meeting of 18 October 2024": {
        "event:2024-10-18-meeting": (("meetings", 29), ("events", 64)),
        "document:2024-summary-meeting-18-october": (("documents", 38),),
    },
    "Meeting of 10 December 2024": {"event:2024-12-10-meeting": (("meetings", 30), ("events", 65))},
    "AEO study draft": {"document:2025-aeo-draft-study-report": (("documents", 41), ("events", 66))},
    "Meeting of 5 March 2025": {
        "event:2025-03-05-meeting": (("meetings", 31), ("events", 67)),
        "document:2025-draft-convening-notice-5-march": (("documents", 39),),
        "document:2025-convening-notice-5-march": (("documents", 40),),
    },
    "Good regulatory practices compendium": {
        "document:inf-msme-w-61": (("documents", 35),),
        "initiative:good-regulatory-practices-compendium": (("initiatives", 35),),
        "document:inf-msme-w-52": (("documents", 32),),
    },
    "Meeting and award of June 2025": {
        "event:2025-06-meeting": (("meetings", 32),),
        "event:2025-06-27-champions-award": (("events", 68), ("initiatives", 21)),
        "initiative:sbc-2025": (("initiatives", 12),),
    },
    "Global SME Ministerial": {
        "event:2025-07-22-global-sme-ministerial": (("events", 69), ("initiatives", 43)),
    },
    "Meeting of 3 October 2025": {
        "event:2025-10-03-meeting": (("meetings", 33), ("events", 70)),
        "document:2025-convening-notice-3-october": (("documents", 42),),
    },
    "AEO study report": {
        "document:2025-aeo-study-report": (("documents", 43), ("initiatives", 25)),
        "event:2025-11-13-aeo-study-launch": (("events", 71),),
    },
    "Meeting of 2 December 2025": {"event:2025-12-02-meeting": (("meetings", 34), ("events", 72))},
    "Women and digitalisation proposal": {
        "document:2025-proposal-women-digitalisation-compendium": (
            ("documents", 45),
            ("events", 73),
            ("initiatives", 37),
        ),
    },
    "Report for MC14": {
        "document:inf-msme-w-64-rev-1": (("documents", 44), ("initiatives", 40)),
    },
    "Cameroon joins": {"membership:cm": (("events", 74),)},
    "Global Trade Helpdesk": {"initiative:global-trade-helpdesk": (("package_2020", 10), ("initiatives", 3))},
    "TPR database": {"initiative:msme-tpr-database": (("package_2020", 11), ("initiatives", 4))},
    "Package sponsors": {
        "claim:package-sponsors-2021-02-18-94-wto-news": (("counts", 37), ("stats", 43)),
        "claim:package-sponsors-2023-03-97-wto-topic-page": (("counts", 27), ("stats", 43), ("sponsors", 2)),
    },
    "Group size": {
        "claim:members-2023-03-98-wto-topic-page": (("counts", 24), ("stats", 39)),
        "claim:members-2023-08-01-98-brief": (("counts", 25), ("stats", 40)),
        "claim:members-2024-07-01-103-wtocenter-400731": (("counts", 31), ("stats", 41)),
    },
    "ICC-WTO Champions 2017-2018": {
        "initiative:icc-wto-small-business-champions-2017": (("initiatives", 13),),
        "event:2017-08-champions-launch": (("events", 4),),
        "event:2017-10-17-champions-selection": (("events", 5),),
        "event:2017-12-12-video-challenge-award": (("events", 6),),
        "event:2018-03-14-champions-selection": (("events", 9),),
        "event:2018-10-04-open-to-export-award": (("events", 12),),
    },
    "TPR reports to the Group": {"review:cn-2024": (("tpr_reports", 10),)},
    "Coordinator, Hong Kong committee seat, Mexico task force": {
        "member:hk": (("people", 12),),
        "member:mx": (("people", 13),),
        **{f"member:{code}": (("people", 14),) for code in ("ar", "br", "cl")},
    },
}

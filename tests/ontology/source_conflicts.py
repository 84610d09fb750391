"""Conflicts numbered in the notes of the source tables, with the place of each in the graph."""

from __future__ import annotations

FOUNDERS = ("founders", {"84", "87", "88"})
MARCH_2023 = ("members", {"97", "98"})
CLAIMED: dict[tuple[str, int], tuple[str, set[str]]] = {
    ("membership", 1): FOUNDERS,
    ("instruments", 1): FOUNDERS,
    ("instruments", 2): MARCH_2023,
    ("initiatives", 1): FOUNDERS,
    ("initiatives", 3): MARCH_2023,
}
"""Conflicts that the query `conflicts` shows: the quantity and its values."""

_EU_ONE = ("claim:draft-adherents-2017-12-11-38-diario-democracia", "count it as one", "計為一")
_EU_COVID = ("claim:covid-statement-sponsors-2020-05-14-49-textilefuture", "the EU as one", "歐盟計為一")
_EU_BRIEF = ("claim:members-2023-08-01-98-brief", "27 member states", "27 個會員國")
_SPONSORS_94 = (
    "claim:package-sponsors-2021-02-18-94-wto-news",
    *("91 members", "91 個會員", "Mauritius", "模里西斯", "Kuwait", "科威特", "Thailand", "泰國"),
)
_SPONSORS_97 = ("claim:package-sponsors-2023-03-97-wto-topic-page", "not named", "連署會員名稱不詳")
_COMPENDIUM_NOTE = (
    "document:inf-msme-w-46-rev-3",
    *("differ on the name", "名稱", "before MC13", "MC13 前", "WTO and ITC", "WTO 及國際貿易中心"),
)
_SHARES = (
    "95 and 60",
    "95% 及 60%",
    "90 and 70",
    "90% 及 70%",
    "two thirds",
    "三分之二",
    "over half",
    "過半",
)

# The entity, then pairs of words that its editorial note has in English and in Chinese.
NOTED: dict[tuple[str, int], tuple[tuple[str, ...], ...]] = {
    ("membership", 2): (
        (
            "claim:members-2020-05-08-over-90-cuts-iisd",
            "91 that Ukraine",
            "烏克蘭",
            "90 of November",
            "11 月之 90",
        ),
        ("claim:members-undated-89-tradedialogues", "no date", "未載日期"),
        ("claim:members-undated-90-tradedialogues", "no date", "未載日期"),
    ),
    ("membership", 3): (
        ("claim:founders-2017-12-13-84-brief", "EU itself is not mentioned", "未提及歐盟本身"),
        _EU_ONE,
        _EU_COVID,
        _EU_BRIEF,
    ),
    ("membership", 4): (
        ("membership:mu", "December 2020", "2020 年 12 月", "from outside the Group", "非小組會員"),
        ("claim:package-endorsers-2020-12-15-91-bahamas-trade-info", "Leaves out Mauritius", "模里西斯"),
    ),
    ("membership", 5): (_SPONSORS_94, _SPONSORS_97),
    ("membership", 6): (
        ("membership:mo", "93 before", "先前 93", "94 in July 2022", "2022 年 7 月為 94"),
        ("claim:members-2022-02-94-mansguideto", "Macao, China", "中國澳門"),
    ),
    ("membership", 7): (
        (
            "claim:members-undated-91-writeups24",
            "total of December 2020",
            "2020 年 12 月之總數",
            "CARIFORUM",
            "CARIFORUM",
        ),
    ),
    ("membership", 8): (
        ("claim:members-undated-4-itc-auc", "Kenya", "肯亞", "fourth is not known", "第四個會員名稱不詳"),
    ),
    ("membership", 9): (
        ("membership:cd", "99th", "第 99", "does not show the name", "未顯示其名稱"),
        ("claim:members-2024-03-99-eximforbes", "not shown", "未顯示"),
    ),
    ("membership", 10): (
        ("membership:gm", "the joining or the conference", "加入或部長會議", "only the year", "僅採年份"),
        ("membership:ge", "the joining or the conference", "加入或部長會議", "only the year", "僅採年份"),
    ),
    ("membership", 11): (
        ("tenure:jose-luis-cancela-gomez", "February 2018 to April 2023", "2018 年 2 月至 2023 年 4 月"),
        ("tenure:matthew-wilson", "April 2023", "2023 年 4 月", "Barbados shows no date", "未顯示日期"),
        ("tenure:hector-casanueva", "foreign minister", "外交部長"),
        ("event:2017-12-11-mc11-proposal", "ambassador", "大使"),
    ),
    ("membership", 13): (
        ("document:2025-draft-annual-report", "104 members", "會員數 104", "not checked", "未經查核"),
        ("claim:members-2025-12-31-104-wtocenter-418340", "draft", "草案"),
    ),
    ("instruments", 8): (
        (
            "document:inf-msme-w-52",
            "regulatory practices",
            "良好法制作業",
            "trade digitalization",
            "貿易數位化",
        ),
    ),
    ("instruments", 9): (_COMPENDIUM_NOTE,),
    ("instruments", 10): (_SPONSORS_94, _SPONSORS_97),
    ("instruments", 11): (("organization:iwg-msmes", "use of the Internet", "網際網路", "seventh", "第七"),),
    ("instruments", 12): (
        (
            "document:inf-msme-w-64-rev-1",
            "draft ministerial statement",
            "部長聲明草案",
            "report",
            "協調人報告",
        ),
    ),
    ("initiatives", 4): (
        _SPONSORS_94,
        _SPONSORS_97,
        ("claim:members-2021-12-93-wtocenter-365100", "January 2022", "2022 年 1 月", "91", "91"),
    ),
    ("initiatives", 5): (
        (
            "initiative:global-trade-helpdesk",
            "2017",
            "2017",
            "2019",
            "2019",
            "MSME Day 2020",
            "2020 年微中小企業日",
        ),
    ),
    ("initiatives", 6): (
        ("initiative:trade4msmes", "planned for MC12", "原定於 MC12", "was not found", "不詳"),
        ("event:2021-12-trade4msmes-launch", "postponed", "延期"),
    ),
    ("initiatives", 7): (
        ("initiative:small-business-champions", "same name", "同名", "2017 and 2018", "2017 至 2018"),
        ("initiative:icc-wto-small-business-champions-2017", "15 or 16 August", "8 月 15 日或 16 日"),
    ),
    ("initiatives", 8): (("initiative:sbc-2022", "25 June", "6 月 25 日", "27 June", "6 月 27 日"),),
    ("initiatives", 9): (("initiative:sbc-2023", "16 March 2022", "2022 年 3 月 16 日", "2023", "2023"),),
    ("initiatives", 10): (("award:2024-clac", "regional network", "區域網絡", "El Salvador", "薩爾瓦多"),),
    ("initiatives", 11): (
        _COMPENDIUM_NOTE,
        ("event:2024-02-women-finance-launch", "before MC13", "MC13 前", "under another title", "名稱亦異"),
    ),
    ("initiatives", 12): (
        (
            "document:2025-aeo-study-report",
            "No Trader Left Behind",
            "No Trader Left Behind",
            "press release",
            "新聞稿",
        ),
    ),
    ("initiatives", 15): (("event:2024-02-26-mc13", "29 February", "2 月 29 日", "extended", "延長"),),
    ("initiatives", 16): (
        ("claim:msme-share-companies-95", *_SHARES),
        ("claim:msme-share-90-70-ilo-1", *_SHARES),
        ("claim:msme-share-itc-2025-2", *_SHARES),
        ("claim:msme-share-aeo-study-2", *_SHARES),
    ),
    ("initiatives", 17): (
        ("claim:smallholders-share-8-5", "half", "半數", "wider group", "涵蓋較廣"),
        ("claim:rural-msmes-half", "8.5", "8.5", "wider group", "較小農為廣"),
    ),
}

_US_WELCOME = (
    "membership:us",
    "msme:notBefore",
    "2023-03-01",
    "source:wto-org-english-news-e-news23-e-igmsm-15mar23-e-htm",
)
_WILSON_APRIL = ("tenure:matthew-wilson", "msme:notBefore", "2023-04-01", "brief:1-3")
_COM_10 = (
    "document:inf-msme-w-58",
    "msme:symbol",
    "INF/TGE/COM/10",
    "source:globebanner-com-stories-665322589-small-business-gr-64e42466",
)
_COM_11 = (
    "document:inf-msme-w-58",
    "msme:symbol",
    "INF/TGE/COM/11",
    "source:web-wtocenter-org-tw-page-18079-404353",
)
_DURBAN = (
    "event:2025-07-22-global-sme-ministerial",
    "msme:place",
    "Durban",
    "source:msmenews-sbs-wto-2025-news-items-9",
)
_FEBRUARY_NEWS = "source:wto-org-english-news-e-news22-e-msmes-08feb22-e-htm"
_COMPENDIUM = (
    "document:inf-msme-w-46-rev-3",
    "msme:notBefore",
    "2024-02-26",
    "source:globebanner-com-stories-659305111-trade-group-advan-eb438daa",
)
OWN_VALUES: dict[tuple[str, int], tuple[tuple[str, str, str, str], ...]] = {
    ("membership", 11): (
        _WILSON_APRIL,
        (
            "tenure:jose-luis-cancela-gomez",
            "msme:endNotAfter",
            "2023-04-30",
            "source:wto-org-english-tratop-e-msmes-e-msmes-e-htm",
        ),
    ),
    ("membership", 12): (_US_WELCOME,),
    ("instruments", 3): (_US_WELCOME,),
    ("instruments", 4): (
        _WILSON_APRIL,
        (
            "tenure:matthew-wilson",
            "msme:notBefore",
            "2023-04-01",
            "source:wto-org-english-tratop-e-msmes-e-msmes-e-htm",
        ),
    ),
    ("instruments", 5): (_COM_10, _COM_11),
    ("instruments", 6): (
        ("review:ru-2021", "msme:notAfter", "2021-11-30", _FEBRUARY_NEWS),
        ("review:cn-2021", "msme:notAfter", "2021-11-30", _FEBRUARY_NEWS),
    ),
    ("instruments", 7): (_DURBAN,),
    ("initiatives", 2): (_US_WELCOME,),
    ("initiatives", 9): (
        (
            "event:2023-03-16-champions-launch",
            "msme:notBefore",
            "2022-03-16",
            "source:unric-org-en-2023-small-business-champions-competition",
        ),
    ),
    ("initiatives", 11): (_COMPENDIUM,),
    ("initiatives", 13): (_COM_10, _COM_11),
    ("initiatives", 14): (_DURBAN,),
    ("initiatives", 15): (
        (
            "event:2022-06-12-mc12",
            "msme:endNotAfter",
            "2022-06-15",
            "source:leconomistebenin-com-promotion-des-mpme-six-declara-558ba4cd",
        ),
    ),
}
"""Conflicts about dates, places and symbols: entity, property, and the value that a source states instead."""

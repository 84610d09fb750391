"""The atomic statements of the brief by passage, each with the words that a note of its date must have.

Made by reading the brief. Words are compared without blanks and without regard to capitals; ``|`` separates
the wordings of the full and the short note.
"""

from __future__ import annotations

STATEMENTS: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
    ("1(1)", "December 2017", ("2017年12月",), ("December 2017",)),
    (
        "1(1)",
        "at the 11th Ministerial Conference",
        ("第11屆部長會議（MC11）",),
        ("11th Ministerial Conference (MC11)|Eleventh Ministerial Conference (MC11)",),
    ),
    (
        "1(1)",
        "the declaration's title",
        (
            "有關建立MSMEs之WTO非正式工作計畫宣言",
            "Declaration on the Establishment of a WTO Informal Work Programme for MSMEs",
        ),
        ("Declaration on the Establishment of a WTO Informal Work Programme for MSMEs",),
    ),
    ("1(1)", "its symbol", ("WT/MIN(17)/58",), ("WT/MIN(17)/58",)),
    (
        "1(1)",
        "84 Members",
        ("聯合發表之會員為84個|聯合發表宣言之會員為84個",),
        ("Issued jointly by 84 Members",),
    ),
    (
        "1(1)",
        "Chinese Taipei is one of them",
        ("2017年12月13日加入之會員計42個|2017年12月13日加入者42個", "中華臺北"),
        ("Joined on 13 December 2017", "Chinese Taipei"),
    ),
    (
        "1(1)",
        "the then 28 states of the EU too",
        ("含當時歐洲聯盟28個會員國",),
        ("28 member states of the European Union",),
    ),
    ("1(1)", "heads of delegation", ("代表團團長",), ("heads of delegation",)),
    (
        "1(1)",
        "issued jointly",
        ("代表團團長於MC11聯合發表|設立小組；聯合發表宣言之會員",),
        ("Issued jointly by the heads of delegation|the declaration was issued jointly",),
    ),
    (
        "1(1)",
        "the Group is set up in the WTO",
        (
            "決定成立「MSMEs非正式工作小組」",
            "Informal Working Group on Micro, Small and Medium-sized Enterprises",
            "IWG on MSMEs",
        ),
        ("set up the Informal Working Group on Micro, Small and Medium-sized Enterprises", "IWG on MSMEs"),
    ),
    (
        "1(1)",
        "open to all WTO Members",
        ("開放供所有世界貿易組織會員參與",),
        ("is open to all Members of the World Trade Organization",),
    ),
    ("1(2)", "area 1", ("1.改善MSMEs獲得資訊的能力",), ("Improved access to information for MSMEs",)),
    (
        "1(2)",
        "area 2",
        ("2.促進對MSMEs而言更可預測之監管環境",),
        ("More predictable regulatory environment for MSMEs",),
    ),
    ("1(2)", "area 3", ("3.降低MSMEs之貿易成本",), ("Lower trade costs for MSMEs",)),
    ("1(2)", "area 4", ("4.促使MSMEs更易獲得貿易融資",), ("Better access to trade finance for MSMEs",)),
    (
        "1(2)",
        "area 5",
        ("5.透過WTO貿易政策檢討（TPR）解決對MSMEs具特殊利益的議題",),
        ("issues of particular interest to MSMEs through WTO Trade Policy Reviews",),
    ),
    (
        "1(2)",
        "area 6",
        ("6.在技術協助和能力建構倡議納入MSMEs在貿易上的需求及挑戰",),
        ("MSME trade needs in technical assistance and capacity building",),
    ),
    ("1(3)", "since April 2023", ("自2023年4月26日起",), ("since 26 April 2023",)),
    (
        "1(3)",
        "Barbados's ambassador to the WTO",
        ("由巴貝多駐WTO代表團大使",),
        ("of Barbados (Ambassador and Permanent Representative",),
    ),
    (
        "1(3)",
        "Matthew Wilson coordinates",
        ("Matthew Wilson擔任小組協調人",),
        ("Coordinator of the Group", "Matthew Wilson"),
    ),
    ("1(3)", "98 members", ("會員總數為98個",), ("98 members",)),
    (
        "1(3)",
        "the EU and its 27 states too",
        ("含歐洲聯盟及其27個會員國",),
        ("including the European Union and its 27 member states",),
    ),
    (
        "1(3)",
        "the United States, December 2022",
        ("2022年12月加入之會員計1個：美國|美國於2022年12月加入",),
        ("Joined in December 2022 (1): United States|United States joined in December 2022",),
    ),
    (
        "2(1)",
        "the declaration's title and symbol",
        (
            "「微中小企業宣言」終版草案",
            "Final Draft Declaration on Micro, Small and Medium-sized Enterprises，INF/MSME/W/36",
        ),
        ("Final Draft Declaration on Micro, Small and Medium-sized Enterprises", "INF/MSME/W/36"),
    ),
    (
        "2(1)",
        "passed on 24 September 2021",
        ("會員於2021年9月24日通過「微中小企業宣言」終版草案",),
        ("adopted on 24 September 2021",),
    ),
    ("2(1)", "announces six plans", ("本宣言宣布小組推動之6項工作計畫",), ("announces the six work plans",)),
    ("2(1)", "and future priorities", ("未來工作重點",), ("the priorities of its future work",)),
    (
        "2(1)1",
        "December 2020, as a single undertaking",
        ("2020年12月採「單一認諾」通過之6項工作計畫",),
        ("six texts of December 2020, adopted by the Group as a single undertaking",),
    ),
    (
        "2(1)1",
        "to help MSMEs trade",
        ("以利MSMEs有效參與國際貿易",),
        ("to help MSMEs participate effectively in international trade",),
    ),
    (
        "2(1)1",
        "named recommendations or declarations",
        ("以Recommendation或Declaration為名",),
        ("six recommendations and declarations",),
    ),
    (
        "2(1)1",
        "supports or welcomes others",
        ("Trade4MSMEs資訊平台、GTH、TPR Database等既有或推動中之計畫表示支持或歡迎",),
        (
            "supports or welcomes schemes that exist or are under way",
            "Trade4MSMEs, the Global Trade Helpdesk, the TPR Database and others",
        ),
    ),
    (
        "2(1)2",
        "core subjects",
        ("聚焦於對MSMEs具核心重要性之議題",),
        ("focus on issues of core importance to MSMEs",),
    ),
    (
        "2(1)2",
        "action that helps them trade",
        ("確認有助其參與國際貿易之行動",),
        ("identify action that helps them participate in international trade",),
    ),
    ("2(1)2", "dialogue with the private sector", ("與私人部門對話",), ("dialogue with the private sector",)),
    (
        "2(1)2",
        "work with Secretariat and organizations",
        ("與秘書處和國際組織合作",),
        ("cooperation with the Secretariat and international organizations",),
    ),
    (
        "2(1)3",
        "monitoring",
        ("持續監督6項工作計畫之執行",),
        ("monitor the implementation of the six texts",),
    ),
    (
        "2(1)4",
        "outreach",
        ("繼續外伸（reach out），爭取更多WTO會員參與",),
        ("continues its outreach so that more WTO Members take part",),
    ),
    (
        "2(1)5",
        "the pandemic and recovery",
        ("支持MSMEs因應新冠疫情衝擊及經濟復甦",),
        ("Supports MSMEs in the pandemic and the recovery",),
    ),
    (
        "2(1)5",
        "an open trading environment",
        ("積極促進開放之貿易環境",),
        ("active part in promoting an open trading environment",),
    ),
    (
        "2(1)5",
        "resilient value chains",
        ("具韌性且永續之價值鏈",),
        ("resilient and sustainable value chains",),
    ),
    (
        "2(1)6",
        "online platforms",
        ("利用線上貿易推廣及資訊平台",),
        ("online platforms for trade promotion and information",),
    ),
    (
        "2(1)6",
        "transparent, predictable regulation",
        ("更透明、更可預測之監管環境",),
        ("regulatory environment that increases transparency and predictability",),
    ),
    ("2(2)", "a new plan for 2023", ("2023年工作計畫",), ("2023 work programme",)),
    (
        "2(2)1",
        "access to information",
        ("1促進微中小企業對資訊之取得|1.促進微中小企業對資訊之取得",),
        ("1 Promote MSMEs' access to information|1. Promote MSMEs' access to information",),
    ),
    ("2(2)1", "Trade4MSMEs", ("強化Trade4MSMEs資訊平台",), ("Strengthen the Trade4MSMEs platform",)),
    (
        "2(2)1",
        "the Helpdesk",
        ("對「全球貿易資訊平台」（Global Trade Helpdesk）提供更多支持",),
        ("More support for the Global Trade Helpdesk",),
    ),
    (
        "2(2)2",
        "capacity",
        ("2建構微中小企業進入國際貿易之能力|2.建構微中小企業進入國際貿易之能力",),
        ("2 Build MSMEs' capacity to enter|2. Build MSMEs' capacity to enter", "international trade"),
    ),
    (
        "2(2)2",
        "handbooks for both",
        ("Trade4MSMEs資訊平台使用手冊（供微中小企業及政策制定者使用）",),
        ("handbooks for MSMEs and for policymakers",),
    ),
    (
        "2(2)2",
        "AEO",
        ("如何將微中小企業納入各國安全認證優質企業（AEO）的良好實踐概要",),
        ("good practices on integrating MSMEs into AEO programmes",),
    ),
    (
        "2(2)3",
        "guidance",
        ("3提供政策指引|3.提供政策指引", "持續深入探討與微中小企業有關之貿易議題", "建議性質之政策指引"),
        (
            "3 Provide policy guidance|3. Provide policy guidance",
            "in-depth work on trade topics of concern to MSMEs",
            "advisory policy guidance",
        ),
    ),
    (
        "2(2)3",
        "trade agreements",
        ("區域貿易協定中之微中小企業條款",),
        ("MSME provisions in regional trade agreements",),
    ),
    ("2(2)3", "sustainability", ("3.2永續性",), ("3.2 Sustainability",)),
    ("2(2)3", "rural MSMEs", ("3.3鄉村微中小企業",), ("3.3 Rural MSMEs",)),
    (
        "2(2)3",
        "low-value shipments",
        ("3.4低價值貨運快速通關",),
        ("3.4 Fast clearance of low-value shipments",),
    ),
    ("2(2)3", "digitalization", ("3.5電子化",), ("3.5 Digitalization",)),
    (
        "2(2)4",
        "the package of 2020",
        ("4執行2020年12月工作計畫|4.執行2020年12月工作計畫",),
        ("4 Implement the December 2020 package|4. Implement the December 2020 package",),
    ),
    (
        "2(2)4",
        "reviews",
        ("持續邀請會員報告其貿易政策檢討報告中有關微中小企業環節",),
        ("Invite Members to report on the MSME content of their Trade Policy Reviews",),
    ),
    (
        "2(2)5",
        "exchange",
        ("5強化與私部門及其他利害關係人之交流|5.強化與私部門及其他利害關係人之交流",),
        (
            "5 Strengthen exchange with the private|5. Strengthen exchange with the private",
            "and other stakeholders",
        ),
    ),
    (
        "2(2)5",
        "the network",
        ("透過Trade4MSMEs資訊平台強化與其他國際組織間之網絡",),
        ("network with international organizations through Trade4MSMEs",),
    ),
    (
        "2(2)5",
        "annual meetings and other channels",
        ("透過年度會議及其他通訊模式持續強化與私部門之交流",),
        ("Annual meeting and other channels with the private sector",),
    ),
]
"""Passage, what it states, and the words for it in zh-Hant and in en."""

PASSAGES = [
    *("1(1)", "1(2)", "1(3)", "2(1)", *(f"2(1){number}" for number in range(1, 7))),
    *("2(2)", *(f"2(2){number}" for number in range(1, 6))),
]
"""The passages of the brief."""

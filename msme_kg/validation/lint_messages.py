"""How grave each fault of a file is, and what is said of it in each language."""

from __future__ import annotations

from collections.abc import Mapping

_LIST_MESSAGES = {
    "circle": (
        "The list runs in a circle. Let its last node end with rdf:nil.",
        "清單首尾循環。請使其末一節點以 rdf:nil 結束。",
    ),
    "endless": (
        "The list leads to something that is no list. End it with rdf:nil.",
        "清單之後續並非清單。請以 rdf:nil 結束。",
    ),
    "forked": (
        "A node of the list has two members or two rests. Keep one of them.",
        "清單之同一節點有二項成員或二項後續。請僅保留其一。",
    ),
    "incomplete": (
        "A node of the list lacks rdf:first or rdf:rest. Write the list as ( … ).",
        "清單之節點缺少 rdf:first 或 rdf:rest。請以 ( … ) 書寫清單。",
    ),
    "nil": (
        "rdf:nil, the empty list, has a member or a rest. Remove the statement.",
        "空清單 rdf:nil 具有成員或後續。請刪除該陳述。",
    ),
    "shared": (
        "Two lists share an end. Write each list by itself.",
        "二清單共用末段。請分別書寫各清單。",
    ),
}

LINT_RULES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    rule: (severity, {"en": english, "zh-Hant": chinese})
    for rule, severity, english, chinese in (
        (
            "bidi-control",
            "warning",
            "A character that turns the direction of writing: what is shown is not what is said. Remove it.",
            "文字含有改變書寫方向之字元，顯示內容與實際內容不符。請刪除該字元。",
        ),
        (
            "control-character",
            "warning",
            "A control character, or a code that is no character. Remove it.",
            "文字含有控制字元或非字元之編碼。請刪除之。",
        ),
        (
            "empty",
            "warning",
            "The file has no statement. Remove it, or restore what it said.",
            "檔案無任何陳述。請刪除該檔案，或還原其內容。",
        ),
        (
            "imports",
            "info",
            "owl:imports is ignored: nothing is fetched. Name the other file beside this one.",
            "owl:imports 不予處理，系統不擷取任何外部資料。請一併指定該檔案。",
        ),
        (
            "invisible-character",
            "warning",
            "A character that cannot be seen. Texts that look alike will differ: remove it.",
            "文字含有不可見字元，外觀相同之文字將有差異。請刪除該字元。",
        ),
        (
            "iri-scheme",
            "warning",
            "An IRI that runs, holds or opens something on the reader's machine. Use http or https.",
            "IRI 將於讀者電腦執行、夾帶或開啟內容。請改用 http 或 https。",
        ),
        (
            "look-alike",
            "warning",
            "Letters of different scripts that look alike in one word. Write the word in one script.",
            "同一字詞混用不同文字系統之相似字母。請以單一文字系統書寫。",
        ),
        (
            "namespace-scheme",
            "warning",
            "A well-known namespace with http and https exchanged: it is another name. Use the right one.",
            "通用命名空間之 http 與 https 誤植，將成為另一名稱。請更正。",
        ),
        (
            "not-nfc",
            "warning",
            "The text is not in Unicode normal form NFC. Normalize it, or equal texts will differ.",
            "文字未採 Unicode 正規化形式 NFC，相同文字將被視為相異。請予正規化。",
        ),
        (
            "prefix-foreign",
            "warning",
            "A well-known prefix stands for another namespace. Choose another prefix.",
            "通用前綴被指定為其他命名空間。請改用其他前綴。",
        ),
        (
            "prefix-rebound",
            "warning",
            "A prefix changes its namespace within the file. Give the second one another prefix.",
            "同一檔案內之前綴先後指定為不同命名空間。請為後者另訂前綴。",
        ),
        (
            "replacement-character",
            "warning",
            "A replacement character: the text was damaged by a conversion. Restore the original.",
            "文字含有替代字元，內容已於轉碼時毀損。請還原原文。",
        ),
        (
            "shape",
            "violation",
            "A SHACL statement in the data. Give shapes in a file of their own, with --shapes.",
            "資料中有 SHACL 陳述。形狀應置於另一檔案，並以 --shapes 指定。",
        ),
        (
            "twin-iri",
            "warning",
            "Two IRIs look the same and differ in Unicode form only. Write both in NFC.",
            "二 IRI 外觀相同，僅 Unicode 形式有別。請均以 NFC 書寫。",
        ),
        *((f"list-{kind}", "violation", *words) for kind, words in _LIST_MESSAGES.items()),
    )
}
"""For each rule the severity and the message by language."""

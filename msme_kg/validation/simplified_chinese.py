"""Simplified Chinese characters, which a text in Traditional Chinese must not contain."""

from __future__ import annotations

_NEUTRAL_CHARS = frozenset(
    "丨丬丶丿亠亻仫伲倮傈冂冖冫凇凼刂劐勐勹卟卩厶吖吡吣吲呋咔咣咴哌哐哚唣唿啉喹嗪嗬嗵嘞嘣嘭噍噔噻噼嚯坂垡垧埝埯塄塬墒墚夂宀尜岙岜峁崾"
    "嵛嵴巛幞幺廴彐彡忄憷扌揞揸擀攴攵敫晗桊桕榀榘檫毪氵氽沲浜溻漤灬炻烀煅煊煳煺熘犏犟犭狍猸猹珉珏甙畲疃疒痃癀癍癔癯着睃砘砹砼硇硷碹磙"
    "礴礻筢筻箢篼罱耠耥耱肀肟肷肼肽胩胬脎脒脲腈腙腚膪臁舭舾艹芪苄苊苘苷茚莜萘萜葜蒈蒽蔸藁蝰蝽螋蟮衤踺軎辶郄酞酰酶醌鐾阝鞴骶骺鬏黢鼗齄"
)
"""Characters of GB 2312 that Big5 lacks and that have no Traditional form: radicals, names, chemistry."""
_RARE_IN_TRADITIONAL = frozenset("与万价优体宁异怀惊扰机极构洁确离种触")
"""Simplified characters that Big5 has as other characters, none of them in current use."""
_passed: set[str] = set()
"""Characters that have been found not to be Simplified, for few texts have others."""


def is_traditional_chinese(tag: str | None) -> bool:
    """Return whether a language tag is ``zh-Hant`` or begins with it (RFC 4647 §3.3.1)."""
    return tag is not None and f"{tag}-".lower().startswith("zh-hant-")


def find_simplified(text: str) -> str:
    """Return the first Simplified character of a text; empty if there is none.

    A character is Simplified if GB 2312 has it and Big5, as Taiwan uses it, has not. What both writing
    systems share passes, such as 后, 台, 里, 只 and 干.
    """
    if _passed.issuperset(text):
        return ""
    found = next(filter(_is_simplified, text), "")
    if not found:
        _passed.update(text)
    return found


def _is_simplified(char: str) -> bool:
    if not "\u4e00" <= char <= "\u9fff":
        return False
    is_in_gb2312, is_in_big5 = (_can_encode(char, encoding) for encoding in ("gb2312", "cp950"))
    return char in _RARE_IN_TRADITIONAL or (is_in_gb2312 and not is_in_big5 and char not in _NEUTRAL_CHARS)


def _can_encode(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True

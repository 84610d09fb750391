"""The vocabularies are complete schemes, and Chinese is written as in Taiwan, with full-width punctuation."""

from __future__ import annotations

import re
from collections import defaultdict

import pyoxigraph as ox
import pytest

from ontology.content import BASE, Content

VOCAB = f"{BASE}vocab/"
LANGUAGES = ("en", "zh-hant")
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

# Common characters that only the simplified script has: none of them is also a traditional one
# (so neither 后 nor 里, 干, 台, 系, 面, 谷, 云, 准, 志, 复, 丑, 板, 家, 困).
SIMPLIFIED = frozenset(
    "与专业丛东丝丢两严丧个丰临为举义乌乐乔习乡书买乱争于亏亚产亩亲亿仅从仑仓仪们价众优伙会伞伟传伤伦伪体余佣侠侣"
    "侥侦侧侨俭债倾偿储儿兑党兰关兴养兽冈册写军农冯冲决况冻净凉减凑凤凭凯击刘则刚创删别剂剧劝办务动励劲劳势勋匀区医"
    "华协单卖卢卫却厂厅历厉压厌厕厢县参双发变叙叶号叹吁听启吴呐员响哗唤啸喷嘱团园围国图圆圣场坏块坚坛坝坟坠垄垒垦"
    "垫墙壮声壳处备够头夸夹夺奋奖妆妇妈姗娄娱婴学宁宝实宠审宪宫宽宾寝对寻导寿将尔尘尝层属岁岂岗岛岭峡币帅师帐带帮"
    "庄庆库应庙庞废开异弃张弥弯弹强归当录彻径忆忧怀态怜总恋恳恶悬惊惧惩惯愿懒戏战户扑执扩扫扬扰抚抛抢护报担拟拥择"
    "挂挤挥损换据掷摄摆摇撑敌数斋斗断无旧时旷昼显晋晒晓晕暂术机杀杂权条来杨极构枪柜标栈栋树样档桥检楼横欢欧残毁毕"
    "气汇汉汤沟没沪泪泻泽洁浅测济浓涛润涨渐渔温湾湿满滚滤滥滨灭灯灵灾炉点炼烂烟烦烧热爱爷牵状犹狭独狮猎猪献环现玛"
    "电画畅疗疯盐监盖盘着睁矫矿码砖础硕确礼祸禅离种积称稳穷窃窑竞笔笼筑签简粮粪紧纠红约级纪纤纯纲纳纵纷纸纹纺线练组"
    "细织终绍经结绕绘给络绝统继绩续维绵综绿缓编缘缩罗罚罢职联肃肠肤肾胁胆胜脑脏脚脱腾舰艰艺节芦苏苹茧荐荣药莱获营"
    "萨蓝虑虽虾蚀补装袭见观规视览觉触计订认讨让训议讯记讲许论设访证评识诉词译试诗诚话询该详语误说请诸课调谈谢谨谱"
    "负贡财责贤败货质贩贪购贯贵贸费贺资赏赔赖赛赞赢赵趋跃践车轨转轮软轻载较辅辆输辑边达迁过迈运还这进远违连迟选逊"
    "递逻遗邓邮邻郑酱释鉴针钟钢钱铁铜银销锁锋错键镇镜长门问间闭闲闻阅队阳阴阵阶际陆陈险随难雾静韩页顶项顺须顾预领"
    "频题颜额风飞饭饮饰馆马驱驶驻验骤鱼鲁鸟鸡麦黄齐龙龟"
)
# Characters of the string that are also traditional ones, in names or other words: removed again.
BOTH = frozenset("于余叶吁夸斗种症晒")
ONLY_SIMPLIFIED = SIMPLIFIED - BOTH

HALF_WIDTH = re.compile(rf"(?<=[{CJK}])\s*[,;?!]\s*(?=[{CJK}])")
COLON_OR_STOP = re.compile(rf"(?<=[{CJK}])[:.](?=[{CJK}])|[{CJK}]\.$")
BRACKETS = re.compile(rf"\([{CJK}][^()]*\)|\([^()]*[{CJK}]\)")
BEFORE_MARK = re.compile(r"\s[，。；：？！、」』）]|[「『（]\s|\S  +\S")


def chinese(content: Content) -> list[tuple[str, str]]:
    """Return each Chinese literal with its location."""
    return [
        (f"{name}: {triple.subject.value.removeprefix(BASE)} {triple.predicate.value}", triple.object.value)
        for triple, name in content.triples
        if isinstance(triple.object, ox.Literal) and (triple.object.language or "").lower().startswith("zh")
    ]


def complaints(texts: list[tuple[str, str]], fault: re.Pattern[str]) -> list[str]:
    return [f"{place}: …{match[0]}… in {text!r}" for place, text in texts if (match := fault.search(text))]


@pytest.fixture(scope="module")
def texts(everything, root) -> list[tuple[str, str]]:
    """Return each Chinese text of ontology, shapes, data and queries."""
    texts = chinese(everything)
    for path in sorted((root / "queries").rglob("*.rq")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(f"[{CJK}]", line):
                place = f"{path.relative_to(root).as_posix()}:{number}"
                # The header is YAML in flow style: its values.
                for part in re.split(r"(?:^|[{,])\s*(?:#\+\s*)?[\w-]+:\s", line):
                    texts.append((place, part.strip(" {}\"'")))
    return texts


@pytest.fixture(scope="module")
def vocab(root) -> Content:
    return Content(root, sorted((root / "ontology" / "vocab").glob("*.ttl")))


def test_each_file_is_the_scheme_named_after_it(root):
    for path in sorted((root / "ontology" / "vocab").glob("*.ttl")):
        content = Content(root, [path])
        scheme = f"{VOCAB}{path.stem}"
        assert content.of_class("skos:ConceptScheme") == [scheme], (
            f"{path.name} holds the scheme of its name, alone"
        )
        concepts = content.of_class("skos:Concept")
        assert concepts, f"{path.name}: a scheme without a concept"
        for concept in concepts:
            assert concept.startswith(f"{scheme}/"), f"{path.name}: {concept} belongs to another scheme"
            assert content.values(concept, "skos:inScheme") == [scheme], f"{concept}: say its scheme, once"


def test_each_concept_and_scheme_has_one_label_and_definition_in_each_language(vocab):
    for thing in vocab.of_class("skos:Concept") + vocab.of_class("skos:ConceptScheme"):
        assert sorted(
            (term.language or "").lower() for term in vocab.objects(thing, "skos:prefLabel")
        ) == list(LANGUAGES), f"{thing}: one skos:prefLabel in en and one in zh-Hant"
        definitions = vocab.objects(thing, "skos:definition", "skos:scopeNote")
        assert sorted((term.language or "").lower() for term in definitions) == list(LANGUAGES), (
            f"{thing}: what it means, twice"
        )


def test_labels_and_notations_are_unique_in_a_scheme(vocab):
    for scheme in vocab.of_class("skos:ConceptScheme"):
        concepts = vocab.subjects("skos:inScheme", scheme)
        seen: dict[tuple[str, str], list[str]] = defaultdict(list)
        for concept in concepts:
            notation = vocab.get_only_value(concept, "skos:notation")
            assert notation == concept.removeprefix(f"{scheme}/"), (
                f"{concept}: its notation is the end of its IRI"
            )
            for language in LANGUAGES:
                for label in vocab.text(concept, "skos:prefLabel", language):
                    seen[language, label.casefold()].append(concept)
        assert not {key: concepts for key, concepts in seen.items() if len(concepts) > 1}


def test_each_scheme_has_its_top_concepts(vocab):
    for scheme in vocab.of_class("skos:ConceptScheme"):
        for concept in vocab.subjects("skos:inScheme", scheme):
            broader = vocab.values(concept, "skos:broader")
            tops = vocab.values(concept, "skos:topConceptOf")
            assert tops == ([] if broader else [scheme]), (
                f"{concept}: a top concept of its scheme or one below another"
            )
            strange = set(broader) - set(vocab.subjects("skos:inScheme", scheme))
            assert not strange, f"{concept}: its broader concept is one of the same scheme"


def test_each_concept_in_use_is_defined(asked):
    defined = set(asked.of_class("skos:Concept"))
    used = {
        triple.object.value
        for triple in asked
        if isinstance(triple.object, ox.NamedNode)
        and triple.object.value.startswith(VOCAB)
        and "/" in triple.object.value.removeprefix(VOCAB)
    }
    assert not used - defined, "define the concept under ontology/vocab/"


def test_there_are_six_work_areas(vocab):
    areas = vocab.subjects("skos:inScheme", f"{VOCAB}work-area")
    assert areas == [f"{VOCAB}work-area/{number}" for number in range(1, 7)]


def test_list_of_simplified_characters_is_correct():
    assert len(ONLY_SIMPLIFIED) > 500
    traditional = "本圖記載會員參與小組之時間與來源，貿易政策檢討、區域協定、資訊平臺、後續復甦與發展"
    assert not ONLY_SIMPLIFIED & set(traditional)
    assert ONLY_SIMPLIFIED & set("会员参与小组之时间与来源，贸易政策检讨") >= set(
        "会员参与组时间来贸检讨"
    ) - set("来")


def test_no_simplified_characters(texts):
    faults = [
        f"{place}: {''.join(sorted(ONLY_SIMPLIFIED & set(text)))} in {text!r}"
        for place, text in texts
        if ONLY_SIMPLIFIED & set(text)
    ]
    assert not faults, "write the traditional characters:\n" + "\n".join(faults)


def test_no_half_width_punctuation_between_chinese_characters(texts):
    faults = complaints(texts, HALF_WIDTH) + complaints(texts, COLON_OR_STOP) + complaints(texts, BRACKETS)
    assert not faults, "write ，；？！：。（）:\n" + "\n".join(faults)


def test_no_stray_spaces_in_chinese(texts):
    faults = complaints(texts, BEFORE_MARK)
    assert not faults, "take the space out:\n" + "\n".join(faults)


def test_a_space_between_chinese_and_latin_letters_and_digits(everything):
    """One style in data and terms: a space between Chinese and Latin letters or digits."""
    tight = re.compile(rf"[{CJK}][A-Za-z0-9]|[A-Za-z0-9%][{CJK}]")
    faults = complaints(
        [text for text in chinese(everything) if not text[0].startswith("ontology/shapes/")], tight
    )
    assert not faults, "put a space between:\n" + "\n".join(faults)


def test_language_tags_have_one_spelling(root):
    """The parser lower-cases tags, so they are read from the text of the files."""
    for folder in ("ontology", "data"):
        for path in sorted((root / folder).rglob("*.ttl")):
            tags = set(re.findall(r'"@([A-Za-z]+(?:-[A-Za-z0-9]+)*)', path.read_text(encoding="utf-8")))
            assert tags <= {"en", "zh-Hant"}, f"{path.relative_to(root)}: only en and zh-Hant, spelt so"

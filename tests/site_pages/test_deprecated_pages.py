"""Pages of deprecated entities: a notice with links; no list, count, search, sitemap or index has them."""

from __future__ import annotations

import re

import pytest

import msme_kg
from site_pages.built import BASE, PAGES, Built, get_folder
from site_pages.small import small_root

OLD, NEW, NEWER, LONE = "member/zw", "member/vn", "member/vu", "member/zm"
STATEMENTS = f"""
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@base <{BASE}> .
<{OLD}> owl:deprecated true ; dcterms:isReplacedBy <{NEW}> , <{NEWER}> ; foaf:page <{NEW}> .
<{LONE}> owl:deprecated true .
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("site")
    root = small_root(folder / "graph")
    (root / "data" / "actors" / "deprecated.ttl").write_text(STATEMENTS, "utf-8")
    msme_kg.open(root).site(folder / "site", base_url="https://data.example.org/")
    return Built(folder / "site", root)


def find_notice(page: str) -> str:
    match = re.search(r'<p class="deprecated">.*</p>', page)
    return match[0] if match else ""


def test_notice_links_to_what_replaces_it(built: Built) -> None:
    labels = {"en": ("Viet Nam", "Vanuatu"), "zh-Hant": ("越南", "萬那杜")}
    words = {"en": ("Deprecated, replaced by ", ", ", "."), "zh-Hant": ("已停用，由", "、", "取代。")}
    unreplaced = {"en": "Deprecated: nothing replaces it.", "zh-Hant": "已停用，無取代之事物。"}
    for lang, file in PAGES.items():
        page = built.pages[f"{OLD}/{file}"]
        before, between, after = words[lang]
        links = [
            f'<a href="../../{iri}/{file}">{label}</a>'
            for iri, label in sorted(zip((NEW, NEWER), labels[lang], strict=True), key=lambda pair: pair[0])
        ]
        assert find_notice(page) == f'<p class="deprecated">{before}{between.join(links)}{after}</p>'
        assert '<meta name="robots" content="noindex">' in page
        assert 'http-equiv="refresh"' not in page
        assert find_notice(built.pages[f"{LONE}/{file}"]) == f'<p class="deprecated">{unreplaced[lang]}</p>'


def test_pages_of_current_entities_have_no_notice(built: Built) -> None:
    noticed = {name for name, page in built.pages.items() if find_notice(page) or "noindex" in page}
    # Terms of the shipped ontology are deprecated too.
    folders = {get_folder(iri) for iri in built.deprecated}
    assert {OLD, LONE} == {folder for folder in folders if not folder.startswith("ontology/")}
    assert noticed == {f"{folder}/{file}" for folder in folders for file in PAGES.values()}


def test_lists_and_searches_and_the_sitemap_leave_it_out(built: Built) -> None:
    for old in (OLD, LONE):
        for file in PAGES.values():
            linking = {
                name
                for name, page in built.pages.items()
                if name.endswith(file) and old not in name and re.search(rf'href="[^"]*{old}/{file}"', page)
            }
            assert linking == set()
    for table in ("member/member.csv", "search/search.csv"):
        text = (built.folder / table).read_text("utf-8")
        assert f"{BASE}{NEW}," in text
        assert f"{BASE}{OLD}," not in text
    sitemap = (built.folder / "sitemap.xml").read_text("utf-8")
    assert f"/{NEW}/" in sitemap
    assert f"/{OLD}/" not in sitemap


def test_counts_leave_it_out_and_dumps_keep_it(built: Built) -> None:
    members = len(re.findall(r"^member:", (built.root / "data/actors/members.ttl").read_text("utf-8"), re.M))
    listed = (built.folder / "member" / "member.csv").read_text("utf-8").count(f"\n{BASE}member/")
    class_page = built.pages["ontology/WTOMember/index.html"]
    counted = re.search(r"<dt>Instances</dt><dd>(\d+)</dd>", class_page)
    assert counted
    assert int(counted[1]) == members - 2 + 1  # and one that is hostile
    assert listed >= int(counted[1])
    assert f"<{BASE}{OLD}>" in (built.folder / "dump" / "msme-kg.nt").read_text("utf-8")
    assert "owl:deprecated true" in (built.folder / OLD / "index.ttl").read_text("utf-8")

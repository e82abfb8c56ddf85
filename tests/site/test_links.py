"""Every link within the built site leads somewhere, and nothing is asked of another host."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

pytestmark = pytest.mark.acceptance


@cache
def parsed(page: Path) -> LexborHTMLParser:
    """Return a built page, parsed once."""
    return LexborHTMLParser(page.read_text("utf-8"))


@cache
def ids(page: Path) -> frozenset[str]:
    """Return what a link into a page may name."""
    return frozenset(node.attributes["id"] or "" for node in parsed(page).css("[id]"))


def test_every_link_leads_to_a_place(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    lost = [f"{page.relative_to(site)}: {link}" for page in pages for link in _lost(page)]
    assert lost == []


def _lost(page: Path) -> list[str]:
    lost = []
    for link in {node.attributes["href"] or "" for node in parsed(page).css("a[href]")}:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in ids(target)):
            lost.append(link)
    return lost


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loaded = [
        f"{page.relative_to(site)}: {address}"
        for page in site.rglob("*.html")
        for node in parsed(page).css("[src], link[href]")
        if (address := node.attributes.get("src") or node.attributes.get("href") or "")
        and urlsplit(address).netloc
    ]
    assert loaded == []


def test_no_style_loads_from_another_host(site: Path) -> None:
    styles = {
        page.parent / urlsplit(node.attributes["href"] or "").path
        for page in site.rglob("*.html")
        for node in parsed(page).css('link[rel="stylesheet"]')
    }
    assert len(styles) > 5
    outside = re.compile(r"(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//")
    assert [file.name for file in styles if outside.search(file.read_text("utf-8"))] == []


def test_a_lesson_says_which_strategy_it_is_of(site: Path) -> None:
    lessons = sorted((site / "lessons").glob("[0-9]*.html"))
    assert len(lessons) == 24
    for lesson in lessons:
        meta = parsed(lesson).css_first('meta[name="strategy"]')
        assert meta is not None
        slug = meta.attributes["content"]
        places = [
            node.attributes["data-stepper"] or "" for node in parsed(lesson).css("[data-stepper]")
        ]
        assert [place for place in places if f"-{slug}" in place], lesson.name


def test_every_page_has_a_title_of_its_own_and_a_description(site: Path) -> None:
    pages = [page for page in site.rglob("*.html") if not {"_static", "slides"} & {*page.parts}]
    titles = [parsed(page).css("title")[0].text() for page in pages]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
    made = {"genindex.html", "search.html"}
    bare = {
        page.name for page in pages if not parsed(page).css('meta[name="description"][content]')
    }
    assert bare == made

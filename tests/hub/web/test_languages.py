"""Every page that can be read, in each language: none of its words stays English where the catalogue has a translation."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.urls import reverse

from doorsync import hub
from scripts.messages import LANGUAGES
from tests.factories.gym import gym
from tests.hub.web.test_levels import OWNER, TABLE, Place, _place

LOCALE = Path(hub.__file__).parent / "locale"
SHOWN = ("aria-label", "title", "placeholder", "alt", "data-label", "data-announce", "data-said")
OF_NO_LANGUAGE = {"Doorsync", "Agent", "Agents", "PIN", "Name", "Sync", "Status", "Zone", "Zones", "Details", "Filter", "Menu"}
OPEN_TO_ALL = ("/sign-in/", "/signed-out/", "/nowhere/")


class Words(HTMLParser):
    """What a page shows or reads out, piece by piece."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lang = ""
        self.pieces: set[str] = set()
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._silent = tag in ("script", "style")
        self.lang = given.get("lang") or self.lang if tag == "html" else self.lang
        self.pieces |= {" ".join((given[name] or "").split()) for name in SHOWN if name in given}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.add(" ".join(data.split()))


@pytest.fixture
def place(db: None) -> Place:
    return _place(gym(["Alice"]))


def pages(place: Place, language: str) -> Iterator[tuple[str, Words]]:
    """Each page that an owner may read, and those that are open to all."""
    addresses = [
        reverse(name, args=[place.ids[each] for each in may.of.split(",") if each]) + "?" + may.query.format(**place.ids)
        for name, may in TABLE.items()
        if may.reads is not None and name != "styleguide"  # for whoever builds pages: its samples are English
    ]
    for address in (*addresses, *OPEN_TO_ALL):
        answer = place.visitors[OWNER].get(address, **{"accept-language": language})
        if answer.status_code < 500 and answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            yield address, Words(answer.content.decode())


@pytest.mark.requirement("W-03", mutation="a heading written outside of {% translate %}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_shows_english_where_there_is_a_translation(place: Place, language: str) -> None:
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    english = {entry.msgid for entry in catalogue if entry.msgstr != entry.msgid and "%(" not in entry.msgid} - OF_NO_LANGUAGE
    ours = {entry.msgstr for entry in catalogue}
    seen, left = 0, []
    for address, words in pages(place, language):
        seen += 1
        assert words.lang in (language, ""), address  # "" is a fragment
        left += [(address, piece) for piece in words.pieces & english - ours]
    assert left == []
    assert seen > 40

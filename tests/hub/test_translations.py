"""What holds for the three catalogues: nothing missing, nothing guessed, nothing that breaks a page."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation

from doorsync import hub
from scripts.messages import LANGUAGES, collected

ROOT = Path(__file__).parents[2]
LOCALE = Path(hub.__file__).parent / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
MARKUP = re.compile(r"</?\w+>|&\w+;")


def entries(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))


def texts(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Each translated text with the English one it stands for."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    one, more = (str(entry.msgstr_plural[number]) for number in sorted(entry.msgstr_plural))
    return [(entry.msgid, one), (entry.msgid_plural, more)]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


@pytest.mark.requirement("W-03", mutation="%(name)s written as %(naam)s in one language")
@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_has_the_placeholders_of_its_text(language: str) -> None:
    wrong = []
    for entry in entries(language):
        for source, told in texts(entry):
            spare = placeholders(entry.msgid_plural) if source == entry.msgid else set()  # "in a minute", or "in 1 minute"
            if told and not placeholders(source) <= placeholders(told) <= placeholders(source) | spare:
                wrong.append((source, told))
    assert wrong == []


@pytest.mark.requirement("W-03", mutation="a translation with <script>")
@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_brings_no_markup_and_no_quote_of_its_own(language: str) -> None:
    """Templates put a translation into attributes as it is."""
    for entry in entries(language):
        for source, told in texts(entry):
            assert sorted(MARKUP.findall(told)) == sorted(MARKUP.findall(source)), told
            assert told.count('"') in (0, source.count('"')), told
            assert told.count("<") == source.count("<"), told


@pytest.mark.requirement("W-03", mutation="a translation cut off before its full stop")
@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_ends_as_its_text_does(language: str) -> None:
    ends = re.compile(r"[.?!:…]$")
    odd = [
        told for entry in entries(language) for source, told in texts(entry) if told and _end(ends, source) != _end(ends, told)
    ]
    assert odd == []


def _end(ends: re.Pattern[str], text: str) -> str:
    found = ends.search(text.rstrip('”“»\N{NO-BREAK SPACE}"'))
    return found[0] if found else ""


@pytest.mark.requirement("W-03", mutation="the plural form of French for n != 1")
def test_plural_forms_are_those_of_the_language() -> None:
    told = {}
    for language in ("en", *LANGUAGES):
        with translation.override(language):
            told[language] = [
                translation.ngettext("%(n)s person", "%(n)s people", number) % {"n": number} for number in (0, 1, 2)
            ]
    assert told == {
        "en": ["0 people", "1 person", "2 people"],
        "nl": ["0 personen", "1 persoon", "2 personen"],
        "de": ["0 Personen", "1 Person", "2 Personen"],
        "fr": ["0 personne", "1 personne", "2 personnes"],
    }


@pytest.mark.requirement("W-03", mutation="a text in a template without its translation")
def test_every_text_of_today_is_translated_and_no_other() -> None:
    """`make messages` collects them; it needs GNU gettext, as scripts/system-packages knows."""
    wanted = collected(ROOT)
    for language in LANGUAGES:
        kept = {entry.msgid: entry for entry in entries(language)}
        assert sorted(kept) == sorted(entry.msgid for entry in wanted[language]), f"run make messages, then translate: {language}"
        lacking = [entry.msgid for entry in kept.values() if not entry.translated() or entry.obsolete]
        assert lacking == [], f"not translated: {language}"

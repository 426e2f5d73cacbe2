from __future__ import annotations

import gettext
import os
from pathlib import Path

import polib

from scripts.catalogues import LOCALE, compile_changed


def catalogue(root: Path, word: str) -> Path:
    path = root / LOCALE / "nl" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    made.append(polib.POEntry(msgid="door", msgstr=word))
    made.append(polib.POEntry(msgid="zone", msgstr="guessed", flags=["fuzzy"]))
    made.append(polib.POEntry(msgid="%s door", msgid_plural="%s doors", msgstr_plural={0: "%s deur", 1: "%s deuren"}))
    made.save(str(path))
    return path


def read(path: Path) -> gettext.GNUTranslations:
    with path.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_catalogue_is_compiled_when_it_is_missing_or_changed_and_only_then(tmp_path: Path) -> None:
    path = catalogue(tmp_path, "deur")
    assert compile_changed(tmp_path) == [path]
    assert read(path).gettext("door") == "deur"
    assert read(path).ngettext("%s door", "%s doors", 2) == "%s deuren"
    assert read(path).gettext("zone") == "zone", "a guess is not shown"
    assert compile_changed(tmp_path) == []
    compiled = path.with_suffix(".mo").stat().st_mtime_ns
    catalogue(tmp_path, "poort")
    os.utime(path, ns=(compiled + 1, compiled + 1))
    assert compile_changed(tmp_path) == [path]
    assert read(path).gettext("door") == "poort"
    assert sorted(each.name for each in path.parent.iterdir()) == ["django.mo", "django.po"], "nothing half written is left"

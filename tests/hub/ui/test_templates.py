"""What holds for every template and style sheet of the product, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from doorsync import hub
from doorsync.hub.ui.icons import STROKES

HUB = Path(hub.__file__).parent
TEMPLATES = sorted(HUB.glob("*/templates/**/*.html"))
SHEETS = sorted(HUB.glob("*/static/**/*.css"))


def named(path: Path) -> str:
    return str(path.relative_to(HUB))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_holds_nothing_that_the_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "a script of its own"
    assert not re.search(r"<style|\sstyle=", text), "a style of its own"
    assert not re.search(r"\son\w+=", text), "a handler of its own"
    assert not re.search(r"(src|href)=[\"']https?:", text), "something from elsewhere"


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_names_only_files_and_icons_that_exist(path: Path) -> None:
    text = path.read_text()
    for name in re.findall(r"{% static '([^']+)' %}", text):
        assert finders.find(name), name
    for name in re.findall(r"{% icon [\"'](\w+)[\"'] %}|icon_name=[\"'](\w+)[\"']", text):
        assert (name[0] or name[1]) in STROKES


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_sheet_names_no_colour_of_its_own(path: Path) -> None:
    if path.name != "tokens.css":
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\boklch\(|\bhsl\(", path.read_text())


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_sheet_uses_only_properties_that_the_tokens_define(path: Path) -> None:
    everywhere = "".join(each.read_text() for each in SHEETS)
    defined = set(re.findall(r"(--[\w-]+):", everywhere))
    assert set(re.findall(r"var\((--[\w-]+)", path.read_text())) <= defined

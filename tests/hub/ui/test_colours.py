"""The colours of the tokens against each other: what is text must be readable on whatever it stands on, in both schemes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doorsync.hub import ui

TOKENS = (Path(ui.__file__).parent / "static/ui/css/tokens.css").read_text()
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", TOKENS))
SURFACES = ("paper", "card", "sunken")
TEXTS = ("ink", "soft", "accent", "good", "wait", "bad")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str, scheme: int) -> float:
    lights = sorted(luminance(PAIRS[name].split(", ")[scheme]) for name in (front, back))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("surface", SURFACES)
def test_text_is_readable_on_each_surface(text: str, surface: str, scheme: int) -> None:
    assert contrast(text, surface, scheme) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("on-accent", "bad"),
        ("ink", "accent-wash"),
        ("soft", "accent-wash"),
    ]
    + [(text, f"{tone}-wash") for tone in ("good", "wait", "bad") for text in ("ink", tone)]
    + [("soft", "bad-wash")],
)
def test_text_is_readable_on_what_is_tinted(front: str, back: str, scheme: int) -> None:
    assert contrast(front, back, scheme) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("line", ["edge", "accent"])
def test_edges_of_controls_and_the_focus_ring_stand_out(line: str, surface: str, scheme: int) -> None:
    assert contrast(line, surface, scheme) >= 3

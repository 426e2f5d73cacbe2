"""A long list of choices looks as Django's own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.test.html import parse_html

from doorsync.hub.ui.long_select import LongSelect, zone_names

CHOICES = [("", "none"), ("a&b", "A <b> & c"), ("c", "C")]


@pytest.mark.parametrize("value", ["", "a&b", "c", "unknown", None])
def test_it_is_drawn_as_django_draws_it(value: str | None) -> None:
    attrs = {"id": "id_zone", "class": "input", "required": True}
    ours, djangos = (kind(choices=CHOICES).render("zone", value, attrs) for kind in (LongSelect, forms.Select))
    assert parse_html(ours) == parse_html(djangos)


def test_zones_can_be_used() -> None:
    assert "Europe/Amsterdam" in zone_names()
    assert list(zone_names()) == sorted(zone_names())
    assert all(ZoneInfo(name) for name in zone_names()[::50])

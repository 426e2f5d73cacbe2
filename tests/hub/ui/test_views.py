"""The style guide."""

from __future__ import annotations

import pytest
from django.test import Client

from doorsync.hub.ui.styleguide import SAMPLES

pytestmark = pytest.mark.django_db


def test_styleguide_shows_each_part_in_light_and_in_dark() -> None:
    html = Client().get("/styleguide/", headers={"host": "127.0.0.1"}).content.decode()
    assert len(SAMPLES) >= 16
    for sample in SAMPLES:
        assert f'aria-label="{sample.name}"' in html
    for scheme in ("light", "dark"):
        assert html.count(f'data-scheme="{scheme}"') == len(SAMPLES)


def test_styleguide_takes_no_id_twice() -> None:
    html = Client().get("/styleguide/", headers={"host": "127.0.0.1"}).content.decode()
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert sorted(set(ids)) == sorted(ids)

"""The style guide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from doorsync.hub.ui.styleguide import SAMPLES
from tests.factories import world
from tests.factories.visitor import Visitor, session_of, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(setting: Callable[..., None]) -> None:
    setting(DEMO="true")


@pytest.mark.usefixtures("demo")
def test_styleguide_shows_each_part_in_light_and_in_dark() -> None:
    html = Client().get("/styleguide/", headers={"host": "127.0.0.1"}).content.decode()
    assert len(SAMPLES) >= 16
    for sample in SAMPLES:
        assert f'aria-label="{sample.name}"' in html
    for scheme in ("light", "dark"):
        assert html.count(f'data-scheme="{scheme}"') == len(SAMPLES)


@pytest.mark.usefixtures("demo")
def test_styleguide_takes_no_id_twice() -> None:
    html = Client().get("/styleguide/", headers={"host": "127.0.0.1"}).content.decode()
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.requirement("T-09", mutation="the style guide open to everybody")
def test_styleguide_is_shown_to_administrators_who_are_fully_signed_in() -> None:
    alice = world.administrator(world.company(slug="gym"), username="alice")
    assert Visitor().get("/styleguide/")["Location"] == "/sign-in/?next=%2Fstyleguide%2F"
    by_token = Visitor()
    session = session_of(by_token.sign_in(token_for(alice)))
    assert by_token.get(f"/styleguide/?s={session}").status_code == 404
    full = Visitor()
    full.sign_in_fully("gym", "alice")
    assert full.get("/styleguide/").status_code == 200

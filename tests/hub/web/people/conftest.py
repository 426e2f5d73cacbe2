"""A gym with people to look at, and an administrator who is fully signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    made = Visitor()
    made.sign_in_fully(club.company.slug)
    return made

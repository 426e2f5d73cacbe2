"""A club with one person, and its administrator at the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from tests.factories.desk import Desk, desk_of
from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym(["Alice"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def desk(club: Gym) -> Desk:
    return desk_of(club)

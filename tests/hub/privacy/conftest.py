"""A gym, in scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from tests.factories.gym import Gym, gym


@pytest.fixture
def club(db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        yield made

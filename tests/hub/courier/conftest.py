"""A club that nothing was sent to yet, its agent, and an answer of that agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.sending import open_run


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym(["Alice", "Bob", "Charlie"])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def receipt(club: Gym, there: Counterpart) -> str:
    """A receipt that the hub has not seen yet."""
    open_run(club)
    there.hello()
    return there.take(there.next_sealed()) or ""

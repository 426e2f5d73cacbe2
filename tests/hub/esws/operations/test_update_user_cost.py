"""How many statements one updateUser is, with all that it brings to the terminals: not more at ten of them than at three."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import world
from tests.factories.esws import call
from tests.hub.esws.operations.test_update_user import ALICE

TRANSACTION = ("BEGIN", "COMMIT")
LOCK_OR_HEAD = 1  # PostgreSQL takes a lock more, and SQLite moves the end of the audit in a statement of its own
DIFFERS: dict[str, tuple[dict[str, Any], int]] = {
    "nothing": ({}, 6),
    "name": ({"p_Achternaam": "Alicia"}, 16),
    "card": ({"p_cardId": "5"}, 18),
    "group": ({"p_groupName": "Gym;Pool;Sauna"}, 16),
    "expiry": ({"p_ExpireDate": "2028-06-30"}, 17),
}


def gym(terminals: int) -> None:
    """A company in which the groups open all terminals, and Alice is in two of them."""
    company = world.company()
    location, agent = world.location(company), world.agent(company)
    zone = world.zone(company, "Inside", *(world.terminal(location, agent, f"Door {number}") for number in range(terminals)))
    schedule = world.schedule(company)
    for name in ("Gym", "Pool", "Sauna"):
        world.right(world.group(company, name), zone, schedule)
    assert call("updateUser", **ALICE) == "7"


@pytest.mark.parametrize("terminals", [3, 10])
@pytest.mark.parametrize("differs", DIFFERS)
def test_an_update_takes_no_more_statements_than_this(transactional_db: None, differs: str, terminals: int) -> None:
    changed, most = DIFFERS[differs]
    gym(terminals)
    with CaptureQueriesContext(connection) as captured:
        assert call("updateUser", **{**ALICE, **changed}) == "7"
    statements = [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTION)]
    assert len(statements) <= most + LOCK_OR_HEAD, statements
    assert not [each for each in statements if "SAVEPOINT" in each]

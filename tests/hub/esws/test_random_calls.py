"""Random calls come to what the plain rules say: answers, people, and what every door is to hold.

Thousands of them run in `bench/esws_random_calls.py`.
"""

from __future__ import annotations

import pytest

from tests.hub.esws.random_calls import Calls

pytestmark = pytest.mark.django_db
COUNT = 120


@pytest.mark.requirement("I-06", mutation="write_users calls `change.affects` for new users only")
@pytest.mark.parametrize(("seed", "branches"), [(1, False), (2, True)])
def test_random_calls_come_to_what_the_plain_rules_say(seed: int, branches: bool) -> None:
    calls = Calls(seed, branches=branches)
    calls.run(COUNT)

    assert calls.happened["a number"] > COUNT // 8
    assert calls.happened["User has been deleted"] > 2

from __future__ import annotations

import string

import pytest
from django_scopes import scope

from doorsync.hub.sync.errors import UnknownRun
from doorsync.hub.sync.models import Run
from doorsync.hub.sync.run.run_handles import make_run_handle, run_of_handle
from tests.factories.gym import gym
from tests.hub.sync.sending import open_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    club = gym(["Alice"])
    with scope(company=club.company):
        return open_run(club)


def test_a_handle_is_64_letters_and_digits_and_another_each_time(run: Run) -> None:
    handles = {make_run_handle(run) for _ in range(50)}
    assert len(handles) == 50
    assert {len(handle) for handle in handles} == {64}
    assert set().union(*handles) <= set(string.ascii_letters + string.digits)
    with scope(company=run.company):
        assert {run_of_handle(handle, run.company_id) for handle in handles} == {run}


@pytest.mark.requirement("T-09", mutation="the company left out of the seal, and runs looked up in all companies")
def test_a_handle_holds_in_its_own_company_only(run: Run) -> None:
    other = gym(other=True).company
    with scope(company=other), pytest.raises(UnknownRun):
        run_of_handle(make_run_handle(run), other.pk)


def test_a_handle_that_was_changed_or_made_up_finds_nothing(run: Run) -> None:
    right = make_run_handle(run)
    swapped = [right[:place] + ("a" if right[place] != "a" else "b") + right[place + 1 :] for place in range(64)]
    odd = ["", "0" * 64, "z" * 64, right[:-1], right + "0", f" {right[1:]}", "é" * 64, "²" * 64]
    with scope(company=run.company):
        for handle in (*swapped, *odd):
            with pytest.raises(UnknownRun):
                run_of_handle(handle, run.company_id)

"""Pressing Sync, the page of a run, and retrying."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.companies.models import Company
from doorsync.hub.sync.models import Run, RunTerminal, RunTerminalState
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.users.models import User
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.holdings.test_strangers import enrol

pytestmark = pytest.mark.django_db
HOME = "https://gym.example/back"


@pytest.fixture
def club() -> Gym:
    return gym([f"Person {number:02}" for number in range(30)])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    return visitor


def press(club: Gym, visitor: Visitor, **more: Any) -> HttpResponse:
    fields = visitor.fields(visitor.get("/sync/"))
    chosen = {"location": [location.pk for location in club.locations], "mode": "changes"}
    return visitor.post("/sync/runs/", {**fields, **chosen, **more})


def text(page: HttpResponse) -> str:
    return page.content.decode()


def runs(club: Gym) -> int:
    with scope(company=club.company):
        return Run.objects.count()


def remove_people(club: Gym, count: int) -> None:
    with scope(company=club.company):
        for user in User.objects.all()[:count]:
            club.remove(user)


def test_press_leads_to_the_run(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    answer = press(club, visitor)
    assert answer.status_code == 302
    page = text(visitor.get(answer["Location"]))
    assert "Waiting for a connection to the terminals." in page
    assert page.count('role="progressbar"') == 4  # the whole, and three terminals
    for terminal in club.terminals:
        assert terminal.name in page


@pytest.mark.requirement("I-01", mutation="run_terminals.html saying of another device that there is nothing to press")
def test_run_page_says_of_another_device_that_somebody_has_to_decide(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    address, now = press(club, visitor)["Location"], timezone.now()
    with scope(company=club.company):
        Agent.objects.update(waited_at=now, seen_at=now)
        RunTerminal.objects.update(state=RunTerminalState.NOT_REACHED, retry_at=now)
        assert text(visitor.get(address)).count("There is nothing to press") == len(club.terminals)
        Terminal.objects.filter(pk=club.terminals[0].pk).update(serial="MINE-1", other_serial="THEIRS-2", other_at=now)
    page = text(visitor.get(address))
    assert page.count("There is nothing to press") == len(club.terminals) - 1
    assert page.count("somebody has to decide on the page of this terminal") == 1


def test_press_twice_is_one_run(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    assert press(club, visitor)["Location"] == press(club, visitor)["Location"]
    assert runs(club) == 1


def test_press_without_proof_is_refused(club: Gym, visitor: Visitor) -> None:
    assert press(club, visitor, proof="").status_code == 403
    assert runs(club) == 0


def test_press_over_the_guard_waits_for_the_typed_count(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    press(club, visitor)
    with scope(company=club.company):
        there.work()
    remove_people(club, 25)
    asked = press(club, visitor)
    assert asked.status_code == 409
    assert "50 removals in all. Type 50 to confirm." in text(asked)
    assert "That is not 50. Nothing was sent." in text(asked)
    for wrong in ("49", "", "fifty", "-50", "5e1", "\uff15\uff10"):
        assert press(club, visitor, confirmed=wrong).status_code == 409
    assert runs(club) == 1
    assert press(club, visitor, confirmed=" 50 ").status_code == 302


def test_press_with_an_empty_filter_says_that_it_means_everything(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    press(club, visitor)
    with scope(company=club.company):
        there.work()
    remove_people(club, 1)
    fields = visitor.fields(visitor.get("/sync/"))
    page = visitor.post("/sync/runs/", {**fields, "mode": "changes"})
    assert page.status_code == 409
    assert "No filter is set" in text(page)
    assert "2 removals in all. Type 2 to confirm." in text(page)


def test_press_of_erase_warns_and_asks_for_the_count(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    press(club, visitor)
    with scope(company=club.company):
        there.work()
    page = visitor.get(f"/sync/?group={club.staff.pk}&mode=erase")
    assert "Erase and rewrite empties each chosen terminal first" in text(page)
    assert "whatever groups are ticked" in text(page)
    assert "60 people are erased before the rewriting. Type 60 to confirm." in text(page)
    assert "<dt>written back</dt><dd>60</dd>" in text(page)
    assert press(club, visitor, mode="erase").status_code == 409


def test_press_that_chooses_no_terminal_says_so(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    page = press(club, visitor, location=[club.locations[1].pk], terminal=[club.terminals[0].pk])
    assert page.status_code == 409
    assert "The filter chooses no terminal" in text(page)


def test_run_page_of_another_company_is_not_found(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    other = gym(["Mallory"], other=True)
    Counterpart(other.agent)
    stranger = Visitor()
    stranger.sign_in(token_for(other.administrator))
    theirs = press(other, stranger)["Location"].split("?")[0]
    assert stranger.get(theirs).status_code == 200
    for address in (theirs, f"{theirs}events/"):
        assert visitor.get(address).status_code == 404
    fields = visitor.fields(visitor.get("/sync/"))
    assert visitor.post(f"{theirs}retry/", fields).status_code == 404


def test_run_page_tells_its_modules_ids_and_addresses_only(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    club.agent.url = "http://192.0.2.7:8770"
    club.agent.save()
    page = visitor.get(press(club, visitor)["Location"])
    block = re.search(r'<script id="run-page" type="application/json">(.*?)</script>', text(page))
    assert block
    told = json.loads(block[1])
    assert set(told) == {"run", "events", "agents", "parents"}
    assert told["agents"] == [{"id": club.agent.public_id, "url": "http://192.0.2.7:8770"}]
    assert "http://192.0.2.7:8770" in page["Content-Security-Policy"]


def test_run_page_after_the_end_says_how_it_went(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    address = press(club, visitor)["Location"]
    with scope(company=club.company):
        there.work()
    page = text(visitor.get(address))
    assert "All 3 terminals are up to date." in page
    assert 'data-state="done"' in page
    assert re.search(r'<form[^>]*id="retry"[^>]* hidden>', page)
    assert "http-equiv" not in page


@pytest.mark.requirement("I-04", mutation="_held_up() of run_status finding nobody")
def test_run_page_and_sync_page_name_who_waits_for_a_number_that_is_taken_there(
    club: Gym, there: Counterpart, visitor: Visitor
) -> None:
    with scope(company=club.company):
        enrol(there, club.terminals[0], "7000")
        club.add("Newcomer", club.members, number=7000)
    address = press(club, visitor)["Location"]
    with scope(company=club.company):
        there.work()
    page = text(visitor.get(address))
    assert "1 person is known to Gate only: somebody has to decide on them." in page
    assert "whoever was enrolled at the terminal itself has their number." in page
    assert "<b>Newcomer</b>: Number 7000 is held at this terminal by Fire brigade" in page
    assert "whoever was enrolled at the terminal itself has their number." in text(visitor.get("/sync/"))


def test_run_page_reloads_itself_without_script_while_it_is_open(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    page = text(visitor.get(press(club, visitor)["Location"]))
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page


def test_retry_opens_the_failed_lines_again(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    there.fault = lambda name: "full" if name == club.terminals[2].public_id else ""
    address = press(club, visitor)["Location"]
    with scope(company=club.company):
        there.work()
    page = visitor.get(address)
    assert "2 of 3 terminals are up to date; Pool is only partly done." in text(page)
    assert "30 were not taken" in text(page)
    assert "<b>Person 00</b>: The terminal says: “Memory full.”" in text(page)
    there.fault = lambda _: ""
    answer = visitor.post(f"{address.split('?')[0]}retry/", visitor.fields(page))
    assert answer.status_code == 302
    with scope(company=club.company):
        there.work()
    assert "All 3 terminals are up to date." in text(visitor.get(address))


def test_retry_of_what_went_well_says_so(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    address = press(club, visitor)["Location"]
    with scope(company=club.company):
        there.work()
    page = visitor.get(address)
    again = visitor.post(f"{address.split('?')[0]}retry/", visitor.fields(page))
    assert again.status_code == 409
    assert "nothing to retry" in text(again)


def register(club: Gym, *addresses: str) -> None:
    Company.objects.filter(pk=club.company.pk).update(return_urls=list(addresses))


def test_return_address_is_carried_to_the_end_of_a_run(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    register(club, HOME)
    page = visitor.get(f"/sync/?return={HOME}")
    fields = visitor.fields(page)
    assert fields["return"] == HOME
    answer = visitor.post("/sync/runs/", {**fields, "location": club.locations[0].pk, "mode": "changes"})
    assert f'href="{HOME}"' in text(visitor.get(answer["Location"]))


@pytest.mark.parametrize("wanted", ["https://evil.example/", f"{HOME}/more", "javascript:alert(1)", "//gym.example/back"])
def test_return_address_that_is_not_registered_is_dropped(club: Gym, there: Counterpart, visitor: Visitor, wanted: str) -> None:
    register(club, HOME, "javascript:alert(1)")
    page = visitor.get(f"/sync/?{urlencode({'return': wanted})}")
    assert "return" not in visitor.fields(page)
    location = press(club, visitor, **{"return": wanted})["Location"]
    assert f'href="{wanted}"' not in text(visitor.get(location))

"""The pages before a run: the plan with its filter, the people behind a number, finding one person."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django_scopes import scope

from doorsync.hub.sync.models import Mode, Run
from doorsync.hub.sync.plan.selections import Selection, save_selection, saved_selection
from doorsync.hub.terminals.hub_epoch import begin_epoch
from doorsync.hub.users.models import User
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.sync.counterpart import Counterpart
from tests.hub.sync.pages import by_htmx, number_of, ticked
from tests.hub.sync.sending import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Gym:
    return gym(["Alice", "Bob", "Charlie"])


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    return visitor


def text(page: HttpResponse) -> str:
    return page.content.decode()


def test_plan_page_is_closed_to_strangers(club: Gym) -> None:
    for address in ("/sync/", "/sync/plan/", "/sync/people/", "/sync/find/", "/sync/runs/x/", "/sync/runs/x/events/"):
        page = Visitor().get(address)
        assert page.status_code == 303
        assert page["Location"] == "/sign-in/"


@pytest.mark.requirement("M-06", mutation="start from an empty choice instead of the saved filter")
def test_plan_page_has_the_saved_filter_in_place(club: Gym, visitor: Visitor) -> None:
    choice = Selection(locations=frozenset([club.locations[0].pk]), groups=frozenset([club.members.pk]), mode=Mode.VERIFY)
    with scope(company=club.company):
        save_selection(administrator=club.administrator, choice=choice, actor=club.actor)
    page = visitor.get("/sync/")
    assert ticked(page) == {("location", str(club.locations[0].pk)), ("group", str(club.members.pk)), ("mode", "verify")}
    assert "Your saved filter" in text(page)
    assert re.search(r'<button[^>]*id="sync-button"[^>]*>\s*Sync', text(page))


def test_plan_page_follows_the_address_once_somebody_chose(club: Gym, visitor: Visitor) -> None:
    page = visitor.get(f"/sync/?terminal={club.terminals[2].pk}&mode=changes")
    assert ticked(page) == {("terminal", str(club.terminals[2].pk)), ("mode", "changes")}
    assert "Pool" in text(page).split('id="terminals-title"')[1]
    assert "Office" not in text(page).split('id="terminals-title"')[1]


def test_a_filter_may_name_thousands_of_terminals(club: Gym, visitor: Visitor) -> None:
    """By the address, as the page asks while somebody chooses, and by the form, as pressing Sync does it."""
    many = [terminal.pk for terminal in club.terminals] * 1000
    page = visitor.get("/sync/?mode=changes&" + "&".join(f"terminal={pk}" for pk in many))
    assert page.status_code == 200
    assert {value for name, value in ticked(page) if name == "terminal"} == {str(terminal.pk) for terminal in club.terminals}
    assert visitor.post("/sync/runs/", {"terminal": many}).status_code != 400


def test_plan_page_says_always_who_syncs_what(club: Gym, visitor: Visitor) -> None:
    bar = text(visitor.get("/sync/")).split("</header>")[0]
    assert f"<b>{club.company.name}</b>" in bar
    assert f"<b>{club.administrator}</b>" in bar


def test_plan_page_counts_per_terminal_and_in_all(club: Gym, visitor: Visitor) -> None:
    page = visitor.get("/sync/")
    assert number_of(page, "new") == 6  # three members at two terminals
    assert "Sends 8 changes to 3 terminals." not in text(page)  # schedules are counted there as well
    for terminal in club.terminals[::2]:
        assert f"of={terminal.pk}&amp;state=new" in text(page)


def test_plan_page_of_an_agent_without_keys_says_why_sync_cannot_work(visitor: Visitor) -> None:
    page = text(visitor.get("/sync/"))
    button = re.search(r'<button[^>]*id="sync-button"[^>]*>', page)
    assert button
    assert " disabled" in button[0]
    assert 'aria-describedby="obstacle"' in button[0]
    assert "has to be enrolled first" in page.split('id="obstacle"')[1][:600]


def test_plan_page_of_an_enrolled_agent_lets_sync(club: Gym, visitor: Visitor) -> None:
    Counterpart(club.agent)
    button = re.search(r'<button[^>]*id="sync-button"[^>]*>', text(visitor.get("/sync/")))
    assert button
    assert " disabled" not in button[0]


def test_plan_part_is_the_plan_alone_and_moves_the_address(club: Gym, visitor: Visitor) -> None:
    part = by_htmx(visitor, f"/sync/plan/?location={club.locations[1].pk}&mode=verify")
    assert "<html" not in text(part)
    assert number_of(part, "new") == 3
    assert f"location={club.locations[1].pk}&mode=verify" in part["HX-Replace-Url"]
    assert part["HX-Replace-Url"].startswith("/sync/?")


def test_plan_part_without_script_is_the_whole_page(club: Gym, visitor: Visitor) -> None:
    answer = visitor.get("/sync/plan/?mode=erase")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sync/?mode=erase")


def test_filter_is_saved_and_found_again(club: Gym, visitor: Visitor) -> None:
    page = visitor.get("/sync/")
    chosen = {"location": club.locations[0].pk, "group": club.staff.pk, "mode": "changes"}
    answer = visitor.post("/sync/filter/", {**visitor.fields(page), **chosen})
    assert answer.status_code == 302
    assert "The filter is saved." in text(visitor.get(answer["Location"]))
    with scope(company=club.company):
        assert saved_selection(club.administrator) == Selection(
            locations=frozenset([club.locations[0].pk]), groups=frozenset([club.staff.pk])
        )


@pytest.mark.requirement("I-04", mutation="an address without a mode shows the saved filter, whatever else it names")
def test_an_address_without_a_mode_shows_what_it_names_and_no_more(club: Gym, visitor: Visitor) -> None:
    named = Selection(terminals=frozenset([club.terminals[0].pk]))
    only, explicit = (text(visitor.get(f"/sync/?{query}")) for query in (f"terminal={club.terminals[0].pk}", named.as_query()))
    assert only == explicit
    assert only != text(visitor.get("/sync/"))
    gone = visitor.get("/sync/?group=999999")
    assert gone.status_code == 404
    assert "This filter names a location, terminal or group that does not exist or was deleted." in text(gone)


@pytest.mark.parametrize("address", ["/sync/", "/sync/people/"])
def test_ids_of_another_company_are_not_found(club: Gym, visitor: Visitor, address: str) -> None:
    other = gym(["Mallory"], other=True)
    query = f"of={club.terminals[0].pk}&state=new&terminal={other.terminals[0].pk}&group={other.members.pk}&mode=changes"
    page = visitor.get(f"{address}?{query}")
    assert page.status_code == 404
    assert "This filter names a location, terminal or group that does not exist or was deleted." in text(page)
    assert "Mallory" not in text(page)


def test_ids_of_another_company_are_neither_sent_nor_saved(club: Gym, visitor: Visitor) -> None:
    other = gym(["Mallory"], other=True)
    fields = {**visitor.fields(visitor.get("/sync/")), "terminal": other.terminals[0].pk, "mode": "changes"}
    for address in ("/sync/filter/", "/sync/runs/"):
        assert visitor.post(address, fields).status_code == 404
    with scope(company=club.company):
        assert saved_selection(club.administrator).is_empty
        assert not Run.objects.exists()


def test_people_are_those_behind_the_number(club: Gym, visitor: Visitor) -> None:
    gate, office = club.terminals[0], club.terminals[1]
    page = text(visitor.get(f"/sync/people/?of={gate.pk}&state=new&mode=changes"))
    for name in ("Alice", "Bob", "Charlie"):
        assert name in page
    assert "Gate: new" in page
    assert "Nobody." in text(visitor.get(f"/sync/people/?of={office.pk}&state=new&mode=changes"))


def test_people_come_fifty_at_a_time(club: Gym, visitor: Visitor) -> None:
    for number in range(60):
        world.user(club.company, f"Member {number:02}", club.members)
    with scope(company=club.company):
        club.tell()
    address = f"/sync/people/?of={club.terminals[0].pk}&state=new&mode=changes"
    first = text(visitor.get(address))
    assert first.count('scope="row"') == 50
    later = re.search(r'href="([^"]*page=2)"', first)
    assert later
    assert text(visitor.get(later[1].replace("&amp;", "&"))).count('scope="row"') == 13


@pytest.mark.parametrize(
    "query", ["of=0&state=new", "of=x&state=new", "state=new", "of=1&state=sad", "of=99999999999999999999&state=new"]
)
def test_people_of_a_wrong_address_are_not_found(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"/sync/people/?{query}").status_code == 404


def test_people_of_another_company_are_not_found(club: Gym, visitor: Visitor) -> None:
    other = gym(["Mallory"], other=True)
    assert visitor.get(f"/sync/people/?of={other.terminals[0].pk}&state=new").status_code == 404


def test_people_part_is_for_the_sheet(club: Gym, visitor: Visitor) -> None:
    part = text(by_htmx(visitor, f"/sync/people/?of={club.terminals[0].pk}&state=new&mode=changes"))
    assert "<html" not in part
    assert 'method="dialog"' in part


def test_find_shows_where_a_removed_person_still_is(club: Gym, visitor: Visitor) -> None:
    there = Counterpart(club.agent)
    press_everything(club, visitor)
    with scope(company=club.company):
        there.work()
        alice = User.objects.get(last_name="Alice")
        number = alice.number
        club.remove(alice)
    page = text(visitor.get("/sync/find/?q=Alice"))
    assert "Still on 2 terminals: to be removed." in page
    assert "No longer in the software." in page
    assert page.count("waiting to be removed") == 2
    assert "held since" in page
    assert str(number) in page


def test_find_says_when_everything_is_confirmed(club: Gym, visitor: Visitor) -> None:
    there = Counterpart(club.agent)
    press_everything(club, visitor)
    with scope(company=club.company):
        there.work()
    assert "Confirmed on 2 terminals." in text(visitor.get("/sync/find/?q=bob"))


def test_find_among_several_lets_choose(club: Gym, visitor: Visitor) -> None:
    with scope(company=club.company):
        bobs = [club.add("Bobson", club.staff), User.objects.get(last_name="Bob")]
    page = text(visitor.get("/sync/find/?q=bob"))
    links = re.findall(r'href="([^"]*key=\d+)"', page)
    assert len(links) == len(bobs)
    assert "A change is waiting for" in text(visitor.get(links[0].replace("&amp;", "&")))


def test_find_knows_nobody_of_another_company(club: Gym, visitor: Visitor) -> None:
    gym(["Mallory"], other=True)
    assert "Nobody found for “Mallory”" in text(visitor.get("/sync/find/?q=Mallory"))


def test_find_shows_what_was_typed_as_text(visitor: Visitor) -> None:
    page = text(visitor.get("/sync/find/?q=<script>alert(1)</script>"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def press_everything(club: Gym, visitor: Visitor) -> None:
    page = visitor.get("/sync/")
    everything = {"location": [location.pk for location in club.locations], "mode": "changes"}
    assert visitor.post("/sync/runs/", {**visitor.fields(page), **everything}).status_code == 302


@pytest.mark.requirement("I-05", mutation="the list of the same says that it was read back, whatever is known")
def test_people_are_not_called_read_back_while_their_terminal_is_not_confirmed(club: Gym, visitor: Visitor) -> None:
    with scope(company=club.company):
        send(club, Counterpart(club.agent))
    address = f"/sync/people/?mode=changes&of={club.terminals[0].pk}&state=same"
    assert "it was read back" in text(visitor.get(address))
    begin_epoch()
    page = text(visitor.get(address))
    assert "it was read back" not in page
    assert "Whether that is still so is not known yet." in page


@pytest.mark.requirement("I-05", mutation="an unconfirmed number is shown as 0")
def test_number_that_is_not_known_is_a_dash_and_no_link(club: Gym, visitor: Visitor) -> None:
    with scope(company=club.company):
        send(club, Counterpart(club.agent))
    begin_epoch()
    page = text(visitor.get("/sync/"))
    assert page.count('<span class="sr-only">not known yet</span>') == 1 + len(club.terminals)
    assert "the same: not known yet, 0 refused" in page, "what is read aloud"
    assert "state=same" not in page

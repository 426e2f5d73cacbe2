"""The page of one person: how every terminal of the company stands, and why."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from doorsync.domain.reason import NO_REASON, Reason
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.sync.holdings.terminal_status import Condition, TerminalStatus
from doorsync.hub.sync.models import Holding, HoldingState
from doorsync.hub.sync.plan.selections import Selection, save_selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.hub_epoch import begin_epoch
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.hub.users.models import User
from doorsync.hub.web.people.person_reasons import person_reasons
from doorsync.hub.web.people.person_status import person_status
from doorsync.hub.web.people.person_terminals import PersonAtTerminal, PersonState, person_terminals
from doorsync.hub.web.sync.labels import PERSON, terminal_badge
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.visitor import Visitor, token_for
from tests.hub.sync.counterpart import Counterpart

NOW = timezone.now()
UNREAD = (NO_REASON, UnreadCode.CLOCK_JUMPED())
REFUSALS = (NO_REASON, RefusalCode.PERSON_TOO_LARGE())
CARD = "8837264651"


@pytest.fixture
def club() -> Gym:
    return gym(["Alice", "Bob"])


@pytest.fixture
def there(club: Gym) -> Counterpart:
    return Counterpart(club.agent)


@pytest.fixture
def visitor(club: Gym) -> Visitor:
    visitor = Visitor()
    visitor.sign_in(token_for(club.administrator))
    return visitor


def send(club: Gym, there: Counterpart) -> None:
    choice = Selection(terminals=frozenset(t.pk for t in club.terminals))
    start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    there.work()


def find(visitor: Visitor, text: str) -> str:
    """What the form's answer says, as text."""
    return plain(found(visitor, text))


def found(visitor: Visitor, text: str) -> HttpResponse:
    return visitor.post("/sync/find/", {**visitor.fields(visitor.get("/sync/")), "q": text})


def plain(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def wall(**shift: float) -> str:
    return (timezone.now() + timedelta(**shift)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.requirement("I-04", mutation="CONFIRMED also where the terminal is not known; REMOVE only where nothing is wanted")
@pytest.mark.parametrize(
    ("wanted", "held", "refusal", "should", "busy", "confirmed", "unread"),
    list(
        itertools.product(
            (None, b"a" * 16),
            (None, b"", b"a" * 16, b"b" * 16),
            (NO_REASON, RefusalCode.PERSON_TOO_LARGE()),
            *[(False, True)] * 4,
        )
    ),
)
def test_words_of_person_and_terminal_never_contradict_each_other(
    wanted: bytes | None, held: bytes | None, refusal: Reason, should: bool, busy: bool, confirmed: bool, unread: bool
) -> None:
    """Whatever a holding says, in whatever state the terminal is."""
    if wanted and refusal:
        return  # the one is written with the other
    row = Holding(wanted=wanted, held=held, refusal=refusal, user_id=1, key="1", held_since=NOW)
    row.state = _state(row)
    gate = Terminal(
        name="Gate",
        agent=Agent(name="Agent"),
        location=Location(name="North"),
        seen_at=NOW,
        unread=UNREAD[unread],
    )
    status = TerminalStatus(
        terminal=gate,
        waiting=int(row.state in (HoldingState.NEW, HoldingState.CHANGED, HoldingState.REMOVE)),
        refused=int(row.state == HoldingState.REFUSED),
        busy=busy,
        confirmed=confirmed,
        overdue=should != (wanted is not None or bool(refusal)),
    )
    place = PersonAtTerminal(
        status=status,
        row=row,
        user=User(pk=1, last_name="Alice", expires="2020-01-01T00:00"),
        should=should,
        has_right=True,
        in_group=True,
        credentials=True,
        problem=NO_REASON,
        held_back=False,
        under_way=busy,
    )
    look = PERSON[place.state]
    if place.state is PersonState.CONFIRMED:
        assert held
        assert held == wanted
        assert place.held
        assert status.known
    if status.up_to_date:
        assert place.state in (PersonState.CONFIRMED, PersonState.ABSENT)
    if status.condition is Condition.CANNOT_HOLD:
        assert place.state is PersonState.REFUSED
    if held and (not should or not wanted) and not unread:
        assert place.state is PersonState.REMOVE
        assert person_status([place]).sentence.startswith("Still on 1 terminal")
    if unread:
        assert place.held is None
        assert place.state is PersonState.UNCERTAIN
    assert (look.tone == "good") <= (terminal_badge(status).tone != "bad")
    assert all(person_reasons(place))
    if place.state != PersonState.CONFIRMED:
        assert person_reasons(place), "whoever is not simply held is told why"


def _state(row: Holding) -> HoldingState:
    if row.wanted is None:
        return HoldingState.REMOVE if row.held is not None or not row.refusal else HoldingState.REFUSED
    if row.held is None:
        return HoldingState.NEW
    return HoldingState.SAME if row.held == row.wanted else HoldingState.CHANGED


@pytest.mark.django_db
def test_every_terminal_of_the_company_is_there_whatever_the_saved_filter(
    club: Gym, there: Counterpart, visitor: Visitor
) -> None:
    with scope(company=club.company):
        choice = Selection(terminals=frozenset([club.terminals[0].pk]))
        save_selection(administrator=club.administrator, choice=choice, actor=club.actor)
        send(club, there)
    page = find(visitor, "Alice")
    for name in ("Gate", "Office", "Pool"):
        assert f" {name} " in page
    assert "No right at this terminal." in page
    assert "No card or PIN here: this person cannot open the door." in page


@pytest.mark.django_db
def test_expired_person_is_told_so(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        club.add("Erika", club.members, expires=wall(days=-2), card=CARD)
    page = find(visitor, "Erika")
    assert "none should" not in page
    assert re.search(r"Expired [^.]+ (CES?T|E[SD]T)\.", page)
    assert "No terminal holds this person." in page


@pytest.mark.django_db
def test_expired_person_who_is_still_held_is_told_so_first(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        erika = club.add("Erika", club.members, card=CARD)
        send(club, there)
        User.objects.filter(pk=erika.pk).update(expires=wall(days=-1))
        club.tell(erika)
    page = find(visitor, "Erika")
    assert "Still on 2 terminals: to be removed." in page
    assert "Expired" in page
    assert "It waits for somebody to press Sync." in page


@pytest.mark.django_db
def test_person_who_starts_later_is_told_when(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        club.add("Sven", club.members, starts=wall(days=3), card=CARD)
    assert re.search(r"Starts [^.]+ (CES?T|E[SD]T)\.", find(visitor, "Sven"))


@pytest.mark.django_db
def test_person_in_no_group_and_one_whom_nothing_can_hold_are_told_why(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        club.add("Nina")
        club.add("Longpin", club.members, pin="123456789")
    assert "In no group." in find(visitor, "Nina")
    assert "The PIN has 9 digits; this terminal takes 4 to 8." in find(visitor, "Longpin")


@pytest.mark.django_db
def test_removed_person_is_still_found_where_they_are_and_why(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        send(club, there)
        Terminal.objects.filter(pk=club.terminals[0].pk).update(lost_at=timezone.now() - timedelta(minutes=9))
        club.remove(User.objects.get(last_name="Alice"))
    page = find(visitor, "Alice")
    assert "Still on 2 terminals: to be removed." in page
    assert "No longer in the software." in page
    assert "Not reached since" in page


@pytest.mark.django_db
def test_removal_that_the_guard_holds_back_says_so(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        for number in range(30):
            club.add(f"Member N{number}", club.members)  # letters: a word of digits also finds numbers, which differ
        send(club, there)
        for user in User.objects.filter(last_name__startswith="Member"):
            club.remove(user)
    assert "Held back, because so many people would be removed" in find(visitor, "Member N29")


@pytest.mark.django_db
@pytest.mark.requirement("I-05", mutation="Place.state asks nobody whether the terminal is known")
def test_after_a_start_nobody_is_shown_as_held_before_the_agent_spoke(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        send(club, there)
    begin_epoch()
    page = find(visitor, "Alice")
    assert "held, confirmed" not in page
    assert "Not certain at 2 terminals." in page
    assert "not since Doorsync started" in page


@pytest.mark.django_db
def test_people_are_found_by_their_own_id_and_by_card(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        dora = club.add("Dora", club.members, card=CARD, external_id="MB-2231")
    assert f"MB-2231 · number {dora.number}" in find(visitor, "mb-2231")
    for typed in (CARD, f"00{CARD}", f"{CARD[:4]} {CARD[4:]}", f"{int(CARD):x}", f"0x{int(CARD):X}"):
        answer = found(visitor, typed)
        assert "MB-2231" in plain(answer)
        assert CARD not in answer.content.decode()
        assert typed not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [CARD, "12,34567", "04:A3:1B:22", "0x20EC3B8B"])
def test_card_of_nobody_is_not_repeated(club: Gym, visitor: Visitor, typed: str) -> None:
    answer = found(visitor, typed)
    assert "Nobody found" in plain(answer)
    assert typed not in answer.content.decode()


@pytest.mark.django_db
def test_card_of_another_company_finds_nobody(club: Gym, visitor: Visitor) -> None:
    other = gym(["Mallory"], other=True)
    with scope(company=other.company):
        other.add("Oscar", other.members, card=CARD)
    assert "Oscar" not in find(visitor, CARD)


@pytest.mark.django_db
def test_people_behind_a_number_are_sorted_by_number_and_named_by_their_own_id(club: Gym, visitor: Visitor) -> None:
    with scope(company=club.company):
        for number in (99_999, 100_000, 1_000_000):
            club.add(f"Person {number}", club.members, number=number, external_id=f"X{number}")
    page = plain(visitor.get(f"/sync/people/?of={club.terminals[0].pk}&state=new&mode=changes"))
    at = [page.index(f"X{number} · {number}") for number in (99_999, 100_000, 1_000_000)]
    assert at == sorted(at)


@pytest.mark.django_db
def test_page_costs_the_same_at_three_terminals_and_at_thirty(club: Gym, there: Counterpart) -> None:
    counts = []
    with scope(company=club.company):
        send(club, there)
        alice = User.objects.get(last_name="Alice")
        for more in (1, 27):
            doors = [world.terminal(club.locations[0], club.agent, f"Door {more}.{number}") for number in range(more)]
            club.zones[0].terminals.add(*doors)
            club.tell()
            company = Company.objects.get(pk=club.company.pk)
            with CaptureQueriesContext(connection) as asked:
                for place in person_terminals(company, key=str(alice.number), user_id=alice.pk):
                    person_reasons(place)
            counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_change_that_waits_names_its_fields_and_no_values(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        erika = club.add("Erika", club.members, card=CARD)
        send(club, there)
        User.objects.filter(pk=erika.pk).update(last_name="Erika Anders", expires=wall(days=9))
        erika.credentials.all().delete()
        club.tell(erika)
        page = find(visitor, "Erika")
        assert "Changed: name, cards, expiry. Since" in page
        assert CARD not in page
        send(club, there)
        User.objects.filter(pk=erika.pk).update(expires="")
        club.tell(erika)
    assert "Changed: expiry. Since" in find(visitor, "Erika")


@pytest.mark.django_db
def test_change_behind_our_back_names_no_field_of_an_older_change(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        erika = club.add("Erika", club.members, card=CARD)
        send(club, there)
        club.rename(erika, "Erika Anders")
        send(club, there)
        Holding.objects.filter(key=str(erika.number)).update(held=b"something else!!")
    page = find(visitor, "Erika")
    assert "The terminal holds something else than it should." in page
    assert "Changed:" not in page


@pytest.mark.django_db
def test_change_taken_back_in_part_names_what_is_left(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        erika = club.add("Erika", club.members, card=CARD)
        send(club, there)
        User.objects.filter(pk=erika.pk).update(last_name="Erika Anders", expires=wall(days=9))
        club.tell(erika)
        club.rename(erika, "Erika")
    assert "Changed: expiry." in find(visitor, "Erika")


@pytest.mark.django_db
def test_person_who_was_not_sent_yet_is_told_since_when(club: Gym, there: Counterpart, visitor: Visitor) -> None:
    with scope(company=club.company):
        club.add("Erika", club.members, card=CARD)
    assert re.search(r"Since \d\d:\d\d \w+\. It waits for somebody to press Sync\.", find(visitor, "Erika"))

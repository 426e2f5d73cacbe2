"""A batch is as large as what it carries, and never larger than what its reader takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db.models import CharField
from django_scopes import scope

from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind
from doorsync.domain.refusals import RefusalCode
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.holdings import rendering
from doorsync.hub.sync.models import Batch, FoundEntry, Holding, HoldingState, Stranger
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.batch_sizes import MOST
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Terminal
from doorsync.hub.users.models import NAME_LENGTH, User
from doorsync.messages import envelope, sizes
from doorsync.messages.schemas import Batch as BatchMessage
from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

SCRIPTS = "Alexandra", "Александра", "Αλεξάνδρα", "אלכסנדרה", "亜歴山大"
WIDE = replace(Capabilities(), name_bytes=800, cards_per_user=1000)


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym()
    with scope(company=made.company):
        Terminal.objects.update(limits=WIDE.as_dict())
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    for device in made.devices.values():
        device.capabilities = WIDE.as_dict()
    return made


def add(club: Gym, number: int, cards: int = 2) -> None:
    name = (SCRIPTS[number % 5] * 30)[:100]
    user = world.user(club.company, name, club.members, first_name=name, pin="86420975", expires="2090-01-01T12:00")
    for card in range(cards):
        world.credential(user, "card", str(2**64 - 1000 * number - card - 1))


def sync(club: Gym, there: Counterpart) -> list[BatchMessage]:
    """Press, and carry; the batches that were issued."""
    issued: list[BatchMessage] = []
    take = there.take

    def noted(sealed: str) -> str | None:
        issued.append(envelope.unseal(sealed, BatchMessage, there.keys, there.hub))
        return take(sealed)

    there.take = noted  # type: ignore[method-assign]
    choice = Selection(terminals=frozenset({club.terminals[0].pk}))
    start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)
    there.work()
    return issued


@pytest.mark.requirement("G-03", mutation="the registries of joserfc with their own limits again")
def test_people_with_all_that_a_person_can_have_reach_the_terminal(club: Gym, there: Counterpart) -> None:
    for number in range(450):
        add(club, number)
    club.tell()

    issued = sync(club, there)

    assert 200 <= max(len(batch.orders) for batch in issued) <= MOST
    assert len(there.device(club.terminals[0]).people()) == 450
    assert not Holding.objects.filter(terminal_id=club.terminals[0].pk).exclude(state=HoldingState.SAME).exists()


@pytest.mark.requirement("G-03", mutation="`_fitting` without its break")
def test_a_batch_ends_where_its_bytes_end(club: Gym, there: Counterpart) -> None:
    for number in range(30):
        add(club, number, cards=900)
    club.tell()

    issued = sync(club, there)

    assert all(sum(map(sizes.size_of, batch.orders)) <= sizes.ORDERS for batch in issued)
    assert len(issued) > 1
    assert len(there.device(club.terminals[0]).people()) == 30


def test_a_person_who_alone_is_too_large_is_refused_by_name_and_the_others_pass(
    club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "RECORD", 5000)
    for number, cards in enumerate((3, 900, 3)):
        add(club, number, cards)
    club.tell()

    sync(club, there)

    refused = Holding.objects.get(terminal_id=club.terminals[0].pk, state=HoldingState.REFUSED)
    assert refused.label.startswith(SCRIPTS[1])
    assert refused.refusal == RefusalCode.PERSON_TOO_LARGE()
    assert describe_selection(refused.refusal) == "Too much for one message. Give this person fewer cards."
    assert len(there.device(club.terminals[0]).people()) == 2
    assert not Batch.objects.filter(status=Batch.OPEN).exists()


def test_longest_name_fits_wherever_it_is_kept() -> None:
    """SQLite keeps a longer one all the same, and PostgreSQL refuses it."""
    longest = User(first_name="x" * NAME_LENGTH, last_name="y" * NAME_LENGTH).full_name
    for model, name in ((Holding, "label"), (FoundEntry, "label"), (Stranger, "name")):
        field = model._meta.get_field(name)
        assert isinstance(field, CharField)
        assert len(longest) <= (field.max_length or 0), field


def test_a_time_schedule_that_alone_is_too_large_is_refused_by_name(club: Gym, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "RECORD", 100)
    club.tell()
    refused = Holding.objects.filter(terminal_id=club.terminals[0].pk, kind=Kind.SCHEDULE).get()
    assert (refused.state, refused.label) == (HoldingState.REFUSED, "Always")
    assert refused.refusal == RefusalCode.SCHEDULE_TOO_LARGE()
    assert "fewer hours" in describe_selection(refused.refusal)

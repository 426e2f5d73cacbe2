"""Parts of a memory: each once, in their order, of one making; and nothing moves before the last word is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.audit.models import Entry as AuditEntry
from doorsync.hub.courier import agent_checks, dispatch
from doorsync.hub.sync.holdings.snapshot import forget_what_is_held
from doorsync.hub.sync.models import Batch, FoundEntry, Holding, HoldingState, Mode, RunTerminal, RunTerminalState, Stranger
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.memory_parts import KnownPart
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.hub.terminals.reason_codes import UnreadCode
from doorsync.messages import envelope
from doorsync.messages.errors import (
    Malformed,
    MessageRefused,
    OutOfOrder,
    Replayed,
    UnknownBatch,
    WrongAgent,
    WrongChain,
    WrongCompany,
)
from doorsync.messages.schemas import Batch as BatchMessage
from doorsync.messages.schemas import MemoryPart, Receipt
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart, Device

PEOPLE = 10


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym([f"Person {number}" for number in range(PEOPLE)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    press_for(club, Mode.CHANGES)
    made.work()
    made.page = 4
    return made


def press_for(club: Gym, mode: Mode) -> None:
    choice = Selection(terminals=frozenset({club.terminals[0].pk}), mode=mode)
    start_run(company=club.company, choice=choice, confirmed=None, actor=club.actor)


class Reading:
    """A terminal that is being read: its sealed parts and receipt, ready to be brought."""

    def __init__(self, club: Gym, there: Counterpart, mode: Mode = Mode.VERIFY) -> None:
        self.club, self.there, self.terminal = club, there, club.terminals[0]
        press_for(club, mode)
        there.hello()

        answer = dispatch.next_batches(self.row, self.there.nonce)
        self.batch = answer["batches"][0]["sealed"]
        self.receipt = self.there.take(self.batch) or ""
        self.parts = list(self.device.parts)

    @property
    def device(self) -> Device:
        return self.there.device(self.terminal)

    @property
    def row(self) -> Agent:
        return agent_checks.find_agent(self.club.agent.public_id)

    def bring(self, number: int) -> int:
        return dispatch.take_part(self.row, self.parts[number - 1])

    def end(self) -> None:
        dispatch.take_receipt(self.row, self.receipt)

    def people(self, *states: HoldingState) -> int:
        return Holding.objects.filter(terminal_id=self.terminal.pk, kind=Kind.USER, state__in=states).count()


@pytest.mark.requirement("G-03", mutation="`store_part` moving the holdings itself; and `must_be_whole` asking for no parts")
def test_a_memory_in_parts_moves_nothing_before_it_is_whole(club: Gym, there: Counterpart) -> None:
    forget_what_is_held(club.terminals[0], UnreadCode.AGENT_FORKED())
    reading = Reading(club, there)
    assert len(reading.parts) == 2
    assert reading.bring(1) == 2
    with pytest.raises(OutOfOrder):
        reading.end()
    assert reading.people(HoldingState.SAME) == 0
    assert reading.bring(2) == 3
    assert reading.people(HoldingState.SAME) == 0
    reading.end()
    assert reading.people(HoldingState.SAME) == PEOPLE
    assert not FoundEntry.objects.exists()


def test_verify_in_parts_finds_who_is_missing_strangers_and_what_was_changed(club: Gym, there: Counterpart) -> None:
    device = there.device(club.terminals[0])
    first, second = sorted(key for kind, key in device.memory if kind is Kind.USER)[:2]
    del device.memory[Kind.USER, first]
    device.memory[Kind.USER, second] = {**device.memory[Kind.USER, second], "name": "Somebody else"}
    device.memory[Kind.USER, "999999"] = {"name": "Stranger", "cards": [], "pin": "", "schedules": [], "until": ""}
    reading = Reading(club, there)
    reading.bring(1)
    reading.bring(2)
    reading.end()
    states = dict(Holding.objects.filter(terminal_id=club.terminals[0].pk, kind=Kind.USER).values_list("key", "state"))
    assert (states[first], states[second]) == (HoldingState.NEW, HoldingState.CHANGED)
    assert Stranger.objects.get().key == "999999"
    assert reading.people(HoldingState.SAME) == PEOPLE - 2


def of_other(reading: Reading, **changed: object) -> str:
    """The second part as somebody else's, or of another time."""
    part = envelope.unseal(reading.parts[1], MemoryPart, hub_keys(), reading.there.keys.public)
    return envelope.seal(part.model_copy(update=changed), reading.there.keys, reading.there.hub)


@pytest.mark.requirement("A-01", mutation="each check of `store_part` and `_batch_of` left out in turn")
@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"company": "other"}, WrongCompany),
        ({"agent": "other"}, WrongAgent),
        ({"terminal": "other"}, UnknownBatch),
        ({"batch": "f" * 64}, UnknownBatch),
        ({"making": "f" * 32}, WrongChain),
        ({"part": 3}, OutOfOrder),
        ({"part": 1}, Replayed),
    ],
)
def test_a_part_that_does_not_follow_is_refused_with_its_own_code(
    club: Gym, there: Counterpart, changed: dict[str, object], refusal: type[MessageRefused]
) -> None:
    reading = Reading(club, there)
    reading.bring(1)
    kept = FoundEntry.objects.count()
    agent_checks._told.clear()
    with pytest.raises(refusal):
        dispatch.take_part(reading.row, of_other(reading, **changed))
    assert FoundEntry.objects.count() == kept
    assert refusal.code() in str(AuditEntry.objects.filter(event="message.refused").latest("pk").subject)
    reading.bring(2)
    reading.end()
    assert reading.people(HoldingState.SAME) == PEOPLE


def test_a_part_again_says_which_one_follows_and_after_the_receipt_that_none_does(club: Gym, there: Counterpart) -> None:
    reading = Reading(club, there)
    assert reading.bring(1) == 2
    with pytest.raises(KnownPart) as known:
        reading.bring(1)
    assert known.value.follows == 2
    assert reading.bring(2) == 3
    reading.end()
    for number in (1, 2):
        with pytest.raises(KnownPart) as known:
            reading.bring(number)
        assert known.value.follows == number + 1
    with pytest.raises(Replayed):
        reading.end()


def test_an_agent_that_read_anew_begins_anew_and_the_makings_never_mix(club: Gym, there: Counterpart) -> None:
    reading = Reading(club, there)
    reading.bring(1)
    reading.bring(2)
    earlier, receipt = reading.parts, reading.receipt
    device = reading.device
    batch = envelope.unseal(reading.batch, BatchMessage, there.keys, there.hub)
    reading.receipt = there._drive(device, batch, reading.batch, "")
    reading.parts = list(device.parts)
    with pytest.raises(WrongChain):
        reading.bring(2)
    assert reading.bring(1) == 2
    with pytest.raises(WrongChain):
        dispatch.take_part(reading.row, earlier[1])
    with pytest.raises(WrongChain):
        dispatch.take_receipt(reading.row, receipt)
    assert reading.bring(2) == 3
    reading.end()
    assert reading.people(HoldingState.SAME) == PEOPLE


def test_a_key_that_is_listed_twice_is_known_by_nobody(club: Gym, there: Counterpart) -> None:
    reading = Reading(club, there)
    twice = envelope.unseal(reading.parts[0], MemoryPart, hub_keys(), there.keys.public).entries[-1]
    for number in (1, 2):
        part = envelope.unseal(reading.parts[number - 1], MemoryPart, hub_keys(), there.keys.public)
        more = part.model_copy(update={"entries": [*part.entries, *([twice] if number == 2 else [])]})
        dispatch.take_part(reading.row, envelope.seal(more, there.keys, there.hub))
    reading.end()
    row = Holding.objects.get(terminal_id=club.terminals[0].pk, kind=int(twice.kind), key=twice.key)
    assert row.held is not None
    assert bytes(row.held) == b""


def test_a_receipt_without_parts_takes_back_those_that_came(club: Gym, there: Counterpart) -> None:
    reading = Reading(club, there)
    reading.bring(1)
    receipt = envelope.unseal(reading.receipt, Receipt, hub_keys(), there.keys.public)
    lost = receipt.model_copy(
        update={
            "state": "interrupted",
            "memory": None,
            "parts": 0,
            "making": "",
            "outcomes": [receipt.outcomes[0].model_copy(update={"result": "unknown"})],
        }
    )
    dispatch.take_receipt(reading.row, envelope.seal(lost, there.keys, there.hub))
    assert not FoundEntry.objects.exists()


def test_a_batch_that_is_taken_back_takes_its_parts_along(club: Gym, there: Counterpart) -> None:
    reading = Reading(club, there)
    reading.bring(1)
    there.lose_state()
    there.hello()
    assert Batch.objects.filter(status=Batch.VOID).exists()
    assert not FoundEntry.objects.exists()
    with pytest.raises(UnknownBatch):
        reading.bring(2)
    there.work()
    assert RunTerminal.objects.exclude(state=RunTerminalState.DONE).count() == 0


def test_a_part_is_taken_for_no_batch_that_reads_nothing(club: Gym, there: Counterpart) -> None:
    part = envelope.unseal(Reading(club, there).parts[0], MemoryPart, hub_keys(), there.keys.public)
    there.work()
    club.add("Newcomer", club.members)
    press_for(club, Mode.CHANGES)
    sealed = dispatch.next_batches(agent_checks.find_agent(club.agent.public_id), there.nonce)["batches"][0]["sealed"]
    elsewhere = part.model_copy(update={"batch": envelope.fingerprint(sealed)})
    with pytest.raises(Malformed):
        dispatch.take_part(agent_checks.find_agent(club.agent.public_id), envelope.seal(elsewhere, there.keys, there.hub))
    assert not FoundEntry.objects.exists()

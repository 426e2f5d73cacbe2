"""A batch that can never be answered is taken back, said, and holds nobody up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from doorsync.domain.record import Kind
from doorsync.hub.audit.models import Entry
from doorsync.hub.courier import agent_checks, dispatch
from doorsync.hub.reasons.words import describe_selection
from doorsync.hub.sync.models import Batch, Holding, HoldingState, Mode, Problem, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.reason_codes import RunTerminalCode
from doorsync.hub.sync.run import receipts
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.identity import hub_keys
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import Malformed, MessageRefused, UnknownBatch
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Batch as BatchMessage
from doorsync.messages.schemas import Receipt, Refused
from tests.factories.gym import Gym, gym
from tests.hub.sync.counterpart import Counterpart

PEOPLE = 12


@pytest.fixture
def club(transactional_db: None) -> Iterator[Gym]:
    made = gym([f"Person {number:02}" for number in range(PEOPLE)])
    with scope(company=made.company):
        yield made


@pytest.fixture
def there(club: Gym) -> Counterpart:
    made = Counterpart(club.agent)
    press_for(club)
    made.work()
    return made


def press_for(club: Gym, mode: Mode = Mode.CHANGES) -> None:
    choice = Selection(terminals=frozenset({club.terminals[0].pk}), mode=mode)
    confirmed = PEOPLE if mode == Mode.ERASE else None
    start_run(company=club.company, choice=choice, confirmed=confirmed, actor=club.actor)


def row(club: Gym) -> Agent:
    return agent_checks.find_agent(club.agent.public_id)


def next_batch(club: Gym, there: Counterpart) -> tuple[str, BatchMessage]:
    answer = dispatch.next_batches(row(club), there.nonce)
    if answer["hello"]:
        there.hello()
        answer = dispatch.next_batches(row(club), there.nonce)
    sealed = answer["batches"][0]["sealed"]
    return sealed, envelope.unseal(sealed, BatchMessage, there.keys, there.hub)


def refuse(club: Gym, there: Counterpart, sealed: str, code: str) -> None:
    said = Refused(company=club.company.slug, agent=club.agent.public_id, batch=envelope.fingerprint(sealed), code=code)
    dispatch.note_refused(row(club), envelope.sign(said, there.keys.sign))


def work_but_for(club: Gym, there: Counterpart, poison: str, code: str, *, accept: bool) -> int:
    """Carry, with an agent that cannot answer whatever has this person in it; returns how many batches it refused."""
    refused = 0
    for _ in range(60):
        answer = dispatch.next_batches(row(club), there.nonce)
        if answer["hello"]:
            there.hello()
            continue
        if not answer["batches"]:
            return refused
        for each in answer["batches"]:
            batch = envelope.unseal(each["sealed"], BatchMessage, there.keys, there.hub)
            if any(order.key == poison for order in batch.orders):
                refused += 1
                if accept:
                    there.take(each["sealed"])
                refuse(club, there, each["sealed"], code)
            else:
                dispatch.take_receipt(row(club), there.take(each["sealed"]) or "")
    return refused


@pytest.mark.requirement("R-02", mutation="`_reconcile` leaving a batch open that was accepted and refused")
@pytest.mark.parametrize(("code", "accept"), [("unanswerable", True), ("too-large", False), ("malformed", False)])
def test_who_cannot_be_answered_for_is_named_and_everybody_else_gets_what_is_theirs(
    club: Gym, there: Counterpart, code: str, accept: bool
) -> None:
    users = list(club.members.users.order_by("number"))
    gone, poison = users[0], users[5]
    club.remove(gone)
    for user in users[1:]:
        club.rename(user, f"Renamed {user.number}")
    press_for(club)
    RunTerminal.objects.update(ceiling=10)

    refused = work_but_for(club, there, str(poison.number), code, accept=accept)

    assert 1 < refused < 8, "smaller and smaller, down to one"
    assert not Batch.objects.filter(status=Batch.OPEN).exists()
    people = there.device(club.terminals[0]).people()
    assert str(gone.number) not in people
    others = {str(user.number) for user in users[1:]} - {str(poison.number)}
    assert {str(fields["name"]) for key, fields in people.items() if key in others} == {f"Renamed {key}" for key in others}
    run_terminal = RunTerminal.objects.latest("pk")
    assert run_terminal.state == RunTerminalState.PARTLY
    assert [problem.key for problem in Problem.objects.filter(run_terminal=run_terminal)] == [str(poison.number)]
    assert run_terminal.message
    held = Holding.objects.get(terminal_id=club.terminals[0].pk, kind=Kind.USER, key=str(poison.number))
    assert held.state != HoldingState.SAME
    assert held.held is not None
    assert (bytes(held.held) == b"") == accept, "what was accepted may have been written: unknown"
    assert Entry.objects.filter(event="batch.given-up").count() == refused


def test_a_nonce_that_died_costs_nobody_a_smaller_batch(club: Gym, there: Counterpart) -> None:
    club.rename(club.members.users.all()[0], "Renamed")
    press_for(club)
    sealed, _ = next_batch(club, there)
    refuse(club, there, sealed, "stale-nonce")
    there.work()
    assert not Entry.objects.filter(event="batch.given-up").exists()
    assert RunTerminal.objects.latest("pk").state == RunTerminalState.DONE


@pytest.mark.parametrize("mode", [Mode.VERIFY, Mode.ERASE])
def test_a_memory_that_cannot_be_answered_for_ends_the_run_terminal_and_says_so(
    club: Gym, there: Counterpart, mode: Mode
) -> None:
    press_for(club, mode)
    sealed, _ = next_batch(club, there)
    there.take(sealed)
    refuse(club, there, sealed, "unanswerable")
    there.hello()
    run_terminal = RunTerminal.objects.filter(run__mode=mode).earliest("pk")
    why = RunTerminalCode.UNANSWERABLE(why="unanswerable")
    assert run_terminal.state == RunTerminalState.PARTLY
    assert run_terminal.message == (why if mode == Mode.ERASE else RunTerminalCode.ONLY_REMOVALS.caused_by(why))
    assert "cannot say what became of this" in describe_selection(run_terminal.message)
    unknown = Holding.objects.filter(terminal_id=club.terminals[0].pk, held=b"").exists()
    assert unknown == (mode == Mode.ERASE)


@pytest.mark.parametrize(("code", "words"), [("downgraded", "Update the hub."), ("too-new", "Update the agent.")])
def test_versions_that_do_not_fit_say_which_side_to_update(club: Gym, there: Counterpart, code: str, words: str) -> None:
    club.rename(club.members.users.all()[0], "Renamed")
    press_for(club)
    sealed, _ = next_batch(club, there)
    refuse(club, there, sealed, code)
    there.hello()
    run_terminal = RunTerminal.objects.latest("pk")
    assert run_terminal.state == RunTerminalState.PARTLY
    assert words in describe_selection(run_terminal.message)


class Untakeable:
    """A receipt of which the hub understands only which batch it is about."""

    def __init__(self, club: Gym, there: Counterpart) -> None:
        club.rename(club.members.users.all()[0], "Renamed")
        press_for(club)
        self.sealed, _ = next_batch(club, there)
        receipt = envelope.unseal(there.take(self.sealed) or "", Receipt, hub_keys(), there.keys.public)
        self.right = receipt
        self.wrong = envelope.seal(receipt.model_copy(update={"outcomes": [*receipt.outcomes] * 2}), there.keys, there.hub)


@pytest.mark.requirement("R-02", mutation="`note_failure` returning at once")
def test_an_answer_that_can_never_be_taken_holds_its_terminal_up_three_times_and_no_longer(club: Gym, there: Counterpart) -> None:
    answer = Untakeable(club, there)
    for _ in range(3):
        assert Batch.objects.filter(status=Batch.OPEN).exists()
        with pytest.raises(Malformed):
            dispatch.take_receipt(row(club), answer.wrong)
    assert not Batch.objects.filter(status=Batch.OPEN).exists()
    with pytest.raises(UnknownBatch):
        dispatch.take_receipt(row(club), answer.wrong)
    there.hello()
    assert not Entry.objects.filter(event="terminal.forked").exists(), "hub and agent agree what was accepted"


def test_an_answer_that_the_hub_itself_fails_at_counts_too(
    club: Gym, there: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Untakeable(club, there)
    right = envelope.seal(answer.right, there.keys, there.hub)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(receipts, "note_device", fail)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                dispatch.take_receipt(row(club), right)
    assert not Batch.objects.filter(status=Batch.OPEN).exists()
    assert describe_selection(Problem.objects.get().message).startswith("The agent cannot say what became of this")
    there.work()
    press_for(club)
    there.work()
    assert not Holding.objects.filter(terminal_id=club.terminals[0].pk).exclude(state=HoldingState.SAME).exists()


def test_rubbish_under_an_agents_name_counts_for_nothing(club: Gym, there: Counterpart) -> None:
    answer = Untakeable(club, there)
    stranger = KeyPairs.generate()
    for text in ("x" * 100, envelope.seal(answer.right, stranger, there.hub)) * 5:
        with pytest.raises(MessageRefused):
            dispatch.take_receipt(row(club), text)
    assert Batch.objects.filter(status=Batch.OPEN, failures=0).exists()
    dispatch.take_receipt(row(club), envelope.seal(answer.right, there.keys, there.hub))

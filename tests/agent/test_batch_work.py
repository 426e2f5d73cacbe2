"""What becomes of orders: done, refused, unknown, untouched; only what was read back counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

import pytest

from doorsync.agent.batch_service import BatchService
from doorsync.agent.batch_work import Work
from doorsync.agent.drivers import Drivers
from doorsync.agent.memory_parts import MemoryParts
from doorsync.domain.capabilities import Capabilities
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import About, ConnectionSettings, Found, Session, TerminalError, WriteAnswer
from doorsync.drivers.make import Make
from doorsync.messages import sizes
from doorsync.messages.schemas import Order, Receipt
from doorsync.messages.terminal_codes import in_english
from tests.agent.hub import PIN, Hub, put, remove
from tests.factories.terminals import VirtualTerminal


def carry_out(hub: Hub, batch_service: BatchService, *orders: Order) -> Receipt:
    return hub.read(batch_service.batch(hub.seal(hub.batch("gate", *orders))).text)


def results(receipt: Receipt) -> list[str]:
    return [outcome.result for outcome in receipt.outcomes]


def test_a_receipt_tells_what_was_read_back_and_what_the_terminal_can_hold(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    receipt = carry_out(hub, batch_service, put("1", "Alice"), put("2", "Bob"), remove("1"), remove("3"))
    assert (receipt.state, in_english(receipt.why())) == ("done", "")
    assert results(receipt) == ["done"] * 4
    assert receipt.outcomes[0].found is None  # removed again by the third order
    assert receipt.outcomes[1].found
    assert receipt.outcomes[1].found.fields == gate.users()["2"]
    assert receipt.device
    assert (receipt.device.serial, receipt.device.users, receipt.device.can["capacity"]) == (gate.serial, 0, 50)
    assert receipt.memory is None


def test_what_the_terminal_refuses_is_said_and_the_work_goes_on(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    receipt = carry_out(hub, batch_service, put("1"), put("2", schedules=["unknown"]), put("3", pin="1"), put("4"))
    assert receipt.state == "done"
    assert results(receipt) == ["done", "refused", "refused", "done"]
    assert in_english(receipt.outcomes[1].why()) == "The terminal does not know one of the time schedules."
    assert [outcome.code for outcome in receipt.outcomes] == ["", "unknown-schedule", "too-long", ""]
    assert set(gate.users()) == {"1", "4"}


@pytest.mark.parametrize("meant", ["ANOTHER", ""])
@pytest.mark.requirement("I-01", mutation="a batch for a device without a serial number is carried out at any device")
def test_another_device_at_the_address_gets_nothing(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, meant: str
) -> None:
    gate.enrol("7", "Fire brigade")
    batch = hub.batch("gate", put("1"), remove("7"), serial=meant)
    receipt = hub.read(batch_service.batch(hub.seal(batch)).text)
    assert (receipt.state, results(receipt)) == ("other-device", ["untouched", "untouched"])
    assert receipt.device
    assert receipt.device.serial == gate.serial
    assert set(gate.users()) == {"7"}
    again = hub.batch("gate", remove("7"), serial=gate.serial)
    assert hub.read(batch_service.batch(hub.seal(again)).text).state == "done"
    assert gate.users() == {}


@pytest.mark.parametrize("meant", ["ANOTHER", ""])
@pytest.mark.parametrize("do", ["read", "erase"])
def test_another_device_is_neither_erased_nor_read(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, do: Any, meant: str
) -> None:
    gate.enrol("7", "Fire brigade")
    receipt = hub.read(batch_service.batch(hub.seal(hub.batch("gate", Order(do=do), serial=meant))).text)
    assert (receipt.state, receipt.memory) == ("other-device", None)
    assert set(gate.users()) == {"7"}


def test_a_batch_without_orders_asks_only_what_the_terminal_says_of_itself(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    gate.enrol("7", "Fire brigade")
    receipt = carry_out(hub, batch_service)
    assert (receipt.state, receipt.outcomes, receipt.memory) == ("done", [], None)
    assert receipt.device
    assert (receipt.device.serial, receipt.device.users) == (gate.serial, 1)
    gate.stop()
    assert carry_out(hub, batch_service).state == "not-reached"


def test_a_key_that_somebody_else_has_there_is_left_alone(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    gate.enrol("7", "Fire brigade", "999112")
    new = put("7", "Alice").model_copy(update={"new": True})
    receipt = carry_out(hub, batch_service, new, put("8"))
    assert results(receipt) == ["taken", "done"]
    assert receipt.outcomes[0].found
    assert receipt.outcomes[0].found.fields["name"] == "Fire brigade"
    assert gate.users()["7"]["cards"] == ["999112"]


def test_nobody_is_removed_under_a_key_that_is_new_to_the_hub(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    gate.enrol("7", "Fire brigade", "999112")
    new = {"new": True}
    receipt = carry_out(hub, batch_service, remove("7").model_copy(update=new), remove("8").model_copy(update=new))
    assert results(receipt) == ["taken", "done"]
    assert receipt.outcomes[0].found
    assert receipt.outcomes[0].found.fields["name"] == "Fire brigade"
    assert gate.users()["7"]["cards"] == ["999112"]


def test_what_is_new_and_stands_there_already_is_no_strangers(hub: Hub, batch_service: BatchService) -> None:
    new = put("7", "Alice").model_copy(update={"new": True})
    carry_out(hub, batch_service, new)
    assert results(carry_out(hub, batch_service, new)) == ["done"]


def test_the_terminals_own_administrators_are_neither_changed_nor_removed(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    gate.enrol("7", "Caretaker", own=True)
    gate.enrol("8", "Locksmith", own=True)
    receipt = carry_out(hub, batch_service, put("7", "Alice"), remove("8"), put("9"))
    assert results(receipt) == ["taken", "taken", "done"]
    assert receipt.outcomes[0].found
    assert receipt.outcomes[0].found.own
    assert {key: each["name"] for key, each in gate.users().items()} == {"7": "Caretaker", "8": "Locksmith", "9": "User 9"}


def test_a_full_terminal_refuses_one_by_one(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    gate.tell(full=True)
    receipt = carry_out(hub, batch_service, put("1"), remove("2"))
    assert results(receipt) == ["refused", "done"]
    assert in_english(receipt.outcomes[0].why()) == "The terminal's memory is full."


@pytest.mark.parametrize(("lie", "found"), [("drop", None), ("rename", "Somebody else")])
def test_a_lying_terminal_is_found_out_by_reading_back(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal, lie: str, found: str | None
) -> None:
    gate.tell(lie=lie)
    outcome = carry_out(hub, batch_service, put("1", "Alice")).outcomes[0]
    assert (outcome.found.fields["name"] if outcome.found else None) == found


def test_a_terminal_that_loses_its_power_on_the_way_leaves_a_bulk_write_unknown_and_the_rest_untouched(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    gate.tell(power_cut_after=gate_writes(gate) + 2)
    receipt = carry_out(hub, batch_service, *(put(str(key)) for key in range(3)), remove("7"), remove("8"))
    gate.wait_for_end()
    assert receipt.state == "partly"
    assert results(receipt) == ["unknown", "unknown", "unknown", "untouched", "untouched"]  # nothing could be read back
    assert "did not answer" in in_english(receipt.why()) or "stopped answering" in in_english(receipt.why())


def gate_writes(gate: VirtualTerminal) -> int:
    """A fresh start, so that counting begins at none."""
    gate.stop()
    gate.start()
    return 0


def test_a_terminal_that_hangs_up_and_comes_back_is_read_once_more(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    with flaky(gate) as make:
        receipt = with_driver(hub, batch_service, make, put("1", "Alice"), put("2", "Bob"), put("3"))
    assert receipt.state == "partly"
    assert results(receipt) == ["done", "unknown", "unknown"]
    assert receipt.outcomes[0].found
    assert receipt.outcomes[0].found.fields["name"] == "Alice"
    assert receipt.outcomes[1].found  # it got through, though nobody heard so
    assert in_english(receipt.why()) == "The line broke."


def test_read_tells_the_whole_memory(hub: Hub, batch_service: BatchService) -> None:
    carry_out(hub, batch_service, put("1", "Alice"), put("2", "Bob"))
    receipt = carry_out(hub, batch_service, Order(do="read"))
    assert results(receipt) == ["done"]
    assert receipt.memory is not None
    assert {entry.key: entry.fields["name"] for entry in receipt.memory} == {"1": "Alice", "2": "Bob"}


def test_erase_tells_the_memory_that_is_left(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    carry_out(hub, batch_service, put("1"))
    assert carry_out(hub, batch_service, Order(do="erase")).memory == []
    assert gate.users() == {}
    carry_out(hub, batch_service, put("2"))
    gate.tell(lie="drop")
    memory = carry_out(hub, batch_service, Order(do="erase")).memory
    assert [entry.key for entry in memory or []] == ["2"]


def test_read_of_a_terminal_that_is_off_is_untouched(hub: Hub, batch_service: BatchService, gate: VirtualTerminal) -> None:
    gate.stop()
    receipt = carry_out(hub, batch_service, Order(do="read"))
    assert (receipt.state, results(receipt), receipt.memory) == ("not-reached", ["untouched"], None)


def test_a_silent_terminal_is_given_up_in_time(hub: Hub, open_batch_service: Any, gate: VirtualTerminal) -> None:
    batch_service = open_batch_service(terminal_timeout=0.2)
    hub.hello(batch_service.hello().hello)
    gate.tell(delay=30)
    receipt = carry_out(hub, batch_service, put("1"))
    assert (receipt.state, results(receipt)) == ("not-reached", ["untouched"])


def test_a_make_without_a_driver_is_not_reached_and_says_so(hub: Hub, batch_service: BatchService) -> None:
    hub.terminals["gate"].make = "abacus"
    receipt = carry_out(hub, batch_service, put("1"))
    assert (receipt.state, in_english(receipt.why())) == ("not-reached", "This agent has no driver for 'abacus'.")


# Drivers of somebody else's making.


BROKEN = "1"  # its serial number


@dataclass
class Broken:
    """A driver that fails as it is told; `said` is what it fails with."""

    make: ClassVar[Make] = Make(name="broken", title="Broken", address="")
    said: Exception
    where: str
    written: list[str] = field(default_factory=list)

    def lane(self, settings: ConnectionSettings) -> str:
        return settings.address

    @contextmanager
    def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[Session]:
        if self.where == "open":
            raise self.said
        yield self
        if self.where == "close":
            raise self.said

    def about(self) -> About:
        if self.where == "about":
            raise self.said
        return About(serial=BROKEN, can="none" if self.where == "capabilities" else Capabilities())  # type: ignore[arg-type]  # broken

    def read(self, kind: Kind, keys: Collection[str]) -> Iterator[Found]:
        if self.where == "read":
            raise self.said
        if self.where == "endless":
            return (Found(record=Record(kind=kind, key=str(n), fields={"name": "Alice"})) for n in count(10**6))
        if self.where == "large":
            sizes_of = {key: 100_000 if key == "0" else 30_000 for key in keys}
            return (Found(record=Record(kind=kind, key=key, fields={"name": "x" * n})) for key, n in sizes_of.items())
        strange: Any = (
            {"name": "\ud800\x00", "pin": 5, "cards": ({"odd": b"1"},)} if self.where == "strange" else {"name": "Alice"}
        )
        return (Found(record=Record(kind=kind, key=key, fields=strange)) for key in [*keys, "not asked for"])

    def read_all(self, kind: Kind) -> Iterator[Found]:
        if self.where == "read all":
            raise self.said
        keys = ["1", "x" * 65] if kind is Kind.USER else []
        return (Found(record=Record(kind=kind, key=key, fields={"name": "Alice"})) for key in keys)

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        for record in records:
            if self.where == "put":
                raise self.said
            self.written.append(record.key)
            yield WriteAnswer(key=record.key)

    def remove_many(self, kind: Kind, keys: Sequence[str]) -> Iterator[WriteAnswer]:
        self.written.extend(keys)
        return (WriteAnswer(key=key) for key in keys)

    def erase(self) -> None:
        self.written.clear()


def with_driver(hub: Hub, batch_service: BatchService, driver: Any, *orders: Order) -> Receipt:
    hub.terminals["gate"].make = "broken"
    batch_service._drivers.working["broken"] = driver
    serial = BROKEN if isinstance(driver, Broken) else hub.terminals["gate"].serial
    return hub.read(batch_service.batch(hub.seal(hub.batch("gate", *orders, serial=serial))).text)


@pytest.mark.parametrize("where", ["open", "put", "read", "about", "capabilities", "close"])
def test_a_driver_that_fails_in_any_way_harms_nobody_and_quotes_nothing(
    hub: Hub, batch_service: BatchService, where: str
) -> None:
    driver = Broken(ValueError(f"cannot store {PIN}"), where)
    receipt = with_driver(hub, batch_service, driver, put("1"), put("2"))
    assert PIN not in in_english(receipt.why())
    assert "untouched" in results(receipt) or "unknown" in results(receipt) or where == "close"
    never_begun = dict.fromkeys(("open", "about", "capabilities", "read"), "not-reached")
    assert receipt.state == {**never_begun, "close": "done"}.get(where, "partly")
    assert ("ValueError" in in_english(receipt.why()) or "AttributeError" in in_english(receipt.why())) == (where != "close")
    hub.terminals["gate"].make = "virtual"
    assert carry_out(hub, batch_service, put("3")).state == "done"


@pytest.mark.requirement("I-02", mutation="`_read_whole` catching Endless alone")
def test_a_terminal_that_refuses_to_be_read_answers_and_is_not_lost(hub: Hub, batch_service: BatchService) -> None:
    driver = Broken(TerminalError("It lists nobody.", permanent=True), "read all")
    receipt = with_driver(hub, batch_service, driver, Order(do="read"))
    assert (receipt.state, results(receipt), in_english(receipt.why())) == ("done", ["refused"], "It lists nobody.")
    lost = Broken(TerminalError("The line broke.", permanent=False), "read all")
    assert with_driver(hub, batch_service, lost, Order(do="read")).state == "partly"


@pytest.mark.requirement("I-03", mutation="`_asked` cutting what goes on without end, as if nothing more stood there")
def test_nothing_is_removed_where_one_key_is_answered_without_end(hub: Hub, batch_service: BatchService) -> None:
    """Whom it would have listed next nobody knows: it is neither called removed, nor read for ever."""
    driver = Broken(ValueError(), "endless")
    receipt = with_driver(hub, batch_service, driver, remove("1"))
    assert (receipt.state, results(receipt)) == ("not-reached", ["untouched"])
    assert "lists without end" in in_english(receipt.why())
    assert driver.written == []


def test_what_a_driver_says_of_itself_is_cut_to_fit(hub: Hub, batch_service: BatchService) -> None:
    driver = Broken(TerminalError("\ud800\x00" + "x" * 5000, permanent=True), "put")
    receipt = with_driver(hub, batch_service, driver, put("1"))
    assert results(receipt) == ["refused"]
    assert in_english(receipt.outcomes[0].why()) == "x" * 160


def test_word_of_a_terminal_for_a_refusal_is_made_one_that_can_travel(hub: Hub, batch_service: BatchService) -> None:
    driver = Broken(TerminalError("In use.", permanent=True, code="Card in use!\n" + "x" * 50), "put")
    receipt = with_driver(hub, batch_service, driver, put("1"))
    assert [(outcome.result, outcome.code) for outcome in receipt.outcomes] == [("refused", "Card-in-use-" + "x" * 20)]


def test_texts_that_cannot_travel_are_made_ones_that_can_and_strangers_left_out(hub: Hub, batch_service: BatchService) -> None:
    driver = Broken(ValueError(), "strange")
    found = with_driver(hub, batch_service, driver, put("1")).outcomes[0].found
    assert found
    assert found.fields["name"] == "?\ufffd"
    assert found.fields["pin"] == "5"


def test_entries_under_keys_that_no_hub_can_store_are_left_out(hub: Hub, batch_service: BatchService) -> None:
    memory = with_driver(hub, batch_service, Broken(ValueError(), ""), Order(do="read")).memory
    assert [entry.key for entry in memory or []] == ["1"]


@contextmanager
def flaky(gate: VirtualTerminal) -> Iterator[Any]:
    """The virtual terminal's driver on a line that breaks once, after the second put has got through."""
    from doorsync.drivers.virtual.driver import VirtualDriver, VirtualSession

    class Line(VirtualDriver):
        broken = False

        @contextmanager
        def open(self, settings: ConnectionSettings, *, timeout: float) -> Iterator[VirtualSession]:
            with super().open(settings, timeout=timeout) as session:
                put_many = session.put_many

                def put_and_break(records: Sequence[Record]) -> Iterator[WriteAnswer]:
                    for answer in put_many(records):
                        if answer.key == "2":
                            raise TerminalError("The line broke.", permanent=False)
                        yield answer

                session.put_many = put_and_break  # type: ignore[method-assign]  # the fault of this line
                yield session

    yield Line()


def test_drivers_without_a_way_to_a_terminal_still_make_a_receipt(hub: Hub) -> None:
    hub.nonce = "0" * 32
    batch = hub.batch("gate", put("1"))
    parts = MemoryParts(batch, "a" * 64, hub.identity(), lambda *_: None)
    work = Work(
        batch=batch,
        fingerprint="a" * 64,
        driver=Broken(ValueError(), "open"),
        parts=parts,
        timeout=1,
        stopping=lambda: False,
        sign=lambda _: "",
    )
    assert work.carry_out().state == "not-reached"
    assert [outcome.result for outcome in work.look_after_interruption().outcomes] == ["unknown"]
    assert Drivers(broken={"x": "ImportError: no"}).why_not("x") == "The driver for 'x' is broken: ImportError: no."


@pytest.mark.requirement("G-03", mutation="`_fitting` of the agent's work returning its outcomes as they are")
def test_a_terminal_that_answers_with_ever_more_is_quoted_as_long_as_there_is_room(hub: Hub, batch_service: BatchService) -> None:
    receipt = with_driver(hub, batch_service, Broken(ValueError(), "large"), *(put(str(number)) for number in range(60)))
    said = [str(outcome.found.fields["name"])[:1] for outcome in receipt.outcomes if outcome.found]
    assert len(said) == 60
    assert (said[0], set(said)) == ("\ufffd", {"x", "\ufffd"})  # the first is too large by itself
    assert sizes.size_of(receipt) <= sizes.PAYLOAD


def test_a_terminal_that_asks_for_a_secret_is_reached_with_the_one_of_the_batch(
    hub: Hub, batch_service: BatchService, gate: VirtualTerminal
) -> None:
    gate.ask_for("sesame-4711")
    try:
        batch = hub.batch("gate", put("1")).model_copy(update={"secret": "sesame-4711"})
        receipt = hub.read(batch_service.batch(hub.seal(batch)).text)
        assert (receipt.state, receipt.code, results(receipt)) == ("done", "", ["done"])
        known = batch_service.connections.of("gate")
        assert known
        assert known.secret == "sesame-4711"
        wrong = hub.batch("gate", put("2")).model_copy(update={"secret": "wrong"})
        receipt = hub.read(batch_service.batch(hub.seal(wrong)).text)
    finally:
        gate.ask_for("")
    assert (receipt.state, receipt.code, results(receipt)) == ("not-reached", "secret-refused", ["untouched"])
    assert "wrong" not in in_english(receipt.why())
    assert batch_service._status_file.lost() == {}  # nobody goes on knocking with a secret that is wrong

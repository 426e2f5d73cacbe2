"""Orders that go out together, and one by one where a terminal refuses them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from doorsync.agent.bulk_writes import bulk_writes, write_all
from doorsync.domain.record import Kind, Record
from doorsync.drivers.contract import TerminalError, WriteAnswer
from doorsync.messages.schemas import Order
from doorsync.messages.terminal_codes import in_own_words
from tests.agent.hub import put, remove


class Choosy:
    """A session that refuses bulk writes as `said`, and user 3 always; it never answers for those in `mute` unless alone."""

    def __init__(self, said: TerminalError | None = None, mute: Sequence[str] = ()) -> None:
        self.said, self.mute = said, mute
        self.calls: list[list[str]] = []

    def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
        self.calls.append([record.key for record in records])
        for record in reversed(records):  # in any order
            if record.key in self.mute and len(records) > 1:
                continue
            if self.said and len(records) > 1 and record.key == "2":
                raise self.said
            yield WriteAnswer(key=record.key, refusal="No." if record.key == "3" else "", code="no" if record.key == "3" else "")


def groups(*orders: Order, left_out: Sequence[int] = (), most: int = 50) -> list[list[int]]:
    return list(bulk_writes(orders, left_out, most))


def written(session: Any, *orders: Order) -> dict[str, str]:
    return {answer.key: answer.refusal for answer in write_all(session, orders)}


def test_orders_of_one_kind_with_different_keys_go_out_together_in_sequence() -> None:
    schedule = Order(do="put", kind=Kind.SCHEDULE, key="9")
    assert groups(remove("1"), remove("2"), put("3"), schedule, put("4"), put("4")) == [[0, 1], [2], [3], [4], [5]]
    assert groups(put("1"), put("2"), put("3"), most=2) == [[0, 1], [2]]
    assert groups(put("1"), put("2"), put("3"), left_out=[1]) == [[0, 2]]
    assert groups(Order(do="read")) == [[0]]
    assert groups() == []


def test_each_record_has_its_answer() -> None:
    session = Choosy()
    assert written(session, put("1"), put("2"), put("3")) == {"1": "", "2": "", "3": "No."}
    assert session.calls == [["1", "2", "3"]]


def test_what_is_refused_together_is_tried_one_by_one_so_that_the_refusal_finds_its_name() -> None:
    session = Choosy(TerminalError("The write does not fit.", permanent=True))
    assert written(session, put("1"), put("2"), put("3"), put("4")) == {"1": "", "2": "", "3": "No.", "4": ""}
    assert session.calls == [["1", "2", "3", "4"], ["1"], ["2"]]  # 4 and 3 were answered before


def test_what_is_not_answered_is_tried_alone() -> None:
    session = Choosy(mute=["2"])
    assert written(session, put("1"), put("2")) == {"1": "", "2": ""}
    assert session.calls == [["1", "2"], ["2"]]


def test_a_terminal_that_never_answers_for_a_record_is_lost() -> None:
    class Mute:
        def put_many(self, _records: Sequence[Record]) -> Iterator[WriteAnswer]:
            return iter(())

    with pytest.raises(TerminalError) as caught:
        written(Mute(), put("1"))
    assert not caught.value.permanent


def test_a_lost_terminal_is_not_tried_again() -> None:
    session = Choosy(TerminalError("The line broke.", permanent=False))
    with pytest.raises(TerminalError):
        written(session, put("1"), put("2"), put("3"))
    assert session.calls == [["1", "2", "3"]]


def test_a_single_order_that_is_refused_with_an_error_is_a_refusal() -> None:
    class Full:
        def put_many(self, _records: Sequence[Record]) -> Iterator[WriteAnswer]:
            raise TerminalError("It is full.", permanent=True, code="full")

    (answer,) = write_all(Full(), [put("1")])  # type: ignore[arg-type]  # puts only
    assert (answer.key, answer.refusal, answer.code) == ("1", "It is full.", "full")
    assert answer.reason == in_own_words("It is full.")


def test_an_answer_about_somebody_else_is_ignored() -> None:
    class Confused:
        def put_many(self, records: Sequence[Record]) -> Iterator[WriteAnswer]:
            yield WriteAnswer(key="99", refusal="Who?")
            yield WriteAnswer(key=records[0].key)

    assert written(Confused(), put("1")) == {"1": ""}

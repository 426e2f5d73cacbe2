"""Puts the orders of a batch into bulk writes, and asks the driver for the terminal's answer to each record."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import closing

from doorsync.domain.record import Record
from doorsync.drivers.contract import Session, TerminalError, WriteAnswer
from doorsync.messages.schemas import Order
from doorsync.messages.terminal_codes import TerminalCode

WRITES = ("put", "remove")


def bulk_writes(orders: Sequence[Order], left_out: Collection[int], most: int) -> Iterator[list[int]]:
    """The numbers of the orders that go out together, in sequence: of one kind, with different keys, at most so many.

    What concerns the whole terminal goes by itself.
    """
    together, keys = list[int](), set[str]()
    for number, order in enumerate(orders):
        if number in left_out:
            continue
        if together and (len(together) >= max(1, most) or order.key in keys or not _alike(orders[together[0]], order)):
            yield together
            together, keys = [], set()
        together.append(number)
        keys.add(order.key)
    if together:
        yield together


def write_all(session: Session, orders: Sequence[Order]) -> Generator[WriteAnswer, None, None]:
    """Carry these orders out together. Those that the terminal does not answer, or refuses as a whole, are tried one by one.

    Raises TerminalError when the terminal is lost; what it had not answered by then is unknown.
    """
    left = {order.key: order for order in orders}
    try:
        with closing(_written(session, orders)) as answers:
            for answer in answers:
                if left.pop(answer.key, None) is not None:
                    yield answer
    except TerminalError as error:
        if not error.permanent:
            raise
        if len(orders) == 1:
            yield WriteAnswer(key=orders[0].key, refusal=str(error), code=error.code, reason=error.reason)
            return
    if left and len(orders) == 1:
        raise TerminalError(TerminalCode.ORDER_UNANSWERED(), permanent=False)
    for order in list(left.values()):
        yield from write_all(session, [order])


def _alike(first: Order, order: Order) -> bool:
    return order.do in WRITES and (order.do, order.kind) == (first.do, first.kind)


def _written(session: Session, orders: Sequence[Order]) -> Generator[WriteAnswer, None, None]:
    first = orders[0]
    if first.do == "put":
        yield from session.put_many([Record(kind=order.kind, key=order.key, fields=order.fields) for order in orders])
    elif first.do == "remove":
        yield from session.remove_many(first.kind, [order.key for order in orders])
    else:
        if first.do == "erase":
            session.erase()
        yield WriteAnswer(key=first.key)

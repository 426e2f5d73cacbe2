"""What may be sent is what is taken: just below each limit it passes both ways, just above its sender refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from doorsync.domain.record import Kind
from doorsync.messages import sizes
from doorsync.messages.envelope import seal, sign, unseal, verify
from doorsync.messages.errors import Malformed, TooLarge
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Batch, ChainHead, Entry, Hello, Message, Order, Outcome, Receipt
from doorsync.messages.sizes import HEADS, LIMIT, ORDERS, OUTCOMES, PAYLOAD, RECORD
from tests.messages.samples import AGENT, BATCH, HELLO, HUB, RECEIPT
from tests.messages.test_envelope import signed_raw

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "messages.md"
SCRIPTS = "Alexandra", "Александра", "Αλεξάνδρα", "אלכסנדרה", "亜歴山大"


def of_size(message: BaseModel, size: int, **places: str) -> int:
    return size - sizes.size_of(message)


def batch_of(size: int) -> Batch:
    """A batch of just so many bytes."""
    empty = BATCH.model_copy(update={"orders": [Order(do="put", key="1", fields={"name": ""})]})
    name = "x" * (size - sizes.size_of(empty))
    return empty.model_copy(update={"orders": [Order(do="put", key="1", fields={"name": name})]})


def receipt_of(size: int) -> Receipt:
    empty = RECEIPT.model_copy(update={"memory": [Entry(kind=Kind.USER, key="1", fields={"name": ""})]})
    name = "x" * (size - sizes.size_of(empty))
    return empty.model_copy(update={"memory": [Entry(kind=Kind.USER, key="1", fields={"name": name})]})


@pytest.mark.parametrize(
    ("message", "above", "sender", "reader"),
    [(batch_of(PAYLOAD), batch_of(PAYLOAD + 1), HUB, AGENT), (receipt_of(PAYLOAD), receipt_of(PAYLOAD + 1), AGENT, HUB)],
    ids=["batch", "receipt"],
)
def test_a_message_of_just_the_limit_passes_and_one_byte_more_is_not_even_sent(
    message: Message, above: Message, sender: KeyPairs, reader: KeyPairs
) -> None:
    sealed = seal(message, sender, reader.public)
    assert len(sealed) <= LIMIT
    assert unseal(sealed, type(message), reader, sender.public) == message
    with pytest.raises(TooLarge, match="1,048,577 bytes; a message may have 1,048,576"):
        seal(above, sender, reader.public)


def test_a_message_over_the_limit_that_was_sent_all_the_same_is_refused_for_its_size() -> None:
    text = signed_raw(batch_of(PAYLOAD + 1).model_dump(mode="json"), HUB.sign)
    with pytest.raises(TooLarge):
        verify(text, Batch, HUB.sign)


@pytest.mark.parametrize("count", [600, 2000, HEADS])
def test_a_hello_of_many_terminals_passes(count: int) -> None:
    heads = [ChainHead(terminal=f"{number:022}", seq=2**52, hash="a" * 64) for number in range(count)]
    hello = HELLO.model_copy(update={"heads": heads})
    assert verify(sign(hello, AGENT.sign), Hello, AGENT.sign) == hello


def test_a_hello_of_more_terminals_than_one_agent_has_is_refused() -> None:
    heads = [{"v": 2, "terminal": f"{number:022}", "seq": 1, "hash": ""} for number in range(HEADS + 1)]
    with pytest.raises(Malformed):
        verify(signed_raw({**HELLO.model_dump(mode="json"), "heads": heads}, AGENT.sign), Hello, AGENT.sign)


def test_the_limits_fit_into_each_other_at_their_worst() -> None:
    """A batch full of orders, and a receipt full of outcomes with the longest words, are messages that can be sent."""
    around = 4096
    assert ORDERS + around < PAYLOAD
    assert OUTCOMES + around < PAYLOAD
    longest = Outcome(result="untouched", message="\u4e9c" * 300)
    assert ORDERS + 200 * sizes.size_of(longest) <= OUTCOMES
    assert RECORD <= ORDERS // 8


def test_200_people_with_full_names_in_five_scripts_several_cards_and_an_expiry_are_one_batch() -> None:
    orders = [
        Order(
            do="put",
            key=str(10**9 + number),
            fields={
                "name": (SCRIPTS[number % 5] * 30)[:200],
                "cards": [str(2**64 - card) for card in range(8)],
                "pin": "86420975",
                "schedules": [str(each) for each in range(100, 108)],
                "until": "2026-12-31T23:59",
            },
        )
        for number in range(200)
    ]
    assert sum(sizes.size_of(order) for order in orders) <= ORDERS
    batch = BATCH.model_copy(update={"orders": orders})
    assert unseal(seal(batch, HUB, AGENT.public), Batch, AGENT, HUB.public) == batch


@pytest.mark.parametrize("number", [LIMIT, PAYLOAD, RECORD, ORDERS, sizes.PART, OUTCOMES, HEADS])
def test_every_limit_stands_in_the_reference(number: int) -> None:
    assert f"{number:,}" in REFERENCE.read_text()

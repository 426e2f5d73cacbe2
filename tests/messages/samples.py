"""One message of each kind, and the key pairs of a hub and an agent."""

from __future__ import annotations

from doorsync.domain.record import Kind
from doorsync.messages.keys import KeyPairs
from doorsync.messages.schemas import Batch, ChainHead, Enrolled, Enrolment, Entry, Hello, Order, Outcome, Receipt, Refused

HUB = KeyPairs.generate()
AGENT = KeyPairs.generate()
STRANGER = KeyPairs.generate()

FIELDS: dict[str, str | bool | list[str] | list[list[str]] | None] = {
    "name": "Zoë",
    "cards": ["200"],
    "pin": "8642",
    "schedules": [],
    "until": "",
}
BATCH = Batch(
    company="gym",
    agent="agent-1",
    terminal="gate",
    make="virtual",
    address="127.0.0.1:1",
    nonce="0" * 32,
    seq=1,
    prev="",
    orders=[Order(do="remove", key="7"), Order(do="put", key="8", fields=FIELDS)],
)
RECEIPT = Receipt(
    company="gym",
    agent="agent-1",
    terminal="gate",
    seq=1,
    batch="a" * 64,
    state="done",
    outcomes=[Outcome(result="done"), Outcome(result="done", found=Entry(kind=Kind.USER, key="8", fields=FIELDS))],
)
HELLO = Hello(
    company="gym",
    agent="agent-1",
    count=1,
    nonce="0" * 32,
    software="test",
    heads=[ChainHead(terminal="gate", seq=1, hash="a" * 64)],
    hub=HUB.public.fingerprint(),
)
REFUSED = Refused(company="gym", agent="agent-1", batch="a" * 64, code="stale-nonce")
ENROLMENT = Enrolment(code="7K2QM-0H5XN", keys=AGENT.public.as_dict(), software="test")
ENROLLED = Enrolled(company="gym", agent="agent-1", name="Front desk", keys=HUB.public.as_dict(), origins=["https://hub.example"])

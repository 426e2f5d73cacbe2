"""Parts of a snapshot that is too large for one receipt. They are taken in order, once each, and never from two readings."""

from __future__ import annotations

from django.db import transaction

from doorsync.hub.companies.models import Company
from doorsync.hub.sync import crash_points
from doorsync.hub.sync.holdings.snapshot import drop_parts, put_by
from doorsync.hub.sync.models import Batch
from doorsync.hub.terminals.identity import agent_keys, hub_keys_for
from doorsync.hub.terminals.models import Agent
from doorsync.messages import envelope
from doorsync.messages.errors import Malformed, OutOfOrder, Replayed, UnknownBatch, WrongAgent, WrongChain, WrongCompany
from doorsync.messages.schemas import MemoryPart, Receipt


class KnownPart(Replayed):
    """This part was taken before. `follows` is the number of the next one that the hub needs."""

    def __init__(self, follows: int) -> None:
        super().__init__()
        self.follows = follows

    @classmethod
    def code(cls) -> str:
        """The same code as for any message that was seen before."""
        return Replayed.code()


def store_part(company: Company, agent: Agent, sealed: str) -> int:
    """Store a part; returns the number of the next one. Raises a MessageRefused, and then nothing was stored."""
    part = envelope.unseal(sealed, MemoryPart, hub_keys_for(agent), agent_keys(agent))
    crash_points.point("hub.part-read")
    with transaction.atomic():
        batch = _batch_of(part, company, agent)
        if part.making != batch.making:
            _begin(batch, part)
        if part.part <= batch.parts:
            raise KnownPart(batch.parts + 1)
        if part.part > batch.parts + 1:
            raise OutOfOrder
        put_by(company, batch, batch.terminal, part.entries)
        batch.parts = part.part
        batch.save(update_fields=["making", "parts"])
    crash_points.point("hub.part-taken")
    return batch.parts + 1


def must_be_whole(receipt: Receipt, batch: Batch) -> None:
    """Check that exactly the parts that the receipt names have arrived. Raises OutOfOrder or WrongChain."""
    if receipt.parts and receipt.making != batch.making:
        raise WrongChain("Its parts are not those that came.")
    if receipt.parts and receipt.parts != batch.parts:
        raise OutOfOrder
    if not receipt.parts and batch.whole:  # stored parts are of an earlier reading
        drop_parts(batch)


def _batch_of(part: MemoryPart, company: Company, agent: Agent) -> Batch:
    if part.company != company.slug:
        raise WrongCompany
    if part.agent != agent.public_id:
        raise WrongAgent
    batches = Batch.objects.select_for_update(of=("self",)).select_related("terminal")
    batch = batches.filter(hash=part.batch, agent=agent).first()
    if batch is None or batch.status == Batch.VOID or batch.terminal.public_id != part.terminal:
        raise UnknownBatch
    if batch.status == Batch.ANSWERED:
        raise KnownPart(part.part + 1)
    if not batch.whole:
        raise Malformed
    return batch


def _begin(batch: Batch, part: MemoryPart) -> None:
    """Start a new snapshot, because the agent read the terminal again; delete the parts of the one before."""
    if part.part != 1:
        raise WrongChain("It is a part of another making than the one before.")
    drop_parts(batch)
    batch.making, batch.parts = part.making, 0

"""Seals receipts to the hub, and keeps them small enough to be carried."""

from __future__ import annotations

from doorsync.agent.identity import Identity
from doorsync.messages import envelope, sizes
from doorsync.messages.shapes import Outcome, Receipt
from doorsync.messages.sizes import PAYLOAD

TOO_LARGE = "The terminal's memory is too large to be sent in one piece."


def seal_receipt(receipt: Receipt, identity: Identity) -> str:
    """The sealed receipt; a memory that no courier could carry is left out, and its order counts as refused."""
    if sizes.of(receipt) <= PAYLOAD:
        return envelope.seal(receipt, identity.keys, identity.hub)
    outcomes = [Outcome(result="refused", message=TOO_LARGE) for _ in receipt.outcomes]
    smaller = receipt.model_copy(update={"memory": None, "outcomes": outcomes, "message": TOO_LARGE})
    return envelope.seal(smaller, identity.keys, identity.hub)

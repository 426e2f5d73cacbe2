"""All shapes of messages between hub and agent, gathered from where they stand by what they are about."""

from __future__ import annotations

from doorsync.messages.batches import Batch, Entry, Order
from doorsync.messages.hello import ChainHead, Hello
from doorsync.messages.identities import Enrolled, Enrolment, HubRotation, Rotated, Rotation
from doorsync.messages.message import VERSION, Message
from doorsync.messages.receipts import Answering, Device, MemoryPart, Outcome, Receipt, Refused, StatedReason

__all__ = [
    "VERSION",
    "Answering",
    "Batch",
    "ChainHead",
    "Device",
    "Enrolled",
    "Enrolment",
    "Entry",
    "Hello",
    "HubRotation",
    "MemoryPart",
    "Message",
    "Order",
    "Outcome",
    "Receipt",
    "Refused",
    "Rotated",
    "Rotation",
    "StatedReason",
]

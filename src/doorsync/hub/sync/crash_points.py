"""The named steps on the hub's side at which the tests kill the process: of a batch, and of a change worked out in chunks."""

from __future__ import annotations

from doorsync.crash import point

__all__ = ["CHUNK_POINTS", "POINTS", "point"]

POINTS = ("hub.batch-issued", "hub.part-read", "hub.part-taken", "hub.receipt-read", "hub.receipt-applied")
CHUNK_POINTS = ("hub.chunk-refreshed", "hub.chunk-stored")

"""The named steps of a batch on the hub's side at which the tests kill the process."""

from __future__ import annotations

from doorsync.crash import point

__all__ = ["POINTS", "point"]

POINTS = ("hub.batch-issued", "hub.part-read", "hub.part-taken", "hub.receipt-read", "hub.receipt-applied")

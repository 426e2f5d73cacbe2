"""The tables of sync, by what they are about: sync filters, holdings, runs and batches."""

from __future__ import annotations

from doorsync.hub.sync.models.batches import Batch, FoundEntry
from doorsync.hub.sync.models.choices import Mode, SyncFilter
from doorsync.hub.sync.models.former_entries import FormerEntry
from doorsync.hub.sync.models.holding_counts import HoldingCount
from doorsync.hub.sync.models.holdings import Holding, HoldingState, Stranger, ValidityChange
from doorsync.hub.sync.models.pending_refreshes import PendingRefresh, PendingRefreshUser
from doorsync.hub.sync.models.runs import Problem, Run, RunTerminal, RunTerminalState

__all__ = [
    "Batch",
    "FormerEntry",
    "FoundEntry",
    "Holding",
    "HoldingCount",
    "HoldingState",
    "Mode",
    "PendingRefresh",
    "PendingRefreshUser",
    "Problem",
    "Run",
    "RunTerminal",
    "RunTerminalState",
    "Stranger",
    "SyncFilter",
    "ValidityChange",
]

"""A terminal's memory on its way into a receipt: sealed and put away part by part, so that it is never held whole."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

from doorsync.agent import crash_points
from doorsync.agent.identity import Identity
from doorsync.messages import envelope, sizes
from doorsync.messages.schemas import Batch, Entry, MemoryPart
from doorsync.messages.sizes import PART


class MemoryParts:
    """The parts of one batch's receipt. `keep` puts one away for good; they count for nothing before the receipt is there."""

    def __init__(self, batch: Batch, fingerprint: str, identity: Identity, keep: Callable[[int, str], None]) -> None:
        self._batch, self._fingerprint, self._identity, self._keep = batch, fingerprint, identity, keep
        self.making, self.count = "", 0

    def fill(self, entries: Iterable[Entry]) -> list[Entry]:
        """Put these away, from the beginning; returns the last of them, which go into the receipt itself."""
        self.making, self.count = secrets.token_hex(16), 0
        rest: list[Entry] = []
        size = 0
        for entry in entries:
            size += sizes.size_of(entry) + 1
            if size > PART:
                self._store(rest)
                rest, size = [], sizes.size_of(entry) + 1
            rest.append(entry)
        return rest

    def drop(self) -> None:
        """There are none: what was read did not count."""
        self.making, self.count = "", 0

    def _store(self, entries: list[Entry]) -> None:
        part = MemoryPart(
            company=self._batch.company,
            agent=self._batch.agent,
            terminal=self._batch.terminal,
            batch=self._fingerprint,
            making=self.making,
            part=self.count + 1,
            entries=entries,
        )
        self._keep(self.count + 1, envelope.seal(part, self._identity.keys, self._identity.hub))
        self.count += 1
        crash_points.point("agent.part-stored")

"""Bring what is on the disk to the hub, and take its word for what it has. Knows no terminal."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx2

from doorsync import crash
from doorsync.agent.courier_ports import Hub
from doorsync.agent.errors import HubUnreachable
from doorsync.agent.events.journal import Journal, SeriesFiles
from doorsync.agent.kept_state import State
from doorsync.agent.logs import log
from doorsync.messages import envelope
from doorsync.messages.errors import DeviceNotYetKnown, MessageRefused, Replayed, WrongChain
from doorsync.messages.events import Events, EventsStored

FIRST_PAUSE, LONGEST_PAUSE, DOUBLINGS = 2.0, 300.0, 10  # seconds before a series is brought again that the hub refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """From the journal to the hub, series by series."""

    hub: Hub
    state: State
    journal: Journal

    def send_all(self) -> int:
        """Bring all that the hub lacks; returns how many messages it took. Raises HubUnreachable."""
        return sum(self._send(files) for files in self.journal.all())

    def _send(self, files: SeriesFiles) -> int:
        """Bring one series, in order. One that the hub refuses is tried again after ever longer pauses."""
        taken = 0
        while files.again_at <= time.monotonic() and (files.have is None or files.have < files.last):
            before, message = files.have, self._message(files)
            if before is not None and not message.events:
                files.missing = before
                break
            stored = self._brought(message)
            if stored is None:  # the receipt that makes the device known may still be on its way
                files.again_at = time.monotonic() + min(FIRST_PAUSE * 2**files.refusals, LONGEST_PAUSE)
                files.refusals = min(files.refusals + 1, DOUBLINGS)
                break
            taken, files.refusals = taken + 1, 0
            files.have, files.clear = stored.have, stored.clear
            files.skip_to(stored.have)
            if stored.have == before:
                break
        return taken

    def _message(self, files: SeriesFiles) -> Events:
        """The next entries; without any where it is not known what the hub has."""
        identity = self.state.identity
        return Events(
            company=identity.company,
            agent=identity.agent,
            terminal=files.about.terminal,
            serial=files.about.serial,
            series=files.about.series,
            events=[] if files.have is None else files.after(files.have),
        )

    def _brought(self, message: Events) -> EventsStored | None:
        """What the hub has by its own word; None where it refuses. Raises HubUnreachable when its answer proves nothing."""
        identity = self.state.identity
        sealed = envelope.seal(message, identity.keys, identity.hub)
        status, answer = self.hub.ask("events", agent=identity.agent, events=sealed)
        if status != httpx2.codes.OK:
            tell = log.info if answer.get("error") == DeviceNotYetKnown.code() else log.warning
            tell("The hub does not take events.", terminal=message.terminal, code=answer.get("error", status))
            if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
                raise HubUnreachable
            return None
        try:
            stored = envelope.verify(str(answer.get("stored")), EventsStored, identity.hub.sign)
            _must_answer(stored, message, sealed)
        except MessageRefused as error:
            raise HubUnreachable(f"The hub's answer about events proves nothing: {error}") from error
        crash.point("agent.events-taken")
        return stored


def _must_answer(stored: EventsStored, message: Events, sealed: str) -> None:
    if stored.answers != envelope.fingerprint(sealed):
        raise Replayed
    names = ("company", "agent", "terminal", "serial", "series")
    if any(getattr(stored, name) != getattr(message, name) for name in names):
        raise WrongChain

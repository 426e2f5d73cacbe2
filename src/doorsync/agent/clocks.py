"""Terminals keep time by their own clocks: put right at the start of a batch where they are off, and can be set."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from doorsync.agent.logs import log
from doorsync.drivers.contract import Session, SupportsClock, TerminalError
from doorsync.messages.schemas import Device

MOST_OFF = 30.0  # seconds that a clock may be off; setting it takes some itself


def put_clock_right(session: Session, device: Device | None, zone: str) -> None:
    """Set the terminal's clock to its location's time. Raises TerminalError when the terminal is lost."""
    if not zone or device is None or not isinstance(session, SupportsClock):
        return
    try:
        wall = datetime.now(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        off = (datetime.fromisoformat(device.clock) - wall).total_seconds()
    except (ValueError, KeyError, OverflowError, TypeError):
        return  # no zone that this machine knows, or no clock that makes sense
    if abs(off) <= MOST_OFF:
        return
    try:
        session.set_clock(wall.replace(microsecond=0))
    except TerminalError as error:
        if not error.permanent:
            raise
        log.warning("A terminal's clock cannot be set.", off=round(off))
    else:
        log.info("A terminal's clock was put right.", off=round(off))

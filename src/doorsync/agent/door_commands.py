"""Carries out the hub's commands to open a door: each at most once, never after its time, never at another device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from doorsync import crash
from doorsync.agent.connections import settings_in
from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import OtherDevice, reason_of
from doorsync.agent.logs import log
from doorsync.agent.state import State
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.drivers.contract import SECRET_REFUSED, SecretRefused, Session, SupportsOpening, TerminalError
from doorsync.messages import envelope
from doorsync.messages.door_commands import DoorAnswer, DoorCommand, Result
from doorsync.messages.errors import MessageRefused, Replayed, StaleNonce, WrongAgent, WrongCompany
from doorsync.messages.receipts import StatedReason
from doorsync.messages.terminal_codes import TerminalCode


class Expired(Exception):
    """The time of the command is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command, and why it did not open the door."""

    result: Result
    reason: Reason = NO_REASON
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What commands need of the agent.

    `nonce_age`: for how many seconds this has been the newest nonce, infinitely many for another one. `in_lane`: run a job at
    the terminal with this make and address while no batch runs there. `timeout`: seconds in which a terminal must answer.
    """

    nonce_age: Callable[[str], float]
    in_lane: Callable[[str, str, Callable[[], None]], Future[None]]
    stopping: Callable[[], bool]
    timeout: float


class DoorCommands:
    """Takes commands from the agent's own courier. Nothing of them is kept on the disk: after a restart all are void."""

    def __init__(self, state: State, drivers: Drivers, surroundings: Surroundings) -> None:
        self._state, self._drivers, self._around = state, drivers, surroundings
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    def carry_out(self, sealed: str) -> str | None:
        """Do it, or not; returns the sealed answer. None for a message that is no command to be taken now, which is ignored."""
        identity = self._state.identity
        try:
            command = envelope.unseal(sealed, DoorCommand, identity.keys, identity.hub)
            self._take(command)
        except MessageRefused as error:
            log.warning("A command to open a door was refused.", code=error.code())
            return None
        outcome = self._in_its_turn(command)
        log.info("A command to open a door is answered.", terminal=command.terminal, result=outcome.result)
        answer = DoorAnswer(
            v=command.v,
            company=command.company,
            agent=command.agent,
            terminal=command.terminal,
            id=command.id,
            result=outcome.result,
            code=outcome.code,
            reason=StatedReason.of(outcome.reason),
        )
        return envelope.seal(answer, identity.keys, identity.hub)

    def _take(self, command: DoorCommand) -> None:
        """From now on nobody else takes it. Raises a MessageRefused."""
        identity = self._state.identity
        if command.company != identity.company:
            raise WrongCompany
        if command.agent != identity.agent:
            raise WrongAgent
        with self._lock:
            if command.id in self._taken:
                raise Replayed
            if self._left(command) <= 0:
                raise StaleNonce
            self._taken.add(command.id)

    def _left(self, command: DoorCommand) -> float:
        """Seconds until it is void."""
        return command.nonce_age - self._around.nonce_age(command.nonce)

    def _in_its_turn(self, command: DoorCommand) -> Outcome:
        """Its outcome, when its turn at the terminal has come; if that is not in time, it never begins."""
        begins, outcomes = threading.Lock(), list[Outcome]()

        def job() -> None:
            if begins.acquire(blocking=False):
                outcomes.append(self._done(command))

        try:
            turn = self._around.in_lane(command.make, command.address, job)
            try:
                turn.result(timeout=max(0.0, self._left(command)))
            except TimeoutError:
                if begins.acquire(blocking=False):
                    return Outcome("expired", TerminalCode.DOOR_TOO_LATE())
                turn.result()
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way, also where it only names its lane
            return Outcome("not-reached", reason_of(error))
        return outcomes[0]

    def _done(self, command: DoorCommand) -> Outcome:
        attempt = Attempt(command, left=lambda: 0.0 if self._around.stopping() else self._left(command))
        driver = self._drivers.of(command.make)
        try:
            attempt.must_be_in_time()
            within = max(self._around.timeout, driver.make.answer_timeout)
            with driver.open(settings_in(command), timeout=min(within, attempt.left())) as session:
                attempt.open_with(session)
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way
            return attempt.outcome(error)
        return attempt.outcome(None)


@dataclass(slots=True)
class Attempt:
    """One command at its terminal: how far it came."""

    command: DoorCommand
    left: Callable[[], float]
    asked: bool = False
    opened: bool = False

    def must_be_in_time(self) -> float:
        """How many seconds are left. Raises Expired."""
        left = self.left()
        if left <= 0:
            raise Expired
        return left

    def open_with(self, session: Session) -> None:
        """Open the door, if it is the right device, which can, and there is time. Raises what a driver raises, and Expired."""
        about = session.about()
        if about.serial != self.command.serial:
            raise OtherDevice
        if not isinstance(session, SupportsOpening) or str(self.command.door) not in about.can.remote_doors:
            raise TerminalError(TerminalCode.DOOR_NOT_OPENED_FROM_HERE(), permanent=True)
        left = self.must_be_in_time()
        crash.point("agent.door-checked")
        self.asked = True
        session.open_door(self.command.door, within=left)
        self.opened = True
        crash.point("agent.door-opened")

    def outcome(self, error: Exception | None) -> Outcome:
        """What it came to, and why."""
        if error is None or self.opened:
            return Outcome("opened")
        if isinstance(error, Expired):
            return Outcome("expired", TerminalCode.DOOR_TOO_LATE())
        if isinstance(error, OtherDevice):
            return Outcome("other-device", reason_of(error))
        if isinstance(error, TerminalError) and error.permanent:
            return Outcome("refused", reason_of(error), SECRET_REFUSED if isinstance(error, SecretRefused) else "")
        return Outcome("unknown" if self.asked else "not-reached", reason_of(error))

"""Carries out the hub's commands to doors: each at most once, never after its time, never at another device."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from doorsync import crash
from doorsync.agent.connections import settings_in
from doorsync.agent.drivers import Drivers
from doorsync.agent.errors import OtherDevice, StorageFailed, reason_of
from doorsync.agent.held_doors import HeldDoors
from doorsync.agent.kept_state import State
from doorsync.agent.logs import log
from doorsync.domain.door_modes import DoorMode
from doorsync.domain.reason import NO_REASON, Reason
from doorsync.drivers.contract import SECRET_REFUSED, SecretRefused, Session, SupportsDoorModes, SupportsOpening, TerminalError
from doorsync.messages import envelope
from doorsync.messages.door_commands import MODES, DoorAnswer, DoorCommand, Result
from doorsync.messages.errors import MessageRefused, Replayed, StaleNonce, WrongAgent, WrongCompany
from doorsync.messages.receipts import StatedReason
from doorsync.messages.terminal_codes import TerminalCode

READ_BACK = 5.0  # seconds in which the terminal must say in which mode the door is


class Expired(Exception):
    """The time of the command is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command, and why it did not do what it says. `mode`: as of the answer."""

    result: Result
    reason: Reason = NO_REASON
    code: str = ""
    mode: str = ""


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
    held: HeldDoors


class DoorCommands:
    """Takes commands from the agent's own courier. After a restart all are void; only the end of a hold is on the disk."""

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
            mode=outcome.mode,
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
        attempt = Attempt(command, self._around.held, left=lambda: 0.0 if self._around.stopping() else self._left(command))
        driver = self._drivers.of(command.make)
        try:
            attempt.must_be_in_time()
            within = max(self._around.timeout, driver.make.answer_timeout)
            with driver.open(settings_in(command), timeout=min(within, attempt.left())) as session:
                attempt.carry_out(session)
        except Exception as error:  # noqa: BLE001 - a driver may fail in any way
            return attempt.outcome(error)
        return attempt.outcome(None)


@dataclass(slots=True)
class Attempt:
    """One command at its terminal: how far it came."""

    command: DoorCommand
    held: HeldDoors
    left: Callable[[], float]
    asked: bool = False
    result: Result | None = None
    mode: str = ""

    def must_be_in_time(self) -> float:
        """How many seconds are left. Raises Expired."""
        left = self.left()
        if left <= 0:
            raise Expired
        return left

    def carry_out(self, session: Session) -> None:
        """Do it, if it is the right device, which can, and there is time. Raises what a driver raises, and Expired."""
        about = session.about()
        if about.serial != self.command.serial:
            raise OtherDevice
        if self.command.do != "open":
            self._put_into_mode(session, MODES[self.command.do], str(self.command.door) in about.can.mode_doors)
            return
        if not isinstance(session, SupportsOpening) or str(self.command.door) not in about.can.remote_doors:
            raise TerminalError(TerminalCode.DOOR_NOT_OPENED_FROM_HERE(), permanent=True)
        left = self.must_be_in_time()
        crash.point("agent.door-checked")
        self.asked = True
        session.open_door(self.command.door, within=left)
        self.result = "opened"
        crash.point("agent.door-opened")

    def _put_into_mode(self, session: Session, mode: DoorMode, known: bool) -> None:
        """The end of a hold is on the disk before the terminal is told; the end of an earlier one, until it is read back."""
        if not isinstance(session, SupportsDoorModes) or not known:
            raise TerminalError(TerminalCode.DOOR_MODE_NOT_SET_FROM_HERE(), permanent=True)
        left = self.must_be_in_time()
        crash.point("agent.door-checked")
        before = self.held.expect(self.command, self.command.seconds) if self.command.seconds else None
        crash.point("agent.hold-written")
        self.asked = True
        try:
            session.set_door_mode(self.command.door, mode, within=left)
        except TerminalError as error:
            if error.permanent and self.command.seconds:
                self.held.restore(self.command, before)
            raise
        crash.point("agent.door-told")
        found = session.door_mode(self.command.door, within=READ_BACK)
        self.mode = found.value
        if found is not mode:
            raise TerminalError(TerminalCode.DOOR_IN_OTHER_MODE(), permanent=False)
        if mode is not DoorMode.HELD_OPEN:
            self.held.forget(self.command)
        self.result = "done"

    def outcome(self, error: Exception | None) -> Outcome:
        """What it came to, and why."""
        if self.result:
            return Outcome(self.result, mode=self.mode)
        if error is None or isinstance(error, Expired):
            return Outcome("expired", TerminalCode.DOOR_TOO_LATE())
        if isinstance(error, OtherDevice):
            return Outcome("other-device", reason_of(error))
        if isinstance(error, StorageFailed) and not self.asked:
            return Outcome("refused", TerminalCode.AGENT_CANNOT_WRITE())
        if isinstance(error, TerminalError) and error.permanent:
            return Outcome("refused", reason_of(error), SECRET_REFUSED if isinstance(error, SecretRefused) else "")
        return Outcome("unknown" if self.asked else "not-reached", reason_of(error), mode=self.mode)

"""Takes batches in and hands receipts out: one batch at a time for each terminal, different terminals at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from doorsync.agent import crash_points, key_rotation
from doorsync.agent.batch_work import Work
from doorsync.agent.config import Config
from doorsync.agent.connections import KnownConnections
from doorsync.agent.door_commands import DoorCommands, Surroundings
from doorsync.agent.drivers import Drivers, makes_of
from doorsync.agent.errors import Stopping, StorageFailed
from doorsync.agent.held_doors import HeldDoors
from doorsync.agent.kept_receipts import Accepted, StoredReceipt
from doorsync.agent.kept_state import State
from doorsync.agent.lanes import Lanes
from doorsync.agent.logs import log
from doorsync.agent.memory_parts import MemoryParts
from doorsync.agent.status_file import StatusFile
from doorsync.agent.validation import MessageValidator
from doorsync.drivers.contract import ConnectionSettings
from doorsync.messages import envelope
from doorsync.messages.envelope import fingerprint
from doorsync.messages.errors import MessageRefused, Unanswerable
from doorsync.messages.schemas import Batch, Receipt
from doorsync.messages.terminal_codes import in_english

AT_ONCE = 32  # terminals


@dataclass(frozen=True, slots=True)
class Answer:
    """What a courier is told about a batch: a sealed receipt, a signed refusal, or why there is neither yet."""

    kind: Literal["receipt", "refused", "working", "failed"]
    text: str = ""
    batch: str = ""  # with a receipt: the hash of its batch, by which its parts are asked for
    parts: int = 0  # and how many of them go to the hub before it


@dataclass(frozen=True, slots=True)
class Greeting:
    """A signed hello, and the change of the agent's keys that the courier should bring to the hub before it, if any."""

    hello: str
    rotation: str = ""


class BatchService:
    """Accepts batches from any courier, has them carried out, and returns their receipts."""

    def __init__(self, state: State, drivers: Drivers, config: Config, status_file: StatusFile | None = None) -> None:
        self._status_file = status_file or StatusFile(None)
        self._state = state
        self._drivers = drivers
        self._config = config
        self._validator = MessageValidator(state, config.nonce_life, cloud=config.cloud, makes=makes_of(drivers))
        self.connections = KnownConnections(state.chains, self._validator)
        self._lock = threading.Lock()
        self._latest: dict[str, tuple[str, Future[StoredReceipt]]] = {}
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="terminal")
        self._lanes: Lanes[Any] = Lanes(self._pool)
        self.held_doors = HeldDoors(
            state.folder,
            drivers,
            in_lane=self.between_batches,
            settings=self.connections.of,
            timeout=config.terminal_timeout,
        )
        around = Surroundings(
            nonce_age=self._validator.nonce_age,
            in_lane=self.between_batches,
            stopping=self._stopping.is_set,
            timeout=config.terminal_timeout,
            held=self.held_doors,
        )
        self._door_commands = DoorCommands(state, drivers, around)

    @property
    def agent(self) -> str:
        """The agent's name to the hub."""
        return self._state.identity.agent

    @property
    def wants_hello(self) -> bool:
        """Whether a hello is needed, because a change of the agent's keys can only travel with one."""
        return bool(key_rotation.offered_change(self._state))

    def hello(self, *, challenge: str = "", rotated: str = "", keys: str = "", sparing: bool = False) -> Greeting:
        """A signed hello, with what the hub sent to the agent since the last one, if anything. Raises StorageFailed.

        `sparing`, for callers from outside: the last hello again if too many were asked for.

        Takes the lock under which batches are accepted, so that a batch checked against the nonce before is in the heads.
        """
        with self._lock:
            before = self._state.identity
            if rotated:
                key_rotation.take_confirmation(self._state, rotated)
            if keys:
                key_rotation.take_hub_keys(self._state, keys)
            idle = not any(self._busy(terminal) for terminal in self._latest)  # else a receipt could not be read any more
            sparing = sparing and self._state.identity is before  # with other keys the last hello is not valid
            return Greeting(
                self._validator.hello(challenge, sparing=sparing), key_rotation.offered_change(self._state) if idle else ""
            )

    def batch(self, sealed: str) -> Answer:
        """Take a batch, and wait a while for its receipt; the same batch again waits for, or gets, the same receipt."""
        deadline = time.monotonic() + self._config.answer_within
        name = fingerprint(sealed)
        try:
            while time.monotonic() < deadline:
                mine, future = self._take(sealed, name)
                wait_for([future], timeout=max(0.0, deadline - time.monotonic()))
                if mine and future.done():
                    kept = future.result()
                    return Answer("receipt", kept.sealed, name, kept.parts)
        except MessageRefused as error:
            log.warning("A batch was refused.", code=error.code(), batch=name[:12])
            return Answer("refused", self._validator.refusal(name, error))
        except StorageFailed as error:
            log.error("The data folder cannot be written; the batch is not accepted.", why=str(error))
            return Answer("failed", "storage-failed")
        except Stopping:
            return Answer("failed", "stopping")
        return Answer("working")

    def is_busy(self, terminal: str) -> bool:
        """Whether a batch for this terminal is under way, or waits for its lane."""
        return self._busy(terminal) is not None

    def between_batches(self, make: str, address: str, job: Callable[[], None]) -> Future[None]:
        """Run a job in the lane of this terminal soon: no batch runs there meanwhile."""
        return self._lanes.submit(self._lane(make, address), job)

    def door_command(self, sealed: str) -> str | None:
        """Open a door or change its mode, if the hub wants it now; the sealed answer, or None for what is no such command."""
        return self._door_commands.carry_out(sealed)

    def part(self, batch: str, number: int) -> str | None:
        """A part of the memory that goes before the receipt of this batch, if there is such a receipt."""
        accepted = self._state.chains.find(batch)
        return self._state.chains.part(accepted, number) if accepted else None

    def stop_accepting(self) -> None:
        """Accept no more batches. Those under way end after the order that is being done."""
        self._stopping.set()

    def stop(self, within: float | None = None) -> None:
        """Accept no more batches, and wait until those under way have ended, for `within` seconds at most."""
        self.stop_accepting()
        wait_for([future for _, future in self._latest.values()], timeout=within)
        self._pool.shutdown(wait=within is None)

    def _take(self, sealed: str, name: str) -> tuple[bool, Future[StoredReceipt]]:
        """(True, the future of this batch's receipt), or (False, that of the batch before it, which must be done first)."""
        with self._lock:
            if self._stopping.is_set():
                raise Stopping
            if accepted := self._state.chains.find(name):
                return True, self._future_of(accepted)
            batch = self._validator.check(sealed, name)
            crash_points.point("agent.batch-checked")
            if before := self._busy(batch.terminal):
                return False, before
            accepted = Accepted(terminal=batch.terminal, seq=batch.seq, hash=name, sealed=sealed)
            self._state.chains.accept(accepted)
            crash_points.point("agent.batch-stored")
            return True, self._start(accepted, batch, again=False)

    def _future_of(self, accepted: Accepted) -> Future[StoredReceipt]:
        """The receipt's future of a batch that was accepted before: under way, answered, or interrupted."""
        name, future = self._latest.get(accepted.terminal, ("", None))
        if future and name == accepted.hash and not (future.done() and future.exception()):
            return future
        kept = self._state.chains.receipt(accepted)
        if kept is None:
            return self._start(accepted, self._validator.reopen(accepted.sealed), again=True)
        ready: Future[StoredReceipt] = Future()
        ready.set_result(kept)
        return ready

    def _busy(self, terminal: str) -> Future[StoredReceipt] | None:
        _, future = self._latest.get(terminal, ("", None))
        return future if future and not future.done() else None

    def _start(self, accepted: Accepted, batch: Batch, *, again: bool) -> Future[StoredReceipt]:
        self.connections.note(batch)
        lane = self._lane(batch.make, batch.address)
        future: Future[StoredReceipt] = self._lanes.submit(lane, partial(self._work, accepted, batch, again))
        self._latest[accepted.terminal] = (accepted.hash, future)
        return future

    def _lane(self, make: str, address: str) -> str:
        return f"{make} {self._drivers.of(make).lane(ConnectionSettings(address=address))}"

    def _work(self, accepted: Accepted, batch: Batch, again: bool) -> StoredReceipt:
        """Make the receipt. If that fails, try once more, only to read back what is there. Raises Unanswerable."""
        try:
            return self._answered(accepted, batch, again)
        except StorageFailed:
            raise
        except Exception as error:
            log.error("A receipt could not be made.", terminal=batch.terminal, error=type(error).__name__)
            if again:
                raise Unanswerable from error
            return self._work(accepted, batch, again=True)

    def _answered(self, accepted: Accepted, batch: Batch, again: bool) -> StoredReceipt:
        receipt = self._receipt(accepted, batch, again)
        kept = StoredReceipt(envelope.seal(receipt, self._state.identity.keys, self._state.identity.hub), receipt.parts)
        crash_points.point("agent.receipt-sealed")
        self._state.chains.keep_receipt(accepted, kept)
        crash_points.point("agent.receipt-stored")
        results = [outcome.result for outcome in receipt.outcomes]
        counts = {result: results.count(result) for result in sorted(set(results))}
        log.info("A batch is answered.", terminal=batch.terminal, seq=batch.seq, state=receipt.state, **counts)
        last = {
            "name": batch.name,
            "make": batch.make,
            "address": batch.address,
            "state": receipt.code or receipt.state,
            "message": in_english(receipt.why()),
            "serial": batch.serial,
        }
        self._status_file.answered(batch.terminal, **last)
        return kept

    def _receipt(self, accepted: Accepted, batch: Batch, again: bool) -> Receipt:
        driver = self._drivers.of(batch.make)
        work = Work(
            batch=batch,
            fingerprint=accepted.hash,
            driver=driver,
            parts=MemoryParts(batch, accepted.hash, self._state.identity, partial(self._state.chains.keep_part, accepted)),
            timeout=max(self._config.terminal_timeout, driver.make.answer_timeout),
            stopping=self._stopping.is_set,
            sign=partial(envelope.sign, key=self._state.identity.keys.sign),
            seen=partial(self._status_file.saw, batch.terminal),
        )
        return work.look_after_interruption() if again else work.carry_out()

"""Which messages the agent accepts, and the hello and refusals that it signs. Nothing here touches a terminal."""

from __future__ import annotations

import math
import re
import secrets
import threading
import time
from collections.abc import Sequence
from importlib.metadata import version

from doorsync.agent import crash_points
from doorsync.agent.discovery import read_nearby
from doorsync.agent.kept_state import State
from doorsync.messages import envelope
from doorsync.messages.errors import MessageRefused, OutOfOrder, Replayed, StaleNonce, WrongAgent, WrongChain, WrongCompany
from doorsync.messages.make_info import MakeInfo
from doorsync.messages.schemas import Batch, Hello, Refused

SOFTWARE = f"doorsync {version('doorsync')}"

AT_ONCE, SPACING = 5, 4.0  # fresh hellos for pages: so many at once, and then one each so many seconds
CHALLENGE = re.compile("[0-9a-f]{32}")


class Allowance:
    """A token bucket: so many at once, then one each few seconds."""

    def __init__(self) -> None:
        self._left, self._since = float(AT_ONCE), time.monotonic()

    def takes(self) -> bool:
        """Take one, if any is left; whether it was."""
        now = time.monotonic()
        self._left = min(self._left + (now - self._since) / SPACING, AT_ONCE)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class MessageValidator:
    """Checks batches in a fixed order: size, seal, signature, type and version and shape, company, agent, nonce, chain."""

    def __init__(self, state: State, nonce_life: float, *, cloud: bool, makes: Sequence[MakeInfo] = ()) -> None:
        self._state, self._cloud, self._makes = state, cloud, list(makes)
        self._life = nonce_life
        self._lock = threading.Lock()
        self._nonce, self._since, self._said = "", 0.0, ""
        self._allowance = Allowance()
        self._refused: dict[str, MessageRefused] = {}

    def hello(self, challenge: str = "", *, sparing: bool = False) -> str:
        """A signed hello with a fresh nonce, which kills the one before; with what the hub asked for. Raises StorageFailed.

        `sparing`: who asks may be anybody. Asked too often, the last hello is said again, whose nonce then lives on.
        """
        identity = self._state.identity
        with self._lock:
            if sparing and not self._allowance.takes() and self._said:
                return self._said
            count = self._state.next_count()
            crash_points.point("agent.hello-counted")
            self._nonce, self._since = secrets.token_hex(16), time.monotonic()
            self._refused.clear()
            hello = Hello(
                company=identity.company,
                agent=identity.agent,
                count=count,
                nonce=self._nonce,
                software=SOFTWARE,
                heads=self._state.chains.heads(),
                hub=identity.hub.fingerprint(),
                cloud=self._cloud,
                makes=self._makes,
                nearby=read_nearby(self._state.folder),
                challenge=challenge if CHALLENGE.fullmatch(challenge) else "",
            )
            self._said = envelope.sign(hello, identity.keys.sign)
            return self._said

    def check(self, sealed: str, fingerprint: str) -> Batch:
        """The batch, if it is to be done now. Raises a MessageRefused."""
        batch = envelope.unseal(sealed, Batch, self._state.identity.keys, self._state.identity.hub)
        with self._lock:
            if fingerprint in self._refused:  # its refusal is signed and may lie at the hub: it must stay true
                raise self._refused[fingerprint]
            try:
                self._judge(batch)
            except MessageRefused as error:
                self._refused[fingerprint] = error
                raise
        return batch

    def reopen(self, sealed: str) -> Batch:
        """Open a batch that was accepted earlier."""
        return envelope.unseal(sealed, Batch, self._state.identity.keys, self._state.identity.hub)

    def refusal(self, fingerprint: str, error: MessageRefused) -> str:
        """The signed refusal."""
        identity = self._state.identity
        refused = Refused(company=identity.company, agent=identity.agent, batch=fingerprint, code=error.code())
        return envelope.sign(refused, identity.keys.sign)

    def _judge(self, batch: Batch) -> None:
        identity = self._state.identity
        if batch.company != identity.company:
            raise WrongCompany
        if batch.agent != identity.agent:
            raise WrongAgent
        if self._age(batch.nonce) >= self._life:
            raise StaleNonce
        head = self._state.chains.head(batch.terminal)
        if batch.seq <= head.seq:
            raise Replayed
        if batch.seq > head.seq + 1:
            raise OutOfOrder
        if batch.prev != head.hash:
            raise WrongChain

    def nonce_age(self, nonce: str) -> float:
        """Seconds since this nonce was drawn, if it is the newest and still good; else infinitely many."""
        with self._lock:
            age = self._age(nonce)
        return age if age < self._life else math.inf

    def _age(self, nonce: str) -> float:
        return time.monotonic() - self._since if secrets.compare_digest(nonce, self._nonce) else math.inf

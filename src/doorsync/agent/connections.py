"""How this agent reaches its terminals, as their batches say. On the disk, secrets lie in sealed batches only."""

from __future__ import annotations

from doorsync.agent.kept_receipts import Chains
from doorsync.agent.logs import log
from doorsync.agent.validation import MessageValidator
from doorsync.drivers.contract import ConnectionSettings
from doorsync.messages.door_commands import DoorCommand
from doorsync.messages.errors import MessageRefused
from doorsync.messages.schemas import Batch


def settings_in(message: Batch | DoorCommand) -> ConnectionSettings:
    """The connection settings that a message for a terminal carries."""
    return ConnectionSettings(address=message.address, secret=message.secret, options=message.options, zone=message.zone or "UTC")


class KnownConnections:
    """The connection settings of the last batch of each terminal."""

    def __init__(self, chains: Chains, validator: MessageValidator) -> None:
        self._chains, self._validator = chains, validator
        self._known: dict[str, ConnectionSettings] = {}

    def note(self, batch: Batch) -> None:
        """Take the connection settings from this batch, the terminal's last one."""
        self._known[batch.terminal] = settings_in(batch)

    def of(self, terminal: str) -> ConnectionSettings | None:
        """The settings of this terminal, after a restart from the batch on the disk; None when no batch can be opened."""
        if terminal not in self._known:
            accepted = self._chains.last(terminal)
            if accepted is None:
                return None
            try:
                self.note(self._validator.reopen(accepted.sealed))
            except MessageRefused:  # sealed to keys that the agent no longer has
                log.info("The last batch of a terminal cannot be opened; it is not looked at.", terminal=terminal)
                return None
        return self._known.get(terminal)

"""The chain of each terminal: the last batch that was accepted, and its receipt, both on disk as they travelled, sealed.

A batch is accepted when it is on the disk; from then on only its receipt, or an `interrupted` one, may answer it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from doorsync.agent import data_folder
from doorsync.agent.logs import log
from doorsync.messages.schemas import ChainHead

ACCEPTED, RECEIPT, PART = "accepted.json", "receipt.json", "part-{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A batch that was accepted: `hash` is the fingerprint of `sealed`."""

    terminal: str
    seq: int
    hash: str
    sealed: str


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A sealed receipt, and how many parts of a memory go before it."""

    sealed: str
    parts: int = 0


class Chains:
    """All chains below a folder. One thread writes to a terminal's chain at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = [_load(path) for path in sorted(folder.glob(f"*/{ACCEPTED}"))]
        self._accepted = {each.terminal: each for each in found if each}

    def heads(self) -> list[ChainHead]:
        """The heads of all chains."""
        return [self.head(terminal) for terminal in list(self._accepted)]

    def head(self, terminal: str) -> ChainHead:
        """The head of this chain."""
        accepted = self._accepted.get(terminal)
        return ChainHead(terminal=terminal, seq=accepted.seq, hash=accepted.hash) if accepted else ChainHead(terminal=terminal)

    def last(self, terminal: str) -> Accepted | None:
        """The last batch that was accepted for this terminal."""
        return self._accepted.get(terminal)

    def find(self, fingerprint: str) -> Accepted | None:
        """The accepted batch with this hash, if it is the last of its terminal."""
        return next((each for each in list(self._accepted.values()) if each.hash == fingerprint), None)

    def accept(self, accepted: Accepted) -> None:
        """On the disk when this returns. Raises StorageFailed, and then what is on the disk counts."""
        path = self._place(accepted.terminal) / ACCEPTED
        try:
            data_folder.write(path, json.dumps(asdict(accepted)))
            self._drop_parts(path.parent)
        finally:
            if (now := _load(path)) is not None:
                self._accepted[accepted.terminal] = now

    def receipt(self, accepted: Accepted) -> StoredReceipt | None:
        """The sealed receipt of this batch, if there is one, and it is whole."""
        folder = self._place(accepted.terminal)
        try:
            kept = json.loads((folder / RECEIPT).read_text())
            found = StoredReceipt(str(kept["sealed"]), int(kept["parts"]))
            whole = all((folder / PART.format(number)).is_file() for number in range(1, found.parts + 1))
            return found if kept["batch"] == accepted.hash and whole else None
        except (OSError, ValueError, TypeError, KeyError):
            return None  # whatever was there, it is no receipt

    def keep_receipt(self, accepted: Accepted, kept: StoredReceipt) -> None:
        """On the disk when this returns, after its parts: from now on it is the answer. Raises StorageFailed."""
        path = self._place(accepted.terminal) / RECEIPT
        data_folder.write(path, json.dumps({"batch": accepted.hash, "sealed": kept.sealed, "parts": kept.parts}))

    def part(self, accepted: Accepted, number: int) -> str | None:
        """A sealed part of the memory that goes before this batch's receipt, if that is there."""
        kept = self.receipt(accepted)
        if kept is None or not 1 <= number <= kept.parts:
            return None
        return (self._place(accepted.terminal) / PART.format(number)).read_text()

    def keep_part(self, accepted: Accepted, number: int, sealed: str) -> None:
        """On the disk when this returns. It counts only when the receipt is there too. Raises StorageFailed."""
        data_folder.write(self._place(accepted.terminal) / PART.format(number), sealed)

    def _drop_parts(self, folder: Path) -> None:
        """Parts of an older batch, which nobody can ask for any more, are many bytes."""
        for path in folder.glob(PART.format("*")):
            path.unlink(missing_ok=True)

    def _place(self, terminal: str) -> Path:
        """A folder of its own; named by a hash, because the name of a terminal comes from outside."""
        return self._folder / sha256(terminal.encode()).hexdigest()[:32]


def _load(path: Path) -> Accepted | None:
    try:
        return Accepted(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        log.warning("A chain file is damaged; the hub will be told that the chain is lost.", file=str(path))
        return None

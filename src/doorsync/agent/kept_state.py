"""All that the agent keeps in its data folder: identity, hello count, chains."""

from __future__ import annotations

from pathlib import Path

from doorsync.agent import data_folder
from doorsync.agent.errors import StorageFailed
from doorsync.agent.identity import Identity
from doorsync.agent.kept_receipts import Chains

COUNT = "hello-count"


class State:
    """The data folder of an enrolled agent. An enrolment begins fresh chains: old ones are sealed for nobody any more."""

    def __init__(self, folder: Path) -> None:
        """Raises NotEnrolled or BadIdentity."""
        self.folder = folder
        self.identity = Identity.load(folder)
        self.chains = Chains(folder / "chains" / (self.identity.chain or self.identity.keys.sign.thumbprint()))
        self._count = folder / COUNT
        self.hellos = 0  # since the agent started

    def become(self, identity: Identity) -> None:
        """Replace the identity, with other keys of the agent or the hub, on the disk too. Chains go on. Raises StorageFailed."""
        identity.save(self.folder)
        self.identity = identity

    def next_count(self) -> int:
        """The next hello's number; on the disk when this returns. Raises StorageFailed."""
        try:
            last = int(self._count.read_text()) if self._count.exists() else 0
        except (OSError, ValueError) as error:
            raise StorageFailed(f"Cannot read {self._count}.") from error
        data_folder.write(self._count, f"{last + 1}\n")
        self.hellos += 1
        return last + 1

"""The demo's folder: where each part keeps its things, how far the demo was set up, and a lock against a second one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from doorsync.files import atomic
from doorsync.files.lock import AlreadyLocked, take_lock
from doorsync.hub.entry.startup import NotReady


@dataclass(frozen=True, slots=True)
class DemoLayout:
    """Everything under the data folder."""

    data: Path

    @property
    def own(self) -> Path:
        """The demo's own files: the company file, the people, the sample request, logs."""
        return self.data / "demo"

    @property
    def company_file(self) -> Path:
        """The company, as it is loaded at each start of the first day."""
        return self.own / "harbour-gym.yaml"

    @property
    def people_file(self) -> Path:
        """The people whom the company file names."""
        return self.own / "people.csv"

    @property
    def request_file(self) -> Path:
        """The documentation's sample request."""
        return self.own / "getTotalSyncToken.request.xml"

    @property
    def agent(self) -> Path:
        """The agent's data folder."""
        return self.data / "agent"

    def terminal(self, slug: str) -> Path:
        """The folder of a virtual terminal."""
        return self.data / "terminals" / slug

    def kept(self, name: str) -> str:
        """The word that was stored under this name, or ""."""
        path = self.own / name
        return path.read_text().strip() if path.exists() else ""

    def keep(self, name: str, word: str) -> None:
        """Store a word under this name, atomically."""
        atomic.write(self.own / name, f"{word}\n")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lock the folder against other demos. Raises NotReady."""
        self.own.mkdir(mode=0o700, exist_ok=True)
        try:
            lock = take_lock(self.own / "lock")
        except AlreadyLocked as error:
            raise NotReady(f"A demo runs in {self.data} already. End it, or choose another folder with DOORSYNC_DATA.") from error
        with lock:
            yield

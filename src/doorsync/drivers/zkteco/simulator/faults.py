"""What can be wrong with the emulated terminal. Tests set these while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Faults:
    """All at once, if need be. User ids, or "*" for everybody."""

    delay: float = 0.0  # seconds before each answer
    silent: bool = False  # takes requests and answers nothing
    apart: float = 0.0  # seconds between the frames of one answer; 0: all in one segment
    packet: int = 0  # bytes of data in one packet of a large answer; 0: all in one
    cut_before: int = 0  # hangs up before the so manieth answer from now on; 0: never
    cut_after: int = 0  # hangs up after having done what was asked so many times, without the last answer; 0: never
    garbled: bool = False  # answers with noise
    renames: bytes = b""  # stores this name instead of what was written
    ignores_zones: bool = False  # takes a person's time zones and does not store them
    refused_commands: set[int] = field(default_factory=set)
    refused_users: set[str] = field(default_factory=set)  # writing fails
    forgotten_users: set[str] = field(default_factory=set)  # writing succeeds and stores nothing
    kept_users: set[str] = field(default_factory=set)  # removing succeeds and removes nothing

    def counts_down(self) -> tuple[bool, bool]:
        """One more answer is due: whether to hang up before doing anything, and whether to hang up instead of answering."""
        before, after = self.cut_before == 1, self.cut_after == 1
        self.cut_before -= bool(self.cut_before)
        self.cut_after -= bool(self.cut_after)
        return before, after

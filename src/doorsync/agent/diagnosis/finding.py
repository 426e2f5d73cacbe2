"""One line of the diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is; `advice` says what to do."""

    level: Literal["ok", "warn", "fail"]
    text: str
    advice: str = ""

    def lines(self) -> list[str]:
        """The lines to print."""
        return [f"{self.level:<5}{self.text}", *([f"     -> {self.advice}"] if self.advice else [])]


def ok(text: str) -> Finding:
    """A check that found nothing wrong."""
    return Finding("ok", text)


def warn(text: str, advice: str) -> Finding:
    """A check that found something to know though it works."""
    return Finding("warn", text, advice)


def fail(text: str, advice: str) -> Finding:
    """A check that found a fault."""
    return Finding("fail", text, advice)

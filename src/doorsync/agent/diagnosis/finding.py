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
        """As it is printed."""
        return [f"{self.level:<5}{self.text}", *([f"     -> {self.advice}"] if self.advice else [])]


def ok(text: str) -> Finding:
    """All is well."""
    return Finding("ok", text)


def warn(text: str, advice: str) -> Finding:
    """It works, but somebody should know."""
    return Finding("warn", text, advice)


def fail(text: str, advice: str) -> Finding:
    """It does not work."""
    return Finding("fail", text, advice)

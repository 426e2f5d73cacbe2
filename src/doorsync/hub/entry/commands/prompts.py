"""Reads secrets from the keyboard or from standard input, never from arguments, which other users of the machine can see."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import typer

from doorsync.hub.entry.commands.bootstrap import exit_with


@dataclass(frozen=True, slots=True)
class Asked:
    """Asks for codes and passwords."""

    code_stdin: bool = False
    password_stdin: bool = False

    def code(self, company: str) -> str:
        """The security code of a new company."""
        return _secret(f"Security code of {company} (32 characters)", self.code_stdin, "--code-stdin")

    def password(self, username: str) -> str:
        """The password of a new administrator, or a new password."""
        return _secret(f"New password of {username}", self.password_stdin, "--password-stdin")


def at_keyboard() -> bool:
    """Whether a person can be asked. A program may have closed standard input altogether."""
    return sys.stdin is not None and sys.stdin.isatty()


def _secret(label: str, from_stdin: bool, option: str) -> str:
    if from_stdin:
        line = _line(label)
        if not line:
            raise exit_with(f"{label}: standard input has no line for it.")
        return line.rstrip("\r\n")
    if not at_keyboard():
        raise exit_with(f"{label} is needed. Type it at a terminal, or hand it in with {option}.")
    answer: str = typer.prompt(label, hide_input=True, confirmation_prompt=True)
    return answer


def _line(label: str) -> str:
    """The next line of standard input, without the mark of UTF-8 that some shells put before the first one."""
    try:
        line = sys.stdin.readline().removeprefix("\ufeff") if sys.stdin else ""
        line.encode()  # bytes that are no text may come as halves of characters
    except UnicodeError:
        raise exit_with(f"{label}: its line on standard input is not UTF-8.") from None
    return line

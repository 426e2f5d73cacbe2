"""Secrets from a person at the keyboard, or line by line from standard input; never from arguments, which others can see."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import typer

from doorsync.hub.entry.commands.starting import failure


@dataclass(frozen=True, slots=True)
class Asked:
    """Where to take codes and passwords from."""

    code_stdin: bool = False
    password_stdin: bool = False

    def code(self, company: str) -> str:
        """The security code of a new company."""
        return _secret(f"Security code of {company} (32 characters)", self.code_stdin, "--code-stdin")

    def password(self, username: str) -> str:
        """The password of a new administrator, or a new password."""
        return _secret(f"New password of {username}", self.password_stdin, "--password-stdin")


def _secret(label: str, from_stdin: bool, option: str) -> str:
    if from_stdin:
        line = sys.stdin.readline()
        if not line.endswith("\n") and not line:
            raise failure(f"{label}: standard input has no line for it.")
        return line.rstrip("\r\n")
    if not sys.stdin.isatty():
        raise failure(f"{label} is needed. Type it at a terminal, or hand it in with {option}.")
    answer: str = typer.prompt(label, hide_input=True, confirmation_prompt=True)
    return answer

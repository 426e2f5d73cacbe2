"""What calls that are saved together would each ask of the database alike, asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Inside, `asked_once` keeps what it was answered. In a transaction of the company: nobody else changes the answers."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def asked_once(question: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers, or answered to the same question before."""
    answers = _answers.get()
    if answers is None:
        return ask()
    if question not in answers:
        answers[question] = ask()
    answer: T = answers[question]
    return answer


def forget_answers() -> None:
    """Ask everything again, after one of the calls has changed what was answered."""
    answers = _answers.get()
    if answers:
        answers.clear()

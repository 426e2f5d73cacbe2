"""Answers one message: reads it, runs the operation, writes the answer. Synchronous; threads and HTTP are in other modules."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doorsync.hub.administrators import errors as administrators
from doorsync.hub.companies.errors import UnknownCompany
from doorsync.hub.companies.held_up import is_held_up
from doorsync.hub.esws import codec, errors
from doorsync.hub.esws.codec import Call
from doorsync.hub.esws.declarations import Caller, Operation
from doorsync.hub.esws.errors import Broken, Fault, NoEnvelope
from doorsync.hub.esws.values import Pages

log = logging.getLogger("doorsync.esws")
# A program that said Latin-1 and sent UTF-8 meets these; the other reading of its bytes may be the right one.
MISREAD = (UnknownCompany, administrators.NoSuchAdministrator)
BUSY_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A message as it came in."""

    body: bytes = field(repr=False)
    content_type: str = ""
    action: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message as it goes out."""

    status: int
    body: bytes = field(repr=False)
    retry_after: int | None = None
    parts: Iterator[bytes] | None = None  # of a large answer, in place of the body; each is worked out when it is asked for


def answer(request: Request, operations: Mapping[str, Operation], *, in_parts: bool = False) -> Reply:
    """The reply to a message, whatever the message is. Never raises. `in_parts`: whether a large answer may come so."""
    try:
        call, value = _outcome(request, operations)
        if in_parts and isinstance(value, Pages):
            return Reply(200, b"", parts=codec.response_parts(call, value))
        return Reply(200, codec.response(call, value))
    except Exception as error:  # noqa: BLE001 - the last stop: nothing of an error may reach the caller as it is
        return refusal(as_fault(error), error)


def as_fault(error: Exception) -> Fault:
    """The fault for an error that has no return string; nothing of its text goes out."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, administrators.Throttled):
        return errors.Throttled(retry_after=max(1, round(error.seconds)))
    if isinstance(error, administrators.Busy) or _is_held_up(error):
        return errors.Busy(retry_after=BUSY_SECONDS)
    return Broken()


def _is_held_up(error: Exception) -> bool:
    """Whether another program holds the database, which is logged."""
    if held_up := is_held_up(error):
        log.warning("esws.held_up Another program holds the hub's database file.")
    return held_up


def refusal(fault: Fault, cause: Exception | None = None) -> Reply:
    """The reply that carries a fault. A fault of our own making is logged: its kind and place, never its text."""
    if isinstance(fault, Broken) and cause is not None:
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(cause.__traceback__)[-5:]]
        log.error("esws.failed %s at %s", type(cause).__name__, " < ".join(reversed(places)))
    return Reply(500, codec.fault(fault), fault.retry_after)


def _outcome(request: Request, operations: Mapping[str, Operation]) -> tuple[Call, Any]:
    """The operation's result, with the less likely reading of the bytes where the likelier one turned out wrong."""
    refused: tuple[Call, Any] | None = None
    for call in codec.possible_calls(request.body, request.content_type, request.action, operations):
        try:
            return call, call.operation.run(Caller(request.address), **call.arguments)
        except Exception as error:
            text = call.operation.return_string(error)
            if text is None:
                raise
            refused = call, call.operation.returns.problem(text)
            if not isinstance(error, MISREAD):
                break
    if refused is None:
        raise NoEnvelope
    return refused

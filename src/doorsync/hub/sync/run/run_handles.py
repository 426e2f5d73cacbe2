"""Handles by which a program asks after a run that it started. They are signed, not stored, and hold in their company only."""

from __future__ import annotations

import secrets
from hmac import compare_digest
from string import ascii_letters, digits

from django.utils.crypto import salted_hmac

from doorsync.hub.sync.errors import UnknownRun
from doorsync.hub.sync.models import Run

LETTERS = digits + ascii_letters
LENGTH = 64
NUMBER, NONCE, SEAL = 8, 7, 32  # bytes: the run, what makes two handles of one run differ, and what nobody else can work out
SALT = "doorsync.hub.sync.run.run_handles"


def make_run_handle(run: Run) -> str:
    """A handle of this run: 64 letters and digits, another each time."""
    body = run.pk.to_bytes(NUMBER, "big") + secrets.token_bytes(NONCE)
    return _written(body + _seal(run.company_id, body))


def run_of_handle(handle: str, company_id: int) -> Run:
    """The run, if it is of this company, which must be in scope. Raises UnknownRun."""
    packed = _read(handle)
    body, seal = packed[: NUMBER + NONCE], packed[NUMBER + NONCE :]
    if not compare_digest(seal, _seal(company_id, body)):
        raise UnknownRun
    run = Run.objects.filter(pk=int.from_bytes(body[:NUMBER], "big")).select_related("company").first()
    if run is None:
        raise UnknownRun
    return run


def _seal(company_id: int, body: bytes) -> bytes:
    return salted_hmac(SALT, company_id.to_bytes(8, "big") + body, algorithm="sha256").digest()


def _written(packed: bytes) -> str:
    number, text = int.from_bytes(packed, "big"), ""
    while number:
        number, place = divmod(number, len(LETTERS))
        text = LETTERS[place] + text
    return text.rjust(LENGTH, LETTERS[0])


def _read(handle: str) -> bytes:
    """The bytes of a handle; some that fit nothing when it has another form."""
    number = 0
    if len(handle) == LENGTH and handle.isascii() and handle.isalnum():
        for letter in handle:
            number = number * len(LETTERS) + LETTERS.index(letter)
    size = NUMBER + NONCE + SEAL
    return number.to_bytes(size, "big") if number < 1 << (8 * size) else bytes(size)

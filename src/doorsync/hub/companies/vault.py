"""Secrets of a company: its code as a keyed hash, its key, and what is sealed with keys derived from it."""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from hashlib import sha256
from unicodedata import normalize

from doorsync.hub.companies import sealing
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.sealing import COMPANY_KEY
from doorsync.hub.settings import key_files


def code_hash(code: str) -> bytes:
    """What the database looks a company up by: HMAC-SHA256 of its code in Unicode's form NFC, 32 bytes."""
    return hmac.digest(key_files.secret("index"), b"company\0" + normalize("NFC", code).encode(), sha256)


@lru_cache(maxsize=4096)
def audit_key(company_id: int) -> bytes:
    """The key of a company's trail: from the master key, so that whoever can only write to the database cannot make one up."""
    return hmac.digest(hmac.digest(key_files.secret("kek"), b"audit", sha256), str(company_id).encode(), sha256)


def new_company_key() -> bytes:
    """A fresh company key, sealed for `Company.sealed_key`."""
    return sealing.seal(key_files.secret("kek"), os.urandom(32), COMPANY_KEY)


def derived(company: Company, purpose: str) -> bytes:
    """32 bytes for one purpose, such as "digest" or "credential". The same for ever, different in every company."""
    return _derived(bytes(company.sealed_key), purpose)


def seal(company: Company, purpose: str, text: str, bound_to: str) -> bytes:
    """AES-256-GCM; opens only for the same company, purpose and `bound_to` (say, the user's id)."""
    return sealing.seal(derived(company, purpose), text.encode(), bound_to.encode())


def unseal(company: Company, purpose: str, sealed: bytes, bound_to: str) -> str:
    """The text that was sealed. Raises CannotUnseal when it is damaged, or key or binding differ."""
    try:
        return sealing.unseal(derived(company, purpose), bytes(sealed), bound_to.encode()).decode()
    except UnicodeDecodeError as error:
        raise CannotUnseal from error


def keyed_hash(company: Company, purpose: str, text: str) -> bytes:
    """32 bytes that let equal values be found, and the value not be guessed without the key."""
    return hmac.digest(derived(company, purpose), text.encode(), sha256)


@lru_cache(maxsize=4096)
def _derived(sealed_key: bytes, purpose: str) -> bytes:
    key = sealing.unseal(key_files.secret("kek"), sealed_key, COMPANY_KEY)
    return hmac.digest(key, purpose.encode(), sha256)

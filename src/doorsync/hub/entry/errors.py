"""What keeps the hub from working."""

from __future__ import annotations


class NotReady(Exception):
    """The hub cannot do this."""

"""The actor that a command at the keyboard acts as."""

from __future__ import annotations

import os

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company

VIA = "command-line"


def command_actor(company: Company) -> Actor:
    """Whoever typed the command, by the number of their account on this machine: the audit holds no names."""
    return Actor(company_id=company.pk, via=VIA, reference=f"account-{os.getuid()}")

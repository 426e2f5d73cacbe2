"""The actor of commands."""

from __future__ import annotations

import os

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company

VIA = "command-line"


def command_actor(company: Company) -> Actor:
    """The person who runs the command, by the number of their account on this machine: the audit holds no names."""
    return Actor(company_id=company.pk, via=VIA, reference=f"account-{os.getuid()}")

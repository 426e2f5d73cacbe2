"""One-job handles: they let the page that an agent serves carry messages for one run (the reverse courier).

A handle is signed, not stored. It opens the courier's endpoints to pages of one agent's origin for ten minutes. The messages
themselves are signed and sealed, so a stolen handle only allows what any courier can do: to delay them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core import signing
from django_scopes import scope

from doorsync.hub.companies.clock_skew import Signer
from doorsync.hub.sync.models import Run
from doorsync.hub.terminals.models import Agent

LIFE = 600  # seconds
SALT = "doorsync.hub.sync.run.job_handles"


class HandleOver(Exception):
    """The handle is invalid or has expired. Go back to the run's page and start again."""


@dataclass(frozen=True, slots=True)
class PageJob:
    """The job that a handle allows: carrying for this agent until this run is closed."""

    agent: Agent
    run: Run

    @property
    def done(self) -> bool:
        """Whether nothing is left to carry."""
        return self.run.closed_at is not None


def make_handle(*, run: Run, agent: Agent) -> str:
    """A handle for carrying this run to this agent."""
    return Signer(salt=SALT).sign_object([run.public_id, agent.public_id])


def find_job(handle: str, agent: Agent, origin: str) -> PageJob:
    """What a page at `origin` may do for `agent` with this handle. Raises HandleOver."""
    try:
        run, named = Signer(salt=SALT).unsign_object(handle, max_age=LIFE)
    except (signing.BadSignature, ValueError):
        raise HandleOver from None
    if named != agent.public_id or origin != origin_of(agent):
        raise HandleOver
    with scope(company=agent.company):
        found = Run.objects.filter(public_id=run).first()
    if found is None:
        raise HandleOver
    return PageJob(agent, found)


def origin_of(agent: Agent) -> str:
    """Scheme, host and port of the pages that this agent serves."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(agent.url))

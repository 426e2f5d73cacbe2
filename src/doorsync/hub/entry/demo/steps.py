"""Setting the demo up, step by step: a demo that was stopped on the way goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date
from importlib.resources import files
from string import Template

from django_scopes import scope

from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.entry.demo.layout import DemoLayout
from doorsync.hub.entry.demo.signals import pause
from doorsync.hub.entry.startup import NotReady
from doorsync.hub.imports.company_load import load_company
from doorsync.hub.imports.parsing import read_company_file
from doorsync.hub.sync.models import Run, RunTerminalState
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.actions import change_agent_address, change_terminal
from doorsync.hub.terminals.enrolment import issue_code
from doorsync.hub.terminals.models import Agent, Terminal

SLUG, USERNAME, PASSWORD = "harbour-gym", "username", "passwrod"  # the documented sample's, open to all
VIA = "demo"
# Folder and name of each terminal, and what it can do otherwise than the standard virtual terminal.
TERMINALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "front-door": ("Front door", ("cards_per_user=2",)),
    "staff-entrance": ("Staff entrance", ("capacity=100",)),
    "beach-gate": ("Beach gate", ("cards_per_user=2",)),
}
PATIENCE = 60.0  # seconds for the first sync

Addresses = Mapping[str, str]


class SampleSecrets:
    """The demo's password is the documented sample's. Its code stands in its file."""

    def code(self, company: str) -> str:
        """Return the code from the demo's file instead of asking."""
        raise NotReady(f"The company file of {company} has no code.")

    def password(self, username: str) -> str:
        """The same for every administrator that somebody adds to the demo's file."""
        return PASSWORD if username == USERNAME else f"{PASSWORD}-{username}"


def load(home: DemoLayout, people_on: Callable[[date], str], addresses: Addresses) -> Company:
    """Write the company's files with these people and load them. The first day is kept, so that dates stay what they were."""
    if not home.kept("first-day"):
        home.keep("first-day", date.today().isoformat())  # noqa: DTZ011  # a day to begin with, no moment
    first_day = date.fromisoformat(home.kept("first-day"))
    template = Template(files(__package__).joinpath("harbour-gym.yaml").read_text())
    home.company_file.write_text(template.substitute({slug.replace("-", "_"): at for slug, at in addresses.items()}))
    home.people_file.write_text(people_on(first_day), encoding="utf-8")
    return load_company(read_company_file(home.company_file), SampleSecrets()).company


def agent_code(company: Company) -> str:
    """A code for the demo's agent."""
    with scope(company=company):
        agent = Agent.objects.select_related("company").get()
    return issue_code(agent=agent, actor=Actor(company_id=company.pk, via=VIA))


def use_page_courier(company: Company) -> None:
    """Forget that the agent waited at the hub, so that the next changes wait for the administrator's press."""
    with scope(company=company):
        Agent.objects.update(waited_at=None)


def move(company: Company, addresses: Addresses, agent_url: str) -> None:
    """Store the ports of terminals that listen on another one than last time."""
    actor = Actor(company_id=company.pk, via=VIA)
    names = {name: slug for slug, (name, _) in TERMINALS.items()}
    with scope(company=company):
        change_agent_address(agent=Agent.objects.select_related("company").get(), url=agent_url, actor=actor)
        for terminal in Terminal.objects.select_related("company", "location", "agent").filter(name__in=names):
            change_terminal(
                terminal=terminal,
                location=terminal.location,
                agent=terminal.agent,
                make=terminal.make,
                address=addresses[names[terminal.name]],
                actor=actor,
            )


def first_sync(company: Company) -> None:
    """Press Sync for everybody at both locations, and wait until the agent has brought it all in. Raises NotReady or Ended."""
    with scope(company=company):
        administrator = Administrator.objects.get(username=USERNAME)
        actor = Actor(company_id=company.pk, administrator_id=administrator.pk, via=VIA)
        everywhere = Selection(locations=frozenset(Location.objects.values_list("pk", flat=True)))
        run = start_run(company=company, choice=everywhere, confirmed=None, actor=actor)
        deadline = time.monotonic() + PATIENCE
        while Run.objects.filter(pk=run.pk, closed_at=None).exists():
            if time.monotonic() > deadline:
                raise NotReady("The first sync took too long. Start the demo again: it goes on where it was.")
            pause(0.1)
        failed = run.run_terminals.exclude(state=RunTerminalState.DONE).select_related("terminal")
        for run_terminal in failed:
            raise NotReady(f"The first sync failed at {run_terminal.terminal.name}: {run_terminal.message}")

"""What an agent needs to reach a terminal: address, secret, options. The secret is kept sealed, and is never shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from doorsync.hub.companies import vault
from doorsync.hub.terminals.addresses import form_of_address, has_form
from doorsync.hub.terminals.errors import AddressWithCredentials, BadOption, SecretTooLong, WrongAddressForm
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.messages.make_info import MakeInfo

PURPOSE = "terminal"
LONGEST_SECRET = 200


def check_address(agent: Agent | None, make: str, address: str) -> None:
    """Raises AddressWithCredentials, because addresses are shown, and WrongAddressForm, because nothing would answer there."""
    if "@" in address:
        raise AddressWithCredentials
    example = form_of_address(agent.makes if agent else (), make)
    if not has_form(address, example):
        raise WrongAddressForm.like(example)


def sealed_secret(terminal: Terminal, secret: str) -> bytes | None:
    """What is stored of a terminal's secret. Raises SecretTooLong."""
    if len(secret) > LONGEST_SECRET or "\x00" in secret:
        raise SecretTooLong
    return vault.seal(terminal.company, PURPOSE, secret, str(terminal.pk)) if secret else None


def secret_of(terminal: Terminal) -> str:
    """A terminal's secret; "" where none was set. Raises CannotUnseal."""
    if terminal.sealed_secret is None:
        return ""
    return vault.unseal(terminal.company, PURPOSE, bytes(terminal.sealed_secret), str(terminal.pk))


def known_makes(agent: Agent) -> dict[str, MakeInfo]:
    """The makes that this agent has drivers for, by name, as its last hello told."""
    return {make["name"]: MakeInfo.model_validate(make) for make in agent.makes}


def checked_options(agent: Agent, make: str, options: Mapping[str, str]) -> dict[str, str]:
    """The options that are not at their default. Raises BadOption where the make does not have or take one."""
    known = {each.name: each for each in known_makes(agent)[make].options} if make in known_makes(agent) else {}
    for name, value in options.items():
        option = known.get(name)
        if option is None or (option.choices and value not in option.choices):
            raise BadOption.named(option.title if option else name)
        if option.pattern and not option.choices and not re.fullmatch(option.pattern, value):
            raise BadOption.named(option.title)
    return {name: value for name, value in options.items() if value != known[name].default}


def needs_newer_agent(terminal: Terminal) -> bool:
    """Whether this terminal can only be reached with what an older agent does not understand."""
    return terminal.agent.version < 3 and bool(terminal.sealed_secret or terminal.options)

"""What a hello tells of makes and of terminals nearby."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from doorsync.messages.field_types import Label, Name, Serial, Words


class MakeOption(BaseModel):
    """A setting of a terminal that only its make has; see `Option` in the driver contract."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Label
    title: Words
    default: Words = ""
    choices: Annotated[list[Words], Field(max_length=100)] = []
    pattern: Words = ""


class MakeInfo(BaseModel):
    """A make of terminal that an agent has a driver for; see `Make` in the driver contract. `level`: of its evidence."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name
    title: Words
    address: Words
    secret: Words = ""
    options: Annotated[list[MakeOption], Field(max_length=50)] = []
    level: Label = ""
    against: Annotated[list[Words], Field(max_length=50)] = []
    not_shown: Annotated[list[Words], Field(max_length=50)] = []
    warnings: Annotated[list[Words], Field(max_length=20)] = []


class NearbyTerminal(BaseModel):
    """A terminal that answered a search of the agent, or knocked at it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    make: Name
    address: Words
    serial: Serial = ""
    title: Words = ""
    needs_secret: bool = False

"""The reference for writers of other agents names everything that is on the wire."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from doorsync.agent.config import Config
from doorsync.domain.capabilities import Capabilities
from doorsync.drivers.virtual.abilities import STANDARD
from doorsync.drivers.virtual.faults import Faults
from doorsync.messages import errors
from doorsync.messages.errors import MessageRefused
from doorsync.messages.schemas import Message, Order, Outcome

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


SHAPES = [*Message.__subclasses__(), Order, Outcome]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_field_of_every_message_is_in_the_reference(shape: type[BaseModel]) -> None:
    text = (REFERENCE / "messages.md").read_text()
    assert [name for name in shape.model_fields if f"`{name}`" not in text] == []


def test_every_refusal_and_every_capability_is_in_the_reference() -> None:
    text = (REFERENCE / "messages.md").read_text()
    codes = [each.code() for each in vars(errors).values() if isinstance(each, type) and issubclass(each, MessageRefused)]
    wished = [code for code in codes if code != "message-refused"] + list(Capabilities.__slots__)
    assert [word for word in wished if f"`{word}`" not in text] == []


def test_every_setting_of_the_agent_is_in_the_reference_with_its_standard() -> None:
    text = (REFERENCE / "agent.md").read_text()
    for name, field in Config.model_fields.items():
        standard = "[]" if field.default_factory else str(field.default)
        line = next((line for line in text.splitlines() if line.startswith(f"| `{name.upper()}`")), "")
        assert standard.removesuffix(".0").lower() in line.lower(), name


def test_every_ability_and_fault_of_the_virtual_terminal_is_in_the_reference() -> None:
    text = (REFERENCE / "virtual-terminal.md").read_text()
    assert [name for name in (*STANDARD, *Faults.__slots__) if f"`{name}`" not in text] == []

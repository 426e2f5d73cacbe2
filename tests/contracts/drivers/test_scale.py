"""Every driver says honestly how far it has come: the same rules for all, each done, todo, or exempt with a reason."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from doorsync.agent.drivers import GROUP
from tests.contracts.drivers.benches import CAN_FAIL, FAULTS

RULES = {
    *("contract", "capabilities-asked", "read-back", "permanent-errors", "time-limits", "untrusted-answers"),
    *(
        "no-secrets-in-errors",
        "simulator",
        "faults",
        "several-writes-at-once",
        "remote-opening",
        "foreign-counterpart",
        "tried-on-a-device",
    ),
}


def folder_of(module: str) -> Path:
    spec = find_spec(module)
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


@pytest.mark.parametrize("point", entry_points(group=GROUP), ids=lambda point: point.name)
def test_a_driver_has_its_scale_and_its_readme(point: object) -> None:
    folder = folder_of(point.value.partition(":")[0])  # type: ignore[attr-defined]  # an entry point
    scale = yaml.safe_load((folder / "scale.yaml").read_text())
    not_made = scale.pop("faults-not-made", {})
    assert set(scale) == RULES
    assert set(not_made) == FAULTS - CAN_FAIL[point.name]  # type: ignore[attr-defined]  # an entry point
    assert all(len(reason) > 10 for reason in not_made.values())
    for rule, said in scale.items():
        status, reason = (said["status"], said["reason"]) if isinstance(said, dict) else (said, "")
        assert status in ("done", "todo", "exempt"), rule
        assert status == "done" or len(reason) > 10, f"{rule} needs a reason"
    assert (folder / "README.md").read_text().startswith("# ")


def test_the_virtual_terminal_documents_every_request_and_every_error() -> None:
    from doorsync.drivers.virtual.connection import REASONS
    from doorsync.drivers.virtual.memory import COLUMNS

    text = (folder_of("doorsync.drivers.virtual") / "README.md").read_text()
    for word in (
        *REASONS,
        *COLUMNS["user"],
        *COLUMNS["schedule"],
        "about",
        "unlock",
        "get",
        "list",
        "put",
        "remove",
        "erase",
        "own",
        "serial",
        "users",
        "clock",
    ):
        assert f"`{word}`" in text, word

"""Drivers come through entry points; a broken one is shown with its reason and takes nobody down."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pytest

from doorsync.agent import drivers
from doorsync.drivers.virtual.driver import VirtualDriver

MODULE = """
from doorsync.drivers.make import Make
class Good:
    make = Make(name="good", title="Good", address="")
    def open(self, settings, *, timeout): ...
    def lane(self, settings): ...
class Misnamed(Good):
    make = Make(name="other", title="Other", address="")
class Closed(Good):
    make = Make(name="closed", title="Closed", address="")
    open = None
class Outdated(Good):
    make = "outdated"
class Nameless:
    pass
class Failing:
    def __init__(self):
        raise OSError("no licence")
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution of somebody else, as an installer lays it down."""
    points = {
        "good": "strange_drivers:Good",
        "misnamed": "strange_drivers:Misnamed",
        "closed": "strange_drivers:Closed",
        "nameless": "strange_drivers:Nameless",
        "failing": "strange_drivers:Failing",
        "outdated": "strange_drivers:Outdated",
        "absent": "strange_drivers:Absent",
        "unimportable": "no_such_module_anywhere:Driver",
        "exiting": "strange_exit:Driver",
        "extra": "strange_extra:Driver [more]",
        "extra_broken": "strange_extra_broken:Driver [more]",
        "virtual": "strange_drivers:Good",
    }
    (tmp_path / "strange_drivers.py").write_text(MODULE)
    (tmp_path / "strange_exit.py").write_text("raise SystemExit(3)")
    (tmp_path / "strange_extra.py").write_text("import a_library_of_the_extra")
    (tmp_path / "strange_extra_broken.py").write_text("import doorsync.no_such_module")
    info = tmp_path / "zz_strange-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zz-strange\nVersion: 1\n")
    lines = [f"{name} = {target}" for name, target in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[doorsync.drivers]", *lines]))
    monkeypatch.syspath_prepend(str(tmp_path))


def test_the_bundled_driver_is_found_like_any_other() -> None:
    found = drivers.find_drivers()
    assert isinstance(found.working["virtual"], VirtualDriver)
    assert found.broken == {}


@pytest.mark.usefixtures("installed")
def test_broken_drivers_are_shown_with_their_reasons_beside_those_that_work() -> None:
    bundled = {point.name for point in distribution("doorsync").entry_points if point.group == drivers.GROUP}
    found = drivers.find_drivers()
    assert set(found.working) == {"good", *bundled}
    assert found.broken == {
        "absent": "AttributeError: module 'strange_drivers' has no attribute 'Absent'",
        "closed": "TypeError: it cannot open a session",
        "exiting": "SystemExit: 3",
        "extra_broken": "ModuleNotFoundError: No module named 'doorsync.no_such_module'",
        "failing": "OSError: no licence",
        "misnamed": "ValueError: it calls itself 'other'",
        "nameless": "AttributeError: 'Nameless' object has no attribute 'make'",
        "outdated": "TypeError: it does not describe its make as this version expects",
        "unimportable": "ModuleNotFoundError: No module named 'no_such_module_anywhere'",
        "virtual": "ValueError: it calls itself 'good'",
    }
    assert found.why_not("failing") == "The driver for 'failing' is broken: OSError: no licence."
    assert found.absent == {"extra": "zz-strange[more]"}
    assert found.why_not("extra") == "The driver for 'extra' needs zz-strange[more], which this agent was installed without."
    assert found.why_not("abacus") == "This agent has no driver for 'abacus'."

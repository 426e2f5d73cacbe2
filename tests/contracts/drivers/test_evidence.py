"""What is said of how far a driver can be trusted is the same everywhere: in the driver, on its scale, in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from doorsync.agent.driver_report import evidence_words
from doorsync.agent.drivers import find_drivers
from doorsync.drivers.contract import Driver
from doorsync.drivers.make import EvidenceLevel

ROOT = Path(__file__).parents[3]
DRIVERS = find_drivers().working
FOREIGN = {EvidenceLevel.DEVICE, EvidenceLevel.FOREIGN_DEVICE_SIDE, EvidenceLevel.FOREIGN_CLIENTS}


def status(scale: dict[str, object], rule: str) -> str:
    said = scale[rule]
    return str(said["status"] if isinstance(said, dict) else said)


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=list(DRIVERS))
def test_the_page_of_makes_says_what_the_driver_says(driver: Driver) -> None:
    make = driver.make
    unseen = "; ".join(make.evidence.not_shown) or "-"
    row = f"| {make.title} | `{make.name}` | `{make.address}` | {evidence_words(make.evidence)} | {unseen} |"
    assert row in (ROOT / "docs/reference/makes.md").read_text()


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=list(DRIVERS))
def test_the_scale_claims_no_more_than_the_evidence(driver: Driver) -> None:
    scale = yaml.safe_load((ROOT / f"src/doorsync/drivers/{driver.make.name}/scale.yaml").read_text())
    evidence = driver.make.evidence
    assert (status(scale, "tried-on-a-device") == "done") == (evidence.level is EvidenceLevel.DEVICE)
    assert status(scale, "foreign-counterpart") != "done" or evidence.level in FOREIGN
    assert evidence.level is EvidenceLevel.DEVICE or evidence.not_shown
    assert evidence.level is EvidenceLevel.SPEC_ONLY or evidence.against

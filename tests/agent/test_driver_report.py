"""What `doorsync agent drivers` says of each make."""

from __future__ import annotations

import pytest

from doorsync.agent.driver_report import evidence_words, make_lines, report_lines
from doorsync.drivers.make import Evidence, EvidenceLevel, Make


def test_every_installed_make_is_told_of() -> None:
    text = "\n".join(report_lines())
    assert "Virtual terminal (virtual), address like 127.0.0.1:4370" in text
    assert "broken" not in text


@pytest.mark.parametrize("level", EvidenceLevel)
def test_each_level_has_its_words_and_only_a_device_counts_as_one(level: EvidenceLevel) -> None:
    words = evidence_words(Evidence(level=level, against=("pyzk 0.9",)))
    assert ("a real device:" in words) == (level is EvidenceLevel.DEVICE)
    assert ("pyzk 0.9" in words) == (level is not EvidenceLevel.SPEC_ONLY)


def test_what_nobody_has_seen_and_what_to_mind_is_told() -> None:
    make = Make(name="x", title="X", address="10.0.0.1", warnings=("Mind.",), evidence=Evidence(not_shown=("all", "of it")))
    assert list(make_lines(make))[2:] == ["  Not shown yet: all; of it.", "  Mind."]

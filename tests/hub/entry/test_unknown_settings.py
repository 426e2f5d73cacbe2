"""A misspelt setting is told, with the name that was probably meant."""

from __future__ import annotations

import pytest

from doorsync.hub.entry.unknown_settings import unknown_settings


def test_misspelt_setting_is_told_with_the_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSYNC_PUBLIC_ULR", "x")
    assert [each for each in unknown_settings() if "ULR" in each] == [
        "DOORSYNC_PUBLIC_ULR is not a setting. Did you mean DOORSYNC_PUBLIC_URL?"
    ]
    monkeypatch.setenv("DOORSYNC_QQQQQQQQ", "x")
    assert "DOORSYNC_QQQQQQQQ is not a setting. Perhaps its name is misspelt." in unknown_settings()


@pytest.mark.parametrize(
    "name", ["DOORSYNC_PUBLIC_URL", "doorsync_public_url", "DOORSYNC_DATABASE_URL_FILE", "DOORSYNC_AGENT_X", "PUBLIC_ULR"]
)
def test_setting_in_any_case_and_those_of_others_are_not_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    assert not [each for each in unknown_settings() if each.startswith(f"{name} ")]

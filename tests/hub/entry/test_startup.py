"""Whether the hub can work with its data folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from doorsync.hub.entry import startup


def test_root_keeps_out_of_the_folder_of_another_account(
    tmp_path: Path, setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(DATA=str(tmp_path))
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(startup.NotReady, match="not as root"):
        startup.check_folder()
    assert list(tmp_path.iterdir()) == []


def test_misspelt_setting_stops_the_hub_and_an_agents_does_not(setting: Callable[..., None], tmp_path: Path) -> None:
    setting(DATA=str(tmp_path), AGENT_DATA=str(tmp_path / "agent"))
    assert startup.checked_settings().data == tmp_path
    setting(PROT="8101")
    with pytest.raises(startup.NotReady, match="DOORSYNC_PROT is not a setting"):
        startup.checked_settings()


def test_sqlites_file_is_for_one_hub(setting: Callable[..., None], tmp_path: Path) -> None:
    setting(DATA=str(tmp_path), DATABASE_URL="")
    held = startup.only_hub(startup.checked_settings(), 8000)
    with pytest.raises(startup.NotReady, match="Another hub runs"):
        startup.only_hub(startup.checked_settings(), 8000)
    held.close()
    again = startup.only_hub(startup.checked_settings(), 8000)
    again.close()

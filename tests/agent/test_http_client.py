"""How the agent dials out."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorsync.agent.config import Config
from doorsync.agent.errors import BadSettings
from doorsync.agent.http_client import hub_client
from tests.factories.patience import PATIENCE


def config(folder: Path, **settings: str) -> Config:
    return Config(data=folder, **settings)  # type: ignore[arg-type]  # texts, as a settings file has them


def test_a_client_for_the_hub_at_its_address(tmp_path: Path) -> None:
    for settings in (None, config(tmp_path)):
        with hub_client(settings, "https://hub.example.com", timeout=PATIENCE) as client:
            assert str(client.base_url).rstrip("/") == "https://hub.example.com"


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_told_by_their_file(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadSettings, match=r"ca_file: .*ca\.pem"):
        hub_client(config(tmp_path, ca_file=str(file)), "https://hub.example.com", timeout=PATIENCE)

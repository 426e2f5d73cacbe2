"""What the agent's settings refuse, and that a password in one is never quoted."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorsync.agent.config import Config


@pytest.mark.parametrize("proxy", ["", "http://proxy:3128", "https://name:secret@proxy.example.com"])
def test_proxy_is_an_address_or_nothing(proxy: str) -> None:
    assert Config(proxy=proxy).proxy.get_secret_value() == proxy


@pytest.mark.parametrize(
    "proxy",
    ["proxy:3128", "name:geheim@proxy", "socks5://geheim@proxy", "http://", "http://geheim@proxy:99999", "http://geheim@p:0"],
)
def test_other_proxy_is_refused_without_being_quoted(proxy: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Config(proxy=proxy)
    assert "must be like http://" in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"nonce_life": 61}, {"nonce_life": 0}, {"port": 65536}, {"listen_adms": "8081"}])
def test_what_would_weaken_the_agent_or_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config(**wrong)

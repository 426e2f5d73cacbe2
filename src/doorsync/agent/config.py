"""Every setting of the agent, typed: read once from the environment (DOORSYNC_AGENT_*)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """What an operator can set."""

    model_config = SettingsConfigDict(env_prefix="DOORSYNC_AGENT_", extra="ignore")

    data: Path = Field(Path("var/agent"), description="Folder of the keys and of what was accepted; keep it private.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, ge=0, le=65535, description="Port to listen on. 0: the one it had before, or a free one.")
    hosts: list[str] = Field(
        default_factory=list, description='More names under which browsers may call it, as JSON: ["gate-pc.example.com:8443"].'
    )
    origins: list[str] = Field(
        default_factory=list, description="More origins of the hub's pages, if it moved since the enrolment, as JSON."
    )
    terminal_timeout: float = Field(10.0, gt=0, description="Seconds in which a terminal must answer.")
    answer_within: float = Field(15.0, gt=0, description="Seconds after which a page is told that the work goes on.")
    nonce_life: float = Field(60.0, gt=0, le=60, description="Seconds in which a hello's nonce is good.")
    cloud: bool = Field(True, description="Dial out to the hub for work, so that no browser need be in this network.")

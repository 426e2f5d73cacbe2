"""How the agent dials out to its hub: through the proxy and with the certificates that the settings name."""

from __future__ import annotations

import ssl
from typing import Any

import httpx2

from doorsync.agent.config import Config
from doorsync.agent.errors import BadSettings


def hub_client(config: Config | None, url: str, *, timeout: float) -> httpx2.Client:
    """A client for this hub. Without a proxy of its own it heeds HTTPS_PROXY and NO_PROXY. Raises BadSettings."""
    options: dict[str, Any] = {}
    if config and config.ca_file:
        options["verify"] = _trusting(config.ca_file)
    if config and (proxy := config.proxy.get_secret_value()):
        options["proxy"] = proxy
    try:
        return httpx2.Client(base_url=url, timeout=timeout, **options)
    except ValueError:
        raise BadSettings("proxy: must be like http://proxy.example.com:3128") from None  # the cause would quote a password


def _trusting(file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise BadSettings(f"ca_file: {file} holds no certificates that can be read.") from error

"""An OpenID Connect provider by other people (oidc-provider), as a process of its own, and somebody who signs in there."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2

from tests.factories.node_packages import install_node_packages
from tests.factories.patience import PATIENCE

NODE = Path(__file__).parents[1] / "hub/providers/node"
CLIENT, SECRET = "doorsync", "a-secret-of-the-client-&-more"


@contextmanager
def openid_provider(
    answers: str, accounts: Mapping[str, Mapping[str, Any]], client: Mapping[str, str] | None = None, **more: Any
) -> Iterator[str]:
    """Its issuer address. `answers`: the redirect address; `accounts`: claims by subject, which is what is typed as login.

    `client` and `more`: what else its client, and its configuration, say.
    """
    install_node_packages(NODE)
    known = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uris": [answers], "grant_types": ["authorization_code"]}
    given = json.dumps({"clients": [{**known, **(client or {})}], "accounts": accounts, "more": more})
    with subprocess.Popen(
        ["node", "provider.mjs", given], cwd=NODE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.wait(PATIENCE)


def sign_in_there(address: str, login: str) -> str:
    """Sign in on the provider's own pages, as a person would: the address that it sends the browser back to."""
    with httpx2.Client(timeout=PATIENCE) as browser:
        answer = browser.get(address)
        while True:
            while answer.has_redirect_location:
                target = urljoin(str(answer.url), answer.headers["Location"])
                if "/answer/" in target:
                    return target
                answer = browser.get(target)
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert form, answer.text
            fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
            fields |= {"login": login, "password": "any"} if "login" in fields.values() else {}
            answer = browser.post(urljoin(str(answer.url), html.unescape(form[1])), data=fields)

"""An administrator's authenticator app, as far as the hub can tell."""

from __future__ import annotations

import re

import httpx2
from django.utils import timezone

from doorsync.hub.administrators import one_time_codes, second_factor
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.audit.trail import Actor


class App:
    """Knows the secret, and shows codes. The one that turned the factor on is used up: `code` shows the next one."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret or one_time_codes.new_secret()

    def code(self, later: int = 1) -> str:
        """The code of the step that is so much later than the present one."""
        return one_time_codes.code_at(self.secret, one_time_codes.time_step(timezone.now()) + later)

    def wrong_code(self) -> str:
        right = {self.code(later) for later in range(-2, 3)}
        return next(code for code in map("{:06}".format, range(10)) if code not in right)


def with_app(administrator: Administrator) -> tuple[App, list[str]]:
    """Turn the second factor on: the app, and the recovery codes."""
    app, actor = App(), Actor(company_id=administrator.company_id, administrator_id=administrator.pk, via="sign-in")
    codes = second_factor.turn_on(administrator=administrator, secret=app.secret, code=app.code(0), actor=actor)
    return app, codes


def turn_on_by_pages(browser: httpx2.Client) -> tuple[App, list[str]]:
    """The same as somebody does it in a browser, who has just signed in with the password `passwrod`."""
    address = "/account/second-factor/on/"
    page = browser.get(address).text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    letters = re.search(r'id="secret">([^<]+)<', page)
    assert letters, page
    app = App(letters[1].replace(" ", ""))
    shown = browser.post(address, data={**fields, "code": app.code(0), "present": "passwrod"}).text
    codes = re.findall(r"<li><code[^>]*>([\d ]+)</code>", shown)
    assert codes, shown
    return app, codes

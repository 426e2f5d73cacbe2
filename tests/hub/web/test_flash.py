"""What a form came to is told once, and only in the session that it was meant for."""

from __future__ import annotations

from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message

from doorsync.hub.administrators.authentication import SignedIn
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.companies.models import Company
from doorsync.hub.web.flash import shown_flashes


def test_what_was_meant_for_another_session_is_not_shown() -> None:
    mine = SignedIn(company=Company(), administrator=Administrator(), kind="full", public_id="mine", proof="")
    told = [Message(SUCCESS, "Saved.", extra_tags="mine"), Message(SUCCESS, "Deleted.", extra_tags="theirs")]
    assert [each.text for each in shown_flashes(told, mine)] == ["Saved."]
    assert shown_flashes(told, None) == []

"""What forms, links and scripts of a page carry to stay with their session: the public id, and a proof that they are ours."""

from __future__ import annotations

import json

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doorsync.hub.administrators.authentication import SignedIn

register = template.Library()


@register.simple_tag(takes_context=True)
def session_fields(context: Context) -> SafeString | str:
    """The two hidden fields of every form."""
    signed_in = _signed_in(context)
    if signed_in is None:
        return ""
    return format_html(
        '<input type="hidden" name="session" value="{}"><input type="hidden" name="proof" value="{}">',
        signed_in.public_id,
        signed_in.proof,
    )


@register.simple_tag(takes_context=True)
def session_query(context: Context) -> str:
    """For links: `?{% session_query %}`."""
    signed_in = _signed_in(context)
    return signed_in.query if signed_in else ""


@register.simple_tag(takes_context=True)
def session_headers(context: Context) -> str:
    """For htmx: `data-hx-headers="{% session_headers %}"`; other scripts send the same two headers."""
    signed_in = _signed_in(context)
    return json.dumps({"X-Session": signed_in.public_id, "X-Proof": signed_in.proof}) if signed_in else "{}"


def _signed_in(context: Context) -> SignedIn | None:
    return getattr(context.get("request"), "signed_in", None)

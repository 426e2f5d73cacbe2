"""The hub as one ASGI application: the SOAP service in front, Django behind it."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorsync.hub.settings.django")

answering = get_asgi_application()

from doorsync.hub.courier.long_poll import PATH as WAIT  # noqa: E402 - its models need Django to be set up
from doorsync.hub.courier.long_poll import waiting  # noqa: E402
from doorsync.hub.entry.body_limits import BodyLimits  # noqa: E402 - for the same reason
from doorsync.hub.entry.lifespan import live  # noqa: E402 - after Django is set up
from doorsync.hub.entry.stream_admission import StreamAdmission  # noqa: E402 - for the same reason
from doorsync.hub.esws.application import Application  # noqa: E402 - its models need Django to be set up
from doorsync.hub.esws.namespaces import leads_to_service  # noqa: E402

esws = Application()
django = StreamAdmission(BodyLimits(answering))


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Hand a request to whom it is for."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http" and leads_to_service(scope["path"]):
        await esws(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == WAIT:
        await waiting(scope, receive, send)
    else:
        await django(scope, receive, send)

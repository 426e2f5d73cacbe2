"""The hub as one ASGI application: the SOAP service in front, Django behind it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorsync.hub.settings.django")

application = get_asgi_application()

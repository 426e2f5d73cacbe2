"""All addresses of the hub, with small pages behind the gate in place of the sync pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.template import Context, Template
from django.urls import include, path

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.web.decorators import needs_full_sign_in, needs_sign_in

PAGE = Template(
    "<!doctype html>{% load signed_in %}<link rel=icon href=data:,>{{ who }} <form>{% session_fields %}</form>"
    "<a href='?{% session_query %}'></a>"
)


@needs_sign_in
def page(request: SignedInRequest) -> HttpResponse:
    names = ",".join(Administrator.objects.order_by("username").values_list("username", flat=True))  # needs the scope
    who = f"{request.signed_in.kind} {request.signed_in.company.slug} {request.signed_in.administrator.username} [{names}]"
    request.connect_to.append("http://192.0.2.7:8443")
    return HttpResponse(PAGE.render(Context({"request": request, "who": who})))


@needs_full_sign_in
def full(request: SignedInRequest) -> HttpResponse:
    return HttpResponse(request.signed_in.kind)


@needs_sign_in
async def waiting(request: SignedInRequest) -> HttpResponse:
    return HttpResponse(request.signed_in.kind)


def broken(_request: SignedInRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [
    path("sync/", page),
    path("full/", full),
    path("waiting/", waiting),
    path("broken/", broken),
    path("", include("doorsync.hub.entry.urls")),
]

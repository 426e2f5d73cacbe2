"""Answers that several views give: a redirect after a form, and calm pages for what is not possible."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


class SeeOther(HttpResponseRedirect):
    """Go on there, with GET."""

    status_code = 303


def by_script(request: HttpRequest) -> bool:
    """Whether a script asked, not a person who follows a link: it cannot use a sign-in page."""
    return "HX-Request" in request.headers or "X-Session" in request.headers


def refused(request: HttpRequest) -> HttpResponse:
    """The one answer to every sign-in link that does not work, whatever the reason."""
    return render(request, "administrators/refused.html", {"looked": request.method != "POST"}, status=410)


def ended(request: HttpRequest) -> HttpResponse:
    """The session of this page is over."""
    return render(request, "administrators/ended.html", status=403)


def foreign(request: HttpRequest) -> HttpResponse:
    """The form did not come from a page of ours."""
    return render(request, "administrators/foreign.html", status=403)


def mismatch(request: HttpRequest) -> HttpResponse:
    """The form belongs to another session than the one in this browser."""
    return render(request, "administrators/mismatch.html", status=409)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """For a sync session there is nothing at this address."""
    return render(request, "administrators/nothing_here.html", status=404)

"""The settings of the company, its info fields, its security code, and the risk of compatible tokens. For owners."""

from __future__ import annotations

import secrets
import string

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from doorsync.hub.administrators.actions import allow_compatible_tokens
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.companies.actions import CODE_LENGTH, change_code, change_company
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.events.actions import change_event_settings, event_settings
from doorsync.hub.users.info_fields import change_info_field
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.saving import REFUSED, WRONG, FormPage
from doorsync.hub.web.settings.forms import CompanyForm, EventsForm, InfoFieldsForm
from doorsync.hub.web.sign_in.answers import SeeOther

METHODS = ["GET", "HEAD", "POST"]
CODE_LETTERS = string.ascii_letters + string.digits + "^;+#.:_-"


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def settings_page(request: SignedInRequest) -> HttpResponse:
    """What is typed, and what leads elsewhere."""
    company = Company.objects.get(pk=request.signed_in.company.pk)
    form = CompanyForm(request.POST or None, company=company)
    page = FormPage(request=request, form=form, title=_("Settings"), back=reverse("settings:company"))
    page.template, page.data = "settings/company.html", {"company": company}
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    wanted = form.cleaned_data
    return page.saved(
        lambda: change_company(company=company, actor=request.signed_in.actor, **wanted), _("Your data has been updated.")
    )


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def info_fields(request: SignedInRequest) -> HttpResponse:
    """What the 14 info fields are called, and what they stand for."""
    form, company = InfoFieldsForm(request.POST or None), request.signed_in.company
    page = FormPage(request=request, form=form, title=_("Info fields"), back=reverse("settings:company"))
    page.template = "settings/info_fields.html"
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)

    def change() -> None:
        with company_transaction(company, request.signed_in.actor):
            for number, label, function in form.changed():
                change_info_field(company=company, number=number, label=label, function=function, actor=request.signed_in.actor)

    return page.saved(change, _("Your data has been updated."))


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def access_log(request: SignedInRequest) -> HttpResponse:
    """How long the access log is kept."""
    company = request.signed_in.company
    kept = event_settings(company)
    names = ("keep_months", "terminal_names", "clear_terminals")
    form = EventsForm(request.POST or None, initial={name: getattr(kept, name) for name in names})
    page = FormPage(request=request, form=form, title=_("Access log"), back=reverse("settings:company"))
    page.data["lead"] = _("What is older than this is deleted within the hour, and cannot be brought back.")
    if request.method != "POST" or not form.is_valid():
        return page.shown(WRONG if request.method == "POST" else 200)
    wanted, actor = form.cleaned_data, request.signed_in.actor
    return page.saved(lambda: change_event_settings(company=company, actor=actor, **wanted), _("Your data has been updated."))


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def new_code(request: SignedInRequest) -> HttpResponse:
    """Give the company a new security code, and show it, this once."""
    company, problem = request.signed_in.company, ""
    if request.method == "POST":
        if request.POST.get("word", "").strip() == company.slug:
            code = "".join(secrets.choice(CODE_LETTERS) for _each in range(CODE_LENGTH))
            change_code(company=company, code=code, actor=request.signed_in.actor)
            return render(request, "settings/code.html", {"code": code, "title": _("The new security code")})
        problem = _("That is not “%(name)s”. The code is as it was.") % {"name": company.slug}
    data = {
        "title": _("Make a new security code?"),
        "explained": [
            _("Programs find your company by its security code. With a new one, every program that has the old one is refused."),
            _("The new code is shown once. Nobody can look it up later."),
        ],
        "word": company.slug,
        "problem": problem,
        "button": _("Make a new code"),
        "grave": True,
        "back": reverse("settings:company"),
    }
    return render(request, "app/confirm.html", data, status=REFUSED if problem else 200)


@require_http_methods(METHODS)
@needs_permission(Permission.SETTINGS)
def compatible_tokens(request: SignedInRequest) -> HttpResponse:
    """Let sign-in links live long and work again and again, or stop that: a risk that is named before it is taken."""
    company, problem = Company.objects.get(pk=request.signed_in.company.pk), ""
    if request.method == "POST":
        allowed = request.POST.get("allowed") == "1"
        if not allowed or request.POST.get("word", "").strip() == company.slug:
            allow_compatible_tokens(company=company, allowed=allowed, actor=request.signed_in.actor)
            told = (
                _("Links now live for 12 hours and work again and again.")
                if allowed
                else _("Links are short and work once again.")
            )
            tell(request, told, "wait" if allowed else "good")
            return SeeOther(reverse("settings:company"))
        problem = _("That is not “%(name)s”. Nothing was changed.") % {"name": company.slug}
    risk = _("Whoever finds such a link in a history or a log can sign in with it for 12 hours.")
    data = {
        "title": _("Let sign-in links be used again?"),
        "explained": [risk, _("Only programs that cannot do otherwise need it.")],
        "word": company.slug,
        "hidden": [("allowed", "1")],
        "problem": problem,
        "button": _("Take the risk"),
        "grave": True,
        "back": reverse("settings:company"),
    }
    return render(request, "app/confirm.html", data, status=REFUSED if problem else 200)

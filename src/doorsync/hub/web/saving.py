"""Forms that change something: shown again with what is wrong, tried first where access may change, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doorsync.hub.access.errors import AccessError, InUse
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.errors import AdministratorError
from doorsync.hub.companies.errors import CompanyError
from doorsync.hub.imports.access_trial import try_access
from doorsync.hub.terminals.errors import TerminalsError
from doorsync.hub.users.errors import UserError
from doorsync.hub.web.flash import tell
from doorsync.hub.web.sign_in.answers import SeeOther

REFUSALS = (AccessError, AdministratorError, CompanyError, TerminalsError, UserError)
WRONG, REFUSED = 422, 409
OURS = {"session", "proof", "sure", "word"}  # fields that are not the form's own


@dataclass(slots=True, kw_only=True)
class FormPage:
    """A page with a form. `back` is where it leads to when it is done or left; `data` is for its template."""

    request: SignedInRequest
    form: forms.Form
    title: str
    back: str
    button: str = ""
    template: str = "app/form.html"
    data: dict[str, Any] = field(default_factory=dict)

    def shown(self, status: int = 200) -> HttpResponse:
        """The page as it stands."""
        button = self.button or _("Save")
        data = {"form": self.form, "title": self.title, "back": self.back, "button": button, **self.data}
        return render(self.request, self.template, data, status=status)

    def saved(self, change: Callable[[], object], told: str, *, tried: bool = False) -> HttpResponse:
        """Do it, and go back; or show the form again with the reason why not.

        `tried`: it may change who opens which door, so what it would do is shown first, to be confirmed.
        """
        try:
            if tried and "sure" not in self.request.POST:
                effects = try_access(self.request.signed_in.company, change, self.request.signed_in.actor)
                if effects:
                    return self._preview(effects)
            change()
        except REFUSALS as error:
            self.form.add_error(None, str(error))
            return self.shown(WRONG)
        tell(self.request, told)
        return SeeOther(self.back)

    def _preview(self, effects: list[Any]) -> HttpResponse:
        pairs = [(name, value) for name in self.request.POST if name not in OURS for value in self.request.POST.getlist(name)]
        hidden = [*pairs, ("sure", "1")]
        data = {"title": self.title, "back": self.request.get_full_path(), "effects": effects, "hidden": hidden}
        return render(self.request, "access/effects.html", data)


def removed(
    request: SignedInRequest,
    *,
    name: str,
    change: Callable[[], object],
    back: str,
    done: str,
    used_by: Sequence[str] = (),
    **page: Any,
) -> HttpResponse:
    """Ask for the name, then delete; or say why not. `done` is where it leads to afterwards, `back` where it is left to.

    `used_by`: what stands in the way, by name; then no name is asked for. `explained` are the sentences above the field.
    """
    if used_by and request.method != "POST":
        told = _("It is still in use: %(users)s. It can be deleted once nothing uses it.") % {"users": InUse.some_of(used_by)}
        title = _("“%(name)s” cannot be deleted now") % {"name": name}
        return render(request, "app/not_now.html", {"title": title, "why": told, "back": back})
    problem = ""
    if request.method == "POST":
        if request.POST.get("word", "").strip() == name:
            try:
                change()
            except REFUSALS as error:
                problem = str(error)
            else:
                tell(request, _("“%(name)s” was deleted.") % {"name": name})
                return SeeOther(done)
        else:
            problem = _("That is not “%(name)s”. Nothing was deleted.") % {"name": name}
    data = {
        "title": _("Delete “%(name)s”?") % {"name": name},
        "button": _("Delete"),
        "grave": True,
        "word": name,
        "back": back,
        "problem": problem,
        "explained": [_("This cannot be undone.")],
        **page,
    }
    template = data.pop("template", "app/confirm.html")
    return render(request, template, data, status=REFUSED if problem else 200)

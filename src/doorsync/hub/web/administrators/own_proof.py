"""Whether a form about one's own account was really sent by them: the password, and where it is asked for a code.

Wrong ones count as those at sign-in do, and are said at their field.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.errors import AdministratorError, NoSuchAdministrator, Throttled
from doorsync.hub.administrators.second_factor import check_code
from doorsync.hub.web.sign_in import answers


def gave_password(request: SignedInRequest, form: forms.Form) -> bool:
    """Whether the field `present` has their password; if not, the form says so."""
    signed_in, password = request.signed_in, form.cleaned_data["present"]
    username = signed_in.administrator.username
    try:
        actions.authenticate(company=signed_in.company, username=username, password=password, address=caller_of(request))
    except NoSuchAdministrator:
        form.add_error("present", _("That is not your present password."))
    except AdministratorError as error:
        form.add_error("present", _told(error))
    return not form.errors


def gave_code(request: SignedInRequest, form: forms.Form) -> bool:
    """Whether the field `code` has a code of their second factor, which is used up then; if not, the form says so."""
    administrator, code = request.signed_in.administrator, form.cleaned_data["code"]
    try:
        check_code(administrator=administrator, code=code, address=caller_of(request))
    except AdministratorError as error:
        form.add_error("code", _told(error))
    return not form.errors


def _told(error: AdministratorError) -> str:
    return answers.too_many_tries(error.seconds) if isinstance(error, Throttled) else str(error)

"""Whether a form about one's own account was really sent by them: the password, and where it is asked for a code; or a passkey.

Wrong ones count as those at sign-in do, and are said at their field.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from doorsync.hub.administrators import actions
from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.client_address import caller_of
from doorsync.hub.administrators.errors import AdministratorError, NoSuchAdministrator, Throttled
from doorsync.hub.administrators.passkeys import passkeys_of, use_passkey
from doorsync.hub.administrators.relying_party import passkey_origin
from doorsync.hub.administrators.second_factor import check_code, find_factor
from doorsync.hub.web.administrators.forms import ProofForm
from doorsync.hub.web.saving import FormPage
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


def gave_proof(request: SignedInRequest, form: forms.Form) -> bool:
    """Whether a ProofForm holds one of their passkeys, or password and code; if not, the form says so."""
    if not form.is_valid():
        return False
    if answer := form.cleaned_data["passkey"]:
        return _gave_passkey(request, form, answer)
    return gave_password(request, form) and ("code" not in form.fields or gave_code(request, form))


def proof_page(request: SignedInRequest, *, title: str, button: str, back: str) -> FormPage:
    """A page that asks for such a proof."""
    administrator = request.signed_in.administrator
    form = ProofForm(request.POST or None, asks_code=find_factor(administrator) is not None)
    page = FormPage(request=request, form=form, title=title, button=button, back=back, template="administrators/proof.html")
    page.data["origin"] = passkey_origin() if passkeys_of(administrator).exists() else ""
    return page


def proof_purpose(request: SignedInRequest) -> str:
    """What the challenge of such a passkey is bound to."""
    return f"proof.{request.signed_in.public_id}"


def _gave_passkey(request: SignedInRequest, form: forms.Form, answer: str) -> bool:
    try:
        use_passkey(
            browser=request.COOKIES,
            purpose=proof_purpose(request),
            answer=answer,
            address=caller_of(request),
            only=request.signed_in.administrator,
        )
    except AdministratorError as error:
        form.add_error(None, _told(error))
    return not form.errors


def _told(error: AdministratorError) -> str:
    return answers.too_many_tries(error.seconds) if isinstance(error, Throttled) else str(error)

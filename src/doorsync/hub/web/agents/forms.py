"""What is typed on the agents page when only this browser reaches an agent: where it is, and its key."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class PageEnrolmentForm(forms.Form):
    """Both are shown where the agent was started."""

    address = forms.CharField(max_length=200, required=False, label=_("Address that the agent shows"))
    key = forms.CharField(max_length=40, required=False, label=_("Key that the agent shows"))

    def clean_address(self) -> str:
        """Scheme, host and port only: it becomes part of what this page may talk to."""
        given: str = self.cleaned_data["address"].rstrip("/")
        if not given:
            return ""
        try:
            parts = urlsplit(given)
            fit = parts.scheme in ("http", "https") and parts.hostname and parts.port
        except ValueError:
            fit = False
        if not fit or given != f"{parts.scheme}://{parts.netloc}" or parts.username:
            raise ValidationError(_("The address looks like http://192.168.1.20:8787"))
        return given

    def clean(self) -> dict[str, str]:
        """One without the other is not enough."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("address")) != bool(data.get("key")) and not self.errors:
            raise ValidationError(_("The address and the key are needed, both as the agent shows them."))
        return data

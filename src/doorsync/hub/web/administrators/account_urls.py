"""Addresses of one's own account."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.administrators import account_views, passkey_views, second_factor_views

app_name = "account"
urlpatterns = [
    path("", account_views.account, name="account"),
    path("password/", account_views.own_password, name="password"),
    path("language/", account_views.choose_language, name="language"),
    path("second-factor/", second_factor_views.set_up, name="set-up-factor"),
    path("second-factor/on/", second_factor_views.turn_on, name="second-factor-on"),
    path("second-factor/off/", second_factor_views.turn_off, name="second-factor-off"),
    path("second-factor/recovery-codes/", second_factor_views.renew_recovery_codes, name="recovery-codes"),
    path("passkeys/challenge/", passkey_views.challenge, name="passkey-challenge"),
    path("passkeys/add/", passkey_views.add, name="add-passkey"),
    path("passkeys/make/", passkey_views.make, name="make-passkey"),
    path("passkeys/<int:pk>/name/", passkey_views.rename, name="rename-passkey"),
    path("passkeys/<int:pk>/remove/", passkey_views.remove, name="remove-passkey"),
    path("sessions/end/", account_views.end_session, name="end-session"),
]

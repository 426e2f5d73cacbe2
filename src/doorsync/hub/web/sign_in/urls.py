"""Addresses of signing in. The spellings of the sign-in link are those of the documented service."""

from __future__ import annotations

from django.urls import path, re_path

from doorsync.hub.web.sign_in import passkey_views, second_step_views, token_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", second_step_views.sign_in_code, name="sign-in-code"),
    path("sign-in/code/challenge/", second_step_views.code_challenge, name="sign-in-code-challenge"),
    path("sign-in/passkey/", passkey_views.sign_in_passkey, name="sign-in-passkey"),
    path("sign-in/passkey/challenge/", passkey_views.passkey_challenge, name="sign-in-passkey-challenge"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("signed-out/", views.signed_out, name="signed-out"),
    re_path(r"^users/(?:total|one)SyncUsers?Login(?:/(?P<token>(?s:.*?))/?)?$", token_views.follow_link, name="follow-link"),
    path("sync/start/", token_views.start_over, name="start-over"),
    path("sync/start/<str:handle>", token_views.start, name="start"),
]

"""Addresses of company accounts. That of the answer is given to the provider, so it never changes."""

from __future__ import annotations

from django.urls import path

from doorsync.hub.web.company_accounts import linking_views, provider_views, sign_in_views

app_name = "company-accounts"
urlpatterns = [
    path("sign-in/company/", sign_in_views.begin, name="sign-in"),
    path("sign-in/company/<slug:slug>/answer/", sign_in_views.take_answer, name="answer"),
    path("settings/company-accounts/", provider_views.provider_settings, name="provider"),
    path("settings/company-accounts/remove/", provider_views.remove, name="remove"),
    path("administrators/<int:pk>/company-account/", linking_views.expect, name="expect"),
    path("administrators/<int:pk>/company-account/end/", linking_views.unlink, name="unlink"),
    path("account/company-account/", linking_views.link_own, name="link-own"),
]

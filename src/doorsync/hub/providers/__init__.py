"""OpenID Connect providers of companies, and the accounts there with which their administrators sign in."""

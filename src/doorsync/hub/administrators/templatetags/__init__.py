"""Tags for the templates of pages that need a sign-in."""

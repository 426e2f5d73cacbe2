"""Base templates, components, static files, style guide."""

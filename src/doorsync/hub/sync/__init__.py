"""Filters, holdings, plans, runs, progress and their pages: the heart."""

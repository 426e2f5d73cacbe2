"""Visits: who comes when, to whom, and has come. A visitor is a user like others; a visit gives them doors for its time."""

"""Users, groups, credentials; CSV in."""

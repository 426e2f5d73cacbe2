"""The pages of groups, zones, time schedules, rights and locations, and of who can open which door."""

"""Companies, security codes, locations; the tenancy that every table shares."""

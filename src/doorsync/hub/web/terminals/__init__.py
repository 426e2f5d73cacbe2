"""The pages of terminals, which the pages call doors: the list, one of them, adding, changing, deleting."""

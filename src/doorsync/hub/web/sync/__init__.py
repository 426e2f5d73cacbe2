"""The sync pages: the filter with its plan, the page of a run, the page of a terminal."""

"""What the operations on users share: parameters, dates, groups, and the one way in which they save."""

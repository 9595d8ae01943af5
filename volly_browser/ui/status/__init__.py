"""The status line: says what holds now, what is going on, and what wants attention."""

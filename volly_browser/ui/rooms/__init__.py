"""A room that is shown, from entering it to leaving it."""

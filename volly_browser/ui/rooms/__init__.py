"""Rooms as the page shows them, from entering one to leaving it."""

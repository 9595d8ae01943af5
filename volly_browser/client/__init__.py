"""A room for programs."""

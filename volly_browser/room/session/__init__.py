"""A visit to a room: its task, its protocol, and what it binds together."""

"""A visit to a room: its task, its protocol, and the parts that it puts together."""

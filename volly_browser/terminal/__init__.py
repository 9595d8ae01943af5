"""A chat in a terminal: what happens in a room becomes a story, the story becomes lines, and these are shown."""

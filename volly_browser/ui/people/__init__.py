"""Shows which people are in the room, and what became of those that were."""

"""The members of the group: their identity, name and rank."""

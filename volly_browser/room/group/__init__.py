"""The group that a room is: membership, order of commits, renewal of keys."""

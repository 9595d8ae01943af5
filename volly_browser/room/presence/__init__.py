"""Signs of life, and of writing."""

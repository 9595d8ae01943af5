"""What a person writes, until it is sent."""

"""What a newcomer is told of what was said before it came."""

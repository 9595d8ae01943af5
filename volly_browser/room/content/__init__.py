"""What members tell each other."""

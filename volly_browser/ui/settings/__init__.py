"""What a user has chosen, as the page keeps it in this browser."""

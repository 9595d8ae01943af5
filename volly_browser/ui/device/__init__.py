"""What of a conversation is kept on the device, and comes back from it."""

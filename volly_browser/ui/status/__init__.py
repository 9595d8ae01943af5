"""What holds now: the connection, what is going on, what wants attention."""

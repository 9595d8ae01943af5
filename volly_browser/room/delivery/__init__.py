"""Messages: in order, acknowledged, sent again."""

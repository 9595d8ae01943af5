"""The list of messages: rows made of the conversation, a window of them, and one patch a frame for the page."""

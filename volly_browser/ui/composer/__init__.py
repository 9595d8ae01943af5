"""The message box: holds what a person writes until it is sent."""

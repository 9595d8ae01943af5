"""The token service and the static host: CPython only, never shipped to the page."""

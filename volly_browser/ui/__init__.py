"""Views and the controller that binds them to a room; the only place that touches the DOM."""

"""What Volly adds to MLS: invite, door, sequencer, delivery, content."""

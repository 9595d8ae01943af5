"""Frames, structs and seals: what travels."""

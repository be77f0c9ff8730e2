"""JSON of this module."""

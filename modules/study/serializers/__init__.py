"""JSON in and out of this module."""

"""Phone pages of this module."""

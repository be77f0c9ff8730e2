"""HTML input of this module."""

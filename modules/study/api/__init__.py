"""The API of this module."""

"""Console pages of this module."""

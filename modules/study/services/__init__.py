"""Every change of this module's data."""

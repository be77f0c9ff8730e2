"""Every look at this module's data."""

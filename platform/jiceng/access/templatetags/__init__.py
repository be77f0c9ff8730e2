"""Template tags of the security pages."""

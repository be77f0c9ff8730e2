"""What the registry adds to the platform, one file per concern; ``members.manifest`` puts them together."""

"""Bottom layer: manifests, errors, context, clocks and keys. Knows no tenant, no HTTP, no WeChat."""

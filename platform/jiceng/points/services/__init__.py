"""Writes: giving and taking back points, rules, appeals, recomputing."""

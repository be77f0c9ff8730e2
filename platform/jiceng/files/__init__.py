"""Uploads: what may come in, where it is kept, and who may have it back."""

"""What happens when others' events do, and doors for background work."""

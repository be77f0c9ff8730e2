"""Pages for signing in, for invited people, and for one's own security settings."""

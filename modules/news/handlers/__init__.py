"""What this module does when something has happened."""

"""What this module does when something happens."""

"""HTML forms of the console and the phone."""

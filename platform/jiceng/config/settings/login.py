"""Settings of login protection (django-axes) and password hashing."""

"""The phone pages' shell: home, all applications, search, mine. Modules add their own pages by manifest."""

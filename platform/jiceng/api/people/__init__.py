"""/api/v1/people, units, memberships, posts: the registry for other systems."""

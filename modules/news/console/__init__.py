"""What editors, reviewers and moderators see."""

"""Approval flows with versioned steps, and the one to-do inbox that every module feeds."""

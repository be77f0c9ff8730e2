"""新闻聚焦: what an organisation publishes for its members, and who has read it."""

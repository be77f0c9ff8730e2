"""个人中心: what people see, change and decide of their own data."""

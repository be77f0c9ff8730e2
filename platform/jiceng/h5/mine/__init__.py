"""个人中心 on the phone: one's own data, requests, consents, terminals."""

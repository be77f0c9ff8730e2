"""Where calls from WeChat, and browsers sent by it, come in."""

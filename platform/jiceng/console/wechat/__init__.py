"""The console's pages of the WeChat side."""

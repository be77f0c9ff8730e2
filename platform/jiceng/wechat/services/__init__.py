"""Writes of the WeChat side. Import the file that does it: ``from jiceng.wechat.services import accounts``."""

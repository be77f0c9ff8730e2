"""Jiceng (基层云): one platform that many grassroots organisations share."""

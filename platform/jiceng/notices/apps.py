from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "jiceng.notices"

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "jiceng.webhooks"

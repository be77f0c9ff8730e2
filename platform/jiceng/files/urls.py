from django.urls import path

from . import views

urlpatterns = [path("<uuid:file_id>/<slug:variant>", views.serve, name="file")]

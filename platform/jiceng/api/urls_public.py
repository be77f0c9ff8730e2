"""The API of the public host, below ``/api/public/``: sign-up, and nothing that needs to know anybody."""

from django.urls import include, path

from . import documents, signup_views

v1 = [
    path("openapi.json", documents.PublicDocument.as_view(), name="public-openapi"),
    path("signups", signup_views.SignupList.as_view(), name="public_signups_list"),
    path("signups/<str:token>", signup_views.SignupDetail.as_view(), name="public_signups_detail"),
]
urlpatterns = [
    path("v1/", include(v1)),
    path("docs/", documents.public_docs, name="public-api-docs"),
]

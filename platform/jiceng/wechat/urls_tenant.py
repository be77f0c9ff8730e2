"""At a tenant's host: into WeChat's sign-in and back, and the proof files."""

from django.urls import path

from .doors import files, login

urlpatterns = [
    path("login/wechat/", login.begin, name="wechat-login"),
    path("login/wechat/return/", login.come_back, name="wechat-return"),
    path("<wechat_proof:name>", files.proof, name="wechat-proof"),
]

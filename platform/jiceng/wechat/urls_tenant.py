"""At a tenant's host: into WeChat's sign-in and back, and the proof files."""

from django.urls import path, re_path

from .doors import files, login

urlpatterns = [
    path("login/wechat/", login.begin, name="wechat-login"),
    path("login/wechat/return/", login.come_back, name="wechat-return"),
    re_path(r"^(?P<name>(?:MP|WW)_verify_[A-Za-z0-9]{1,40}\.txt)$", files.proof, name="wechat-proof"),
]

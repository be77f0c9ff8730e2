"""Signing in and one's own security settings; on tenant hosts at the root, for operators below ``/ops/``."""

from django.urls import path

from .pages import invite, login, reset, security

urlpatterns = [
    path("login/", login.login, name="login"),
    path("login/totp/", login.login_totp, name="login-totp"),
    path("login/renew/", login.login_renew, name="login-renew"),
    path("login/again/", login.login_again, name="login-again"),
    path("logout/", login.logout, name="logout"),
    path("invite/<str:token>/", invite.invite, name="invite"),
    path("reset/<str:token>/", reset.reset, name="password-reset"),
    path("me/security/", security.security, name="security"),
    path("me/security/password/", security.change_password, name="security-password"),
    path("me/security/sessions/end-others/", security.end_other_sessions, name="security-sessions-end-others"),
    path("me/security/sessions/<slug:key_hash>/end/", security.end_session, name="security-session-end"),
    path("me/security/totp/", security.enable_totp, name="security-totp"),
    path("me/security/totp/off/", security.disable_totp, name="security-totp-off"),
    path("me/security/recovery/", security.renew_recovery_codes, name="security-recovery"),
]

"""At the platform's host: callbacks and the way back from WeChat's sign-in."""

from django.urls import path

from .doors import callbacks, component, files, login

urlpatterns = [
    path("wx/open/events/", component.events, name="wechat-component-events"),
    path("wx/open/<slug:appid>/", component.message, name="wechat-component-message"),
    path("wx/login/<slug:route_key>/", login.relay, name="wechat-relay"),
    path("wx/<slug:route_key>/", callbacks.account, name="wechat-callback"),
    path("<wechat_proof:name>", files.proof, name="wechat-proof"),
]

"""Settings of the WeChat side. The accounts themselves belong to the tenants."""

from . import env

# Where calls to WeChat go instead of its own hosts: the simulator's address in the demonstration, empty otherwise.
WECHAT_SIMULATOR = env.text("WECHAT_SIMULATOR_URL", "")
# Whether calls may leave for WeChat's own hosts. Only production says yes.
WECHAT_LIVE = False
# (connect, read), seconds.
WECHAT_TIMEOUTS = (3.05, 10)
# The script that gives pages the scanner and sharing; served by WeChat, named here so that it can be exchanged.
WECHAT_SCRIPT_URL = env.text("WECHAT_SCRIPT_URL", "https://res.wx.qq.com/open/js/jweixin-1.6.0.js")
# Our addresses as WeChat sees them, to be put on the accounts' lists of allowed addresses.
WECHAT_EGRESS_ADDRESSES = env.words("WECHAT_EGRESS_ADDRESSES")
# Messages a second for each account, by channel: below what WeChat allows, because other systems may call for it too.
WECHAT_RATES = {
    "wecom": env.number("WECHAT_WECOM_RATE", 10), "template": env.number("WECHAT_TEMPLATE_RATE", 30),
    "subscription": env.number("WECHAT_SUBSCRIPTION_RATE", 30), "custom": env.number("WECHAT_CUSTOM_RATE", 50),
}  # fmt: skip
# How long a worker may take for a slice of pushes before another one takes its rows over: above the time that a call may
# take, below the time for which WeChat remembers a message's key.
WECHAT_PUSH_LEASE_SECONDS = env.number("WECHAT_PUSH_LEASE_SECONDS", 120)

# The platform's own third-party platform (开放平台), where the operator has one: all four or none.
WECHAT_COMPONENT_APPID = env.text("WECHAT_COMPONENT_APPID", "")
WECHAT_COMPONENT_SECRET = env.text("WECHAT_COMPONENT_SECRET", "")
WECHAT_COMPONENT_TOKEN = env.text("WECHAT_COMPONENT_TOKEN", "")
WECHAT_COMPONENT_AES_KEY = env.text("WECHAT_COMPONENT_AES_KEY", "")

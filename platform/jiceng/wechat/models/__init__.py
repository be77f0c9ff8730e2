"""Tables of a tenant's WeChat side."""

from .accounts import Account, AccountKind, AccountState, CryptMode, Lane
from .identities import BindCase, BindCode, BindState, CodeKind, Identity
from .menus import MenuVersion
from .pushes import Campaign, CampaignKind, Channel, DeliveryReport, Push, PushState, TemplateBinding
from .talks import Conversation, ConversationState, InboundMessage, Remark, ReplyRule, ReplyTrigger, Side

__all__ = [
    "Account", "AccountKind", "AccountState", "BindCase", "BindCode", "BindState", "Campaign", "CampaignKind", "Channel",
    "CodeKind", "Conversation", "ConversationState", "CryptMode", "DeliveryReport", "Identity", "InboundMessage", "Lane",
    "MenuVersion", "Push", "PushState", "Remark", "ReplyRule", "ReplyTrigger", "Side", "TemplateBinding",
]  # fmt: skip

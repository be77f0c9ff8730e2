"""Each tenant's own WeChat: accounts, callbacks, sign-in, binding, menus, conversations and pushes."""

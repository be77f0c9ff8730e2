"""What the demonstration tells the person at the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TAKEN = """端口 {port} 已被占用。请换一个端口：
  make demo PORT={other}"""

RUNNING = "演示已在运行（pid {pid}，端口 {port}）。停止它：make demo-stop"


def summary(logins: Path, port: int) -> str:
    """Addresses and logins from ``.local/demo.json``, in Chinese."""
    facts: dict[str, Any] = json.loads(logins.read_text(encoding="utf-8"))
    operator = facts["operator"]
    lines = [
        "",
        "基层云已就绪。",
        f"  门户与注册    http://{facts['public_host']}/",
        f"  平台运营      {operator['url']}",
        f"    用户名 {operator['username']}  密码 {operator['password']}  {_totp(operator)}",
    ]
    for tenant in facts["tenants"]:
        administrator, member = tenant["administrator"], tenant["member"]
        lines += [
            f"  租户 {tenant['slug']}",
            f"    手机页面    http://{tenant['host']}/  用户名 {member['username']}  密码 {member['password']}",
            f"    支部书记    同一地址  用户名 {tenant['secretary']['username']}  密码 {tenant['secretary']['password']}",
            f"    管理后台    http://{tenant['host']}/console/  用户名 {administrator['username']}"
            f"  密码 {administrator['password']}  {_totp(administrator)}",
            f"    接口文档    http://{tenant['host']}/api/docs/  密钥 {tenant['api_key']}",
        ]
    first = facts["tenants"][0]
    if wechat := facts.get("wechat"):
        lines += [
            f"  微信模拟器    {wechat['url']}",
            f"    选“小林”扫支部二维码，填姓名 {wechat['name']}、手机号后四位 {wechat['phone_tail']}，就绑定到 {first['slug']}",
        ]
    lines += [
        "",
        "  浏览器能直接打开 *.localhost；命令行工具请自带 Host：",
        f"    curl -H 'Host: {first['host']}' -H 'Authorization: Bearer {first['api_key']}' \\",
        f"      http://127.0.0.1:{port}/api/v1/news/articles",
        "",
        f"  以上内容也在 {logins}；动态口令由密钥算出，可加入任何验证器应用。",
    ]
    return "\n".join(lines)


def _totp(login: dict[str, str]) -> str:
    return f"动态口令密钥 {login['totp_secret']}" if login.get("totp_secret") else ""

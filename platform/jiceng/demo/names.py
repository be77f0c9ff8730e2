"""Believable Chinese names, the same for the same seed. Any likeness to real people is chance."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
RARE_SURNAMES = ("欧阳", "上官", "司徒", "夏侯", "䶮", "尉迟")
GIVEN = (
    "建国 秀英 志强 桂兰 晓梅 海燕 文博 子涵 雨桐 立群 淑珍 德华 春生 秋菊 明远 思琪 浩然 佳怡 国庆 玉兰 少华 俊杰 美玲 "
    "永强 红霞 振宇 婷婷 卫东 丽娟 学文 慧敏 家豪 欣怡 宏伟 雪梅 天宇 静怡 庆华 彩云 伟 芳 娜 敏 静 磊 洋 艳 勇 涛 "
    "明 超 霞 平 刚 辉 玲 鹏 鑫 波 宁 凯 倩 莉 斌 宇 琳 阳 帆 婕 𠮷 翀"
).split()


def people(count: int, *, seed: str) -> list[str]:
    """``count`` different names; about one in thirty has a rare or double surname."""
    random, names = Random(seed), dict[str, None]()  # noqa: S311  not for secrets
    while len(names) < count:
        surname = random.choice(RARE_SURNAMES) if random.random() < 0.03 else random.choice(SURNAMES)
        names[surname + random.choice(GIVEN)] = None
    return list(names)

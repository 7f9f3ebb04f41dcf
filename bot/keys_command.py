"""``python -m bot keys``: which programs may ask, as whoever runs the server keeps it."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.database import State

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(commands: "Commands") -> argparse.ArgumentParser:
    """Add the command to a program's and return its parser; ``run`` does what was parsed."""
    parser = commands.add_parser("keys", help="管理其他程序提问用的密钥")
    actions = parser.add_subparsers(required=True, metavar="操作")
    listed = actions.add_parser("list", help="列出密钥和上次使用的时间")
    listed.set_defaults(action=_list)
    added = actions.add_parser("add", help="添加密钥并显示一次；以后看不到，只能吊销后重新添加")
    added.add_argument("--per-minute", type=int, metavar="次数", help="每分钟最多提问次数，默认与每个人相同")
    added.set_defaults(action=_add)
    revoked = actions.add_parser("revoke", help="吊销密钥，立即生效")
    revoked.set_defaults(action=_revoke)
    for action in (added, revoked):
        action.add_argument("name", metavar="名称", help="密钥的名称，一般写使用它的程序，例如 open-webui")
    return parser


def run(options: argparse.Namespace, state: "State") -> str:
    """Do what was asked for and return what to print. Raises YoujuError where it cannot be done."""
    action: Callable[[argparse.Namespace, State], str] = options.action
    return action(options, state)


def _list(_: argparse.Namespace, state: "State") -> str:
    keys = state.keys.all()
    if not keys:
        return "还没有密钥。请用 python -m bot keys add 名称 添加。"
    return "\n".join(
        f"{key.name}\t{'每分钟与每个人相同' if key.per_minute is None else f'每分钟 {key.per_minute} 次'}\t"
        f"{_day(key.created)} 添加\t{f'{_day(key.used)} 用过' if key.used else '还没有用过'}"
        for key in keys
    )


def _add(options: argparse.Namespace, state: "State") -> str:
    key = state.keys.add(options.name, options.per_minute)
    return f"已添加密钥“{options.name.strip()}”。只显示这一次，请现在存好：\n{key}"


def _revoke(options: argparse.Namespace, state: "State") -> str:
    state.keys.revoke(options.name)
    return (
        f"已吊销密钥“{options.name.strip()}”，用它的程序从下一次提问起被拒绝。"
        "它的对话还留着：以后再添加同名的密钥，会看到这些对话。"
    )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"

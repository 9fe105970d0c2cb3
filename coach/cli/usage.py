"""Wrong usage of the command line, told in Chinese. Typer tells it in English."""

import re
from difflib import get_close_matches

import typer

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What Typer raises for wrong usage; it keeps the class to itself."""

_COMMAND = re.compile(r"No such command '([^']*)'")


def sentence(error: Exception) -> str:
    """What is wrong with the arguments, and where to read how it is done."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "coach"
    return f"{_mistake(error, context)}用法见 {path} --help。"


def _mistake(error: Exception, context: typer.Context | None) -> str:
    match type(error).__name__:
        case "MissingParameter":
            return f"缺少「{_name_of(error)}」。"
        case "NoSuchOption":
            near = "、".join(getattr(error, "possibilities", None) or ())
            return f"没有「{getattr(error, 'option_name', '')}」这个选项{f'，是不是 {near}' if near else ''}。"
        case "BadParameter":
            message = str(error)
            chinese = any("一" <= mark <= "龥" for mark in message)
            return f"{_name_of(error)}:{message}。" if chinese else f"「{_name_of(error)}」的值不对（{message}）。"
    found = _COMMAND.search(str(error))
    if found is None:
        return f"参数不对（{error}）。"
    commands = list(getattr(context.command, "commands", {})) if context is not None else []
    near = "、".join(get_close_matches(found[1], commands, n=1))
    return f"没有「{found[1]}」这个命令{f'，是不是 {near}' if near else ''}。"


def _name_of(error: Exception) -> str:
    hint = getattr(error, "param_hint", None)
    if isinstance(hint, str):
        return hint
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "参数"
    longest = max(parameter.opts, key=len)
    return str(longest if longest.startswith("-") else parameter.metavar or parameter.name)

"""The command line: `coach analyse`, `coach serve`, `coach rules`, `coach schema`.

Exit codes: 0 done · 1 other error · 2 wrong usage · 3 a conversation could not be read · 4 a rule file is wrong ·
5 a recording could not be used · 6 an optional part is not installed · 7 some of several calls failed ·
130 interrupted.
"""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from coach import __version__
from coach.cli import analyse, rules, serve
from coach.errors import CoachError

PARTLY_FAILED = analyse.PARTLY_FAILED

_typer = typer.Typer(
    name="coach",
    help="销售对话教练:找出十个说话习惯的问题,讲清为什么,给出更好的说法。全部在本机运行。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_typer.command("analyse")(analyse.analyse)
_typer.command("serve")(serve.serve)
_typer.command("schema")(analyse.schema)
_typer.add_typer(rules.app, name="rules")


@_typer.callback()
def main(
    version: Annotated[bool, typer.Option("--version", help="显示版本", is_eager=True)] = False,
) -> None:
    """Options of the program itself."""
    if version:
        typer.echo(f"coach {__version__}")
        raise typer.Exit


def app() -> None:
    """Run the command line; every error of ours becomes one Chinese sentence and its exit code."""
    sys.exit(run(_typer))


def run(command: Callable[[], object]) -> int:
    """The exit code of a command."""
    try:
        command()
    except CoachError as error:
        typer.secho(f"错误:{error}", fg=typer.colors.RED, err=True)
        return error.exit_code
    except KeyboardInterrupt:
        typer.secho("已中断,没有写下不完整的文件。", err=True)
        return 130
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 0
    except OSError as error:
        typer.secho(
            f"错误:读写文件失败({error.strerror or error}):{error.filename or ''}", fg=typer.colors.RED, err=True
        )
        return 1
    return 0

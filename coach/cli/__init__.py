"""The command line: one function a command, one file a group of them.

Exit codes: 0 done · 1 other error · 2 wrong usage · 3 a conversation could not be read · 4 a rule file is wrong ·
5 a recording could not be used · 6 an optional part is not installed · 7 some of several calls failed · 8 a model
cannot be used · 130 interrupted.
"""

import sys
from typing import Annotated

import typer

from coach import __version__
from coach.cli import (
    analyse,
    backup,
    corpus,
    output,
    practice,
    recordings,
    rules,
    serve,
    training,
    transcribe,
    user,
    watch,
    worker,
)
from coach.cli.usage import UsageError, sentence
from coach.errors import CoachError

PARTLY_FAILED = output.PARTLY_FAILED
WRONG_USAGE = 2
INTERRUPTED = 130

_typer = typer.Typer(
    name="coach",
    help="销售对话教练：找出十个说话习惯的问题，讲清为什么，给出更好的说法。全部在本机运行。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_typer.command("analyse")(analyse.analyse)
_typer.command("transcribe")(transcribe.transcribe)
_typer.command("serve")(serve.serve)
_typer.command("worker")(worker.worker)
_typer.command("watch")(watch.watch)
_typer.command("backup")(backup.backup)
_typer.command("restore")(backup.restore)
_typer.command("train")(training.train)
_typer.command("evaluate")(training.evaluate)
_typer.command("corpus")(corpus.corpus)
_typer.command("schema")(analyse.schema)
_typer.command("engines")(recordings.engines)
_typer.add_typer(practice.app, name="practice")
_typer.add_typer(rules.app, name="rules")
_typer.add_typer(user.app, name="user")
_typer.add_typer(recordings.models, name="models")
_typer.add_typer(recordings.voices, name="voices")


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coach {__version__}")
        raise typer.Exit


@_typer.callback()
def main(
    version: Annotated[bool, typer.Option("--version", help="显示版本", is_eager=True, callback=_tell_version)] = False,
) -> None:
    """Options of the program itself."""


def app() -> None:
    """Run the command line; every error of ours becomes one Chinese sentence and its exit code."""
    sys.exit(run(_typer))


def run(command: typer.Typer) -> int:
    """Run the command that the arguments name; the exit code."""
    try:
        exit_code: int = command(standalone_mode=False) or 0
        return _interrupted() if exit_code == INTERRUPTED else exit_code
    except CoachError as error:
        return _failed(str(error), error.exit_code)
    except UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            return WRONG_USAGE  # the help has been shown
        return _failed(sentence(error), WRONG_USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except OSError as error:
        return _failed(f"读写文件失败（{error.strerror or error}）：{error.filename or ''}", 1)


def _interrupted() -> int:
    return _failed("已中断，没有写下不完整的文件。", INTERRUPTED)


def _failed(sentence: str, exit_code: int) -> int:
    typer.secho(f"错误：{sentence}", fg=typer.colors.RED, err=True)
    return exit_code

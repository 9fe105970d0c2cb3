"""`coach rules`: check, list, try and begin rule files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from coach.detectors.rule import judge
from coach.errors import RuleFileError
from coach.habits import HABITS, STRENGTHS, name_of
from coach.resources import folder
from coach.rulecheck import call_of, check_rules
from coach.rulefiles import file_of, load_rules
from coach.text import Segmenter

app = typer.Typer(help="检查、查看、试用和新建规则", no_args_is_help=True)

_Folder = Annotated[Path | None, typer.Option("--rules", help="规则文件夹，默认用自带的")]
_TEMPLATE = """\
  - id: "{id}"
    kind: "phrases"
    any: ["……"]
    severity: 2
    reason: "说「{{match}}」……（说了什么，客户听到什么，为什么不好）"
    instead: "……（可以这样说）"
    hits:
      - "……【要引用的字】……"
    misses:
      - "……（容易误判、但没有问题的说法）"
"""


@app.command()
def check(rules: _Folder = None) -> None:
    """检查所有规则文件，并运行每条规则自带的例句。"""
    book = load_rules(rules or folder("rules"))
    problems = check_rules(book.rules, Segmenter(book.dictionary))
    if problems:
        raise RuleFileError(problems)
    examples = sum(len(rule.hits) + len(rule.misses) + len(rule.todo) for rule in book.rules)
    typer.echo(f"{len(book.rules)} 条规则、{examples} 个例句，全部符合。")


@app.command("list")
def list_rules(
    code: Annotated[str | None, typer.Argument(help="只看一个代码，如 overpromising")] = None,
    rules: _Folder = None,
) -> None:
    """列出规则。"""
    book = load_rules(rules or folder("rules"))
    if code is not None and code not in book.guides:
        raise typer.BadParameter(f"不认识「{code}」，可用的有：{'、'.join(book.guides)}")
    table = Table("规则", "习惯", "程度", "把握", "说明", box=None)
    for rule in book.rules:
        if code in (None, rule.code):
            severity = str(rule.severity) if rule.code in HABITS else ""
            table.add_row(rule.name, name_of(rule.code), severity, f"{rule.confidence:g}", rule.reason)
    Console().print(table)


@app.command("try")
def try_sentence(
    sentence: Annotated[str, typer.Argument(help="一句话；需要上文时写「客户的话 → 销售的话」")],
    rules: _Folder = None,
) -> None:
    """看一句话命中了哪些规则，以及为什么没有算。"""
    book = load_rules(rules or folder("rules"))
    view = call_of(sentence, Segmenter(book.dictionary)).turns[-1]
    evidence = [one for rule in book.rules if (one := judge(rule, view)) is not None]
    for one in evidence:
        typer.echo(f"{name_of(one.code)}({one.detector}):「{one.quote}」")
        typer.echo(f"  {'没有算：' + one.exemption.reason if one.exemption else one.reason}")
    if not evidence:
        typer.echo("没有命中任何规则。")


@app.command()
def new(
    code: Annotated[str, typer.Argument(help="习惯或优点的代码，如 overpromising")],
    id: Annotated[str, typer.Argument(help="新规则的名字，小写英文，如 sure-thing")],
    rules: _Folder = None,
) -> None:
    """在规则文件末尾加一条规则的样板。"""
    if code not in HABITS and code not in STRENGTHS:
        raise typer.BadParameter(f"不认识「{code}」，可用的有：{'、'.join([*HABITS, *STRENGTHS])}")
    path = file_of(code, rules or folder("rules"))
    if not path.is_file():
        raise RuleFileError([f"{path}:1: 文件: 找不到这个规则文件"])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.rstrip("\n") + "\n" + _TEMPLATE.format(id=id), encoding="utf-8")
    typer.echo(f"已加到 {path} 末尾。改好后运行 coach rules check。")

"""`coach practice`: role-play in the terminal, and the scenario files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from coach.errors import InputError
from coach.files import write_whole
from coach.habits import name_of
from coach.imports import parse
from coach.pipeline import Coach
from coach.practice.chat import voice_of
from coach.practice.customer import AGREEMENT
from coach.practice.debrief import END_NAMES, Debrief, debrief
from coach.practice.moment import finding_in, load_moments, start_moment
from coach.practice.scenarios import MOMENTS_FILE, Scenario, find, load_scenarios
from coach.practice.session import HINTS, Hint, Session, say, say_again, scenario_of, shown, start
from coach.practice.store import dump, load
from coach.practice.voicing import Voice
from coach.render.terminal import show
from coach.resources import folder
from coach.settings import LlmSettings

app = typer.Typer(name="practice", help="角色扮演：和会刺激您的客户练，说错马上提示。", no_args_is_help=True)

_STOP, _AGAIN = "/结束", "/重说"
_TEMPLATE = """title: "一句话说清是什么场面"
domain: "卷烟"
provokes: ["rebutting"]
aim: "销售这次要谈成什么"
name: "客户怎么称呼"
person: "他是什么人，什么脾气"
wants: "他要什么"
hides: "他没说出口的真正原因"
facts:
  - "销售可以照实说的事实，最好带数字"
  - "再写一条"
opening: "客户的第一句话"
reveal: "被问对了以后，他说出真正原因的一句"
baits:
  - "轻一点的刺激"
  - "重一点的"
  - "最重的"
ends:
  agreement: ["谈成时说的"]
  postponed: ["改天再谈时说的"]
  walked_away: ["谈崩时说的"]
"""
Folder = Annotated[Path | None, typer.Option("--scenarios", help="情景文件夹，默认用自带的")]


@app.command("list")
def list_scenarios(scenarios: Folder = None) -> None:
    """列出情景和它们专门考验的习惯。"""
    for one in _load(scenarios).values():
        typer.echo(f"{one.id:<28}{one.domain}　{one.title}　（考验：{'、'.join(map(name_of, one.provokes))}）")


@app.command("check")
def check(scenarios: Folder = None) -> None:
    """检查情景文件，指出每一处要改的地方。"""
    known = _load(scenarios)
    if scenarios is None or (scenarios / MOMENTS_FILE).is_file():
        load_moments(scenarios or folder("rules") / "scenarios")
    typer.echo(f"{len(known)} 个情景，全部符合。")


@app.command("new")
def new(path: Annotated[Path, typer.Argument(help="写到哪个 .yaml 文件")]) -> None:
    """写一个空的情景文件，照着填。"""
    path = path.with_suffix(".yaml")
    if path.exists():
        raise InputError(f"{path} 已经有了，换一个名字。")
    write_whole(path, _TEMPLATE)
    typer.echo(f"已写到 {path}，填好后运行 coach practice check --scenarios {path.parent}")


@app.command("start")
def begin(
    scenario: Annotated[str | None, typer.Argument(help="情景，见 coach practice list；不写就从头一个开始")] = None,
    level: Annotated[int, typer.Option(help="难度", min=1, max=3)] = 1,
    hints: Annotated[str, typer.Option(help="什么时候提示：now 马上、end 结束时、severe 只提示严重的")] = "now",
    session: Annotated[Path | None, typer.Option(help="存到这个文件；已有就接着练")] = None,
    scenarios: Folder = None,
) -> None:
    """开始练。输入 /重说 改上一句，/结束 看报告。"""
    known = _load(scenarios)
    if session is not None and session.exists():
        talk = load(session.read_bytes())
        chosen = scenario_of(talk, known)
    else:
        chosen = find(known, scenario or next(iter(known)))
        talk = start(chosen, level=level, hints=hints)
    _play(Coach.load(), known, chosen, talk, kept_in=session)


@app.command("moment")
def begin_moment(
    path: Annotated[Path, typer.Argument(help="一段对话：聊天记录、字幕或表格", exists=True, dir_okay=False)],
    turn: Annotated[int, typer.Option(help="再练第几轮，报告里标出来的那一轮，从 1 数起", min=1)],
    code: Annotated[str, typer.Option(help="这一轮有几个习惯时，指明一个")] = "",
    rep: Annotated[str | None, typer.Option(help="销售的称呼")] = None,
    level: Annotated[int, typer.Option(help="难度", min=1, max=3)] = 1,
    hints: Annotated[str, typer.Option(help="什么时候提示：now、end 或 severe")] = "now",
    session: Annotated[Path | None, typer.Option(help="存到这个文件，以后用 start --session 接着练")] = None,
) -> None:
    """把真实对话里说坏的一刻，和那位客户再谈一遍。"""
    coach = Coach.load()
    report = coach.analyse(next(iter(parse(path.read_bytes(), file_name=path.name, rep=rep))))
    moments = load_moments(folder("rules") / "scenarios")
    found = finding_in(report, turn=turn - 1, code=code)
    talk = start_moment(moments, report, found, level=level, hints=hints)
    known = _load(None)
    _play(coach, known, scenario_of(talk, known), talk, kept_in=session)


def _play(
    coach: Coach, known: Mapping[str, Scenario], scenario: Scenario, talk: Session, *, kept_in: Path | None
) -> None:
    """Talk until the customer or the rep ends it, then tell how it went."""
    console = Console()
    settings = LlmSettings()
    voice = voice_of(url=settings.url, model=settings.model, key=settings.key.get_secret_value())
    _introduce(console, scenario, talk)
    while not talk.is_over or _may_return(talk):
        text = console.input("[bold]您：[/bold]").strip()
        if text == _STOP:
            break
        talk = _turn(console, coach, scenario, talk, text, voice)
        if kept_in is not None:
            write_whole(kept_in, dump(talk))
    if talk.exchanges:
        _tell(console, debrief(coach, scenario, talk, known), talk)


def _may_return(talk: Session) -> bool:
    """Whether the last turn ended the talk, and can still be put right."""
    return talk.can_try_again and bool(shown(talk, talk.exchanges[-1].hints))


def _load(scenarios: Path | None) -> dict[str, Scenario]:
    return load_scenarios(scenarios or folder("rules") / "scenarios")


def _introduce(console: Console, scenario: Scenario, talk: Session) -> None:
    console.print(f"[bold]{escape(scenario.title)}[/bold]　{escape(scenario.name)}：{escape(scenario.person)}")
    console.print(f"您的目标：{scenario.aim}", markup=False)
    if scenario.facts:
        console.print("您可以用的事实：" + "；".join(scenario.facts), markup=False)
    if talk.moment:
        console.print(f"当时您说的：{talk.moment.said}", style="dim", markup=False)
    console.print(f"难度 {talk.level}，{HINTS[talk.hints]}。输入 {_AGAIN} 改上一句，{_STOP} 看报告。\n", style="dim")
    _answer(console, scenario, talk.opening)
    for exchange in talk.exchanges:
        console.print(f"[bold]您：[/bold]{escape(exchange.rep)}")
        _answer(console, scenario, exchange.customer)


def _turn(console: Console, coach: Coach, scenario: Scenario, talk: Session, text: str, voice: Voice) -> Session:
    """One turn of the rep, or the last one anew; what cannot be used is told and nothing changes."""
    try:
        if text == _AGAIN:
            return _again(console, coach, scenario, talk, voice)
        talk = say(coach, scenario, talk, text, voice=voice)
    except InputError as error:
        console.print(str(error), style="red")
        return talk
    last = talk.exchanges[-1]
    _hint(console, shown(talk, last.hints))
    _answer(console, scenario, last.customer)
    if talk.is_over and _may_return(talk):
        console.print(f"{scenario.name}走了。想挽回，输入 {_AGAIN} 把刚才那句换个说法；{_STOP} 看报告。", markup=False)
    return talk


def _again(console: Console, coach: Coach, scenario: Scenario, talk: Session, voice: Voice) -> Session:
    if not talk.can_try_again:
        raise InputError("上一句没有要改的地方。")
    console.print(f"原来说的：{talk.exchanges[-1].rep}", style="dim", markup=False)
    talk, tried = say_again(coach, scenario, talk, console.input("[bold]改成：[/bold]"), voice=voice)
    if tried.good:
        console.print(
            f"✓ 这样说好多了。{scenario.name}的信任回到 {talk.state.trust:.0f}。", style="green", markup=False
        )
        _answer(console, scenario, talk.exchanges[-1].customer)
    if tried.missing:
        console.print(f"这些内容丢了：{'、'.join(tried.missing)}", style="red")
    _hint(console, tried.hints)
    return talk


def _answer(console: Console, scenario: Scenario, said: str) -> None:
    console.print(f"[yellow]{escape(scenario.name)}：[/yellow]{escape(said)}")


def _hint(console: Console, hints: tuple[Hint, ...]) -> None:
    for hint in hints:
        console.print(f"  ● {hint.name}：「{hint.quote}」{hint.reason}", style="red", markup=False)
        if hint.instead:
            console.print(f"    可以说：{hint.instead}　（输入 {_AGAIN} 再说一遍）", style="green", markup=False)


def _tell(console: Console, told: Debrief, talk: Session) -> None:
    console.rule("练习报告")
    show(told.report, console, explain=False)
    colour = "green" if told.end == AGREEMENT else "yellow"
    console.print(f"[{colour}]{END_NAMES[told.end]}[/{colour}]　信任：{' → '.join(f'{one:.0f}' for one in told.trust)}")
    for one in told.resistance:
        console.print(
            f"{one.name}：被刺激 {one.baited} 次，中招 {one.gave_in} 次，没人刺激时 {one.unprovoked} 次，马上改口 {one.repaired} 次"
        )
    if told.best:
        console.print(f"最好的一句：{told.best}", markup=False)
    for at in told.to_try:
        console.print(f"再练一遍：「{talk.exchanges[at].rep}」", markup=False)
    if told.next_scenario:
        console.print(f"下一个：coach practice start {told.next_scenario}")

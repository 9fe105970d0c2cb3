"""A team whose calls are reviewed, for the tests of reviews and of what they teach."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from office import add_user

from coach.imports import read_text, saved
from coach.pipeline import Coach
from coach.report import Report
from coach.review import Comment, Decision, Review, Verdict, commented, judged, shared, undecided
from coach.storage.accounts import Role, Visitor
from coach.storage.database import Database
from coach.storage.library import About, Library
from coach.storage.recordings import Recordings
from coach.storage.review_queue import ReviewQueue
from coach.storage.reviews import Kept, Reviews
from coach.storage.worklist import Run, WorkList

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOAST = "销售：李老板好，这批货包在我身上，保您月月赚钱。\n客户：价格贵不贵？\n销售：不贵，我给您算一下。\n销售：谢谢。"
MILD = "销售：王姐您好，最近店里生意怎么样？\n客户：还行，就是天气热。\n销售：那我下周二上午十点给您送两箱水过来。"


@dataclass
class Office:
    """A team with two supervisors, another team, an administrator, and their calls."""

    database: Database
    library: Library
    reviews: Reviews
    queue: ReviewQueue
    coach: Coach
    rep: Visitor
    lead: Visitor
    second: Visitor
    stranger: Visitor
    chief: Visitor

    def call(self, said: str = BOAST, owner: Visitor | None = None) -> str:
        owner = owner or self.rep
        call_id = self.library.add_transcript(owner, About(owner.id, "李老板"), read_text(said))
        work = WorkList(self.database)
        call = work.begin(Run(call_id, 1), "analyse")
        work.judged(Run(call_id, 1), self.coach.analyse(saved.load(call.transcript)))
        return call_id

    def revise(self, visitor: Visitor, call_id: str, act: Callable[[Review, Report], Review]) -> Kept:
        return self.reviews.revise(visitor, call_id, self.reviews.own(visitor, call_id).version, act)

    def share(self, visitor: Visitor, call_id: str, decision: Decision = Decision.AGREE) -> Kept:
        self.revise(visitor, call_id, lambda review, report: decide_all(review, report, decision))
        return self.revise(visitor, call_id, shared)


def decide_all(review: Review, report: Report, decision: Decision) -> Review:
    for turn, code in undecided(review, report):
        review = judged(review, Verdict(turn, code, decision), report)
    for turn in review.sampled:
        review = judged(review, Verdict(turn, "", Decision.CLEAR), report)
    return review


def praise(text: str) -> Callable[[Review, Report], Review]:
    return lambda review, report: commented(review, Comment(2, text, praise=True), report)


def opened(database: Database, folder: Path, coach: Coach) -> Office:
    return Office(
        database,
        Library(database, Recordings(folder / "recordings")),
        Reviews(database, lambda: NOW),
        ReviewQueue(database, lambda: NOW),
        coach,
        add_user(database, "小王", Role.REP, "东区"),
        add_user(database, "张主管", Role.SUPERVISOR, "东区"),
        add_user(database, "赵主管", Role.SUPERVISOR, "东区"),
        add_user(database, "钱主管", Role.SUPERVISOR, "西区"),
        add_user(database, "管理员", Role.ADMINISTRATOR, ""),
    )

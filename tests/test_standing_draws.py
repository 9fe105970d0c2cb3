"""Draws that are repeated every week."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from reviewing import MILD, NOW, Office, opened

from coach.errors import InputError, NotFoundError
from coach.pipeline import Coach
from coach.storage.accounts import Accounts
from coach.storage.database import Database
from coach.storage.review_queue import Draw, Way
from coach.storage.standing_draws import StandingDraws


@pytest.fixture
def office(database: Database, tmp_path: Path, coach: Coach) -> Office:
    return opened(database, tmp_path, coach)


def on(office: Office, at: datetime) -> StandingDraws:
    return StandingDraws(office.database, lambda: at)


def test_a_week_later_new_calls_are_in_the_queue_with_days_to_review_them(office: Office) -> None:
    today = datetime.now(UTC)
    on(office, today - timedelta(days=7)).keep(office.lead, Draw(Way.RANDOM, number=2), due_days=3)
    calls = {office.call(MILD) for _ in range(3)}
    assert on(office, today - timedelta(days=1)).draw_due() == 0
    assert on(office, today).draw_due() == 2
    waiting = office.queue.of(office.lead)
    assert {one.call_id for one in waiting} < calls
    assert {one.due_on for one in waiting} == {today.astimezone().date() + timedelta(days=3)}
    assert on(office, today).draw_due() == 0, "once a week"
    assert on(office, today + timedelta(days=7)).draw_due() == 1, "what is left of the week, and nothing twice"
    assert on(office, today + timedelta(days=30)).draw_due() == 0, "calls of long ago are not drawn"


def test_standing_draws_are_ones_own_and_can_be_stopped(office: Office) -> None:
    standing = on(office, NOW)
    kept = standing.keep(office.lead, Draw(Way.SHARE, percent=10), due_days=0)
    (one,) = standing.of(office.lead)
    assert (one.id, one.described, one.draw.percent, one.due_days) == (kept, "每人 10%", 10, 0)
    assert standing.of(office.second) == []
    with pytest.raises(NotFoundError):
        standing.stop(office.second, kept)
    standing.stop(office.lead, kept)
    assert standing.of(office.lead) == []


def test_whoever_is_gone_gets_nothing(office: Office) -> None:
    on(office, NOW - timedelta(days=8)).keep(office.lead, Draw(Way.RANDOM), due_days=0)
    Accounts(office.database).change(office.lead.id, disabled=True)
    assert on(office, NOW).draw_due() == 0


@pytest.mark.parametrize(("draw", "due_days"), [(Draw(Way.HABIT), 0), (Draw(Way.RANDOM), 61), (Draw(Way.RANDOM), -1)])
def test_what_makes_no_sense_is_refused(office: Office, draw: Draw, due_days: int) -> None:
    with pytest.raises(InputError):
        on(office, NOW).keep(office.lead, draw, due_days=due_days)


def test_nobody_has_more_than_ten(office: Office) -> None:
    standing = on(office, NOW)
    for _ in range(10):
        standing.keep(office.lead, Draw(Way.RANDOM), due_days=0)
    with pytest.raises(InputError, match="最多 10 条"):
        standing.keep(office.lead, Draw(Way.RANDOM), due_days=0)

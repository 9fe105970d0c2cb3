"""What one running service is made of, opened once and handed to every page."""

from dataclasses import dataclass

from fastapi import Request

from coach.pipeline import Coach
from coach.settings import Settings
from coach.storage.accounts import Accounts
from coach.storage.audit import AuditLog
from coach.storage.database import Database
from coach.storage.keys import Keys
from coach.storage.library import Library
from coach.storage.options import OptionStore
from coach.storage.practice import Assignments
from coach.storage.recordings import Recordings
from coach.storage.replays import Replays
from coach.storage.review_queue import ReviewQueue
from coach.storage.reviews import Reviews
from coach.storage.rule_switches import RuleSwitches
from coach.storage.rules import CoachOfTheDay, TeamRules
from coach.storage.sign_ins import SignIns
from coach.storage.standing_draws import StandingDraws
from coach.storage.trends import Trends
from coach.storage.webhooks import Webhooks


@dataclass(frozen=True)
class Service:
    """The parts of a running service. `service_of(request)` gives it."""

    settings: Settings
    judge: CoachOfTheDay
    database: Database
    accounts: Accounts
    sign_ins: SignIns
    keys: Keys
    library: Library
    audit: AuditLog
    options: OptionStore
    webhooks: Webhooks
    assignments: Assignments
    reviews: Reviews
    queue: ReviewQueue
    standing: StandingDraws
    rules: TeamRules
    switches: RuleSwitches
    replays: Replays
    trends: Trends

    @property
    def coach(self) -> Coach:
        """The coach that judges by the rules in force."""
        return self.judge()


def open_service(settings: Settings, coach: Coach) -> Service:
    """Open the database and bring it up to date; `coach` is the one of the shipped rules. Raises StorageError."""
    database = Database(settings.database)
    database.migrate()
    return Service(
        settings=settings,
        judge=CoachOfTheDay(TeamRules(database), shipped=coach),
        database=database,
        accounts=Accounts(database),
        sign_ins=SignIns(database),
        keys=Keys(database),
        library=Library(database, Recordings(settings.recordings_folder)),
        audit=AuditLog(database),
        options=OptionStore(database),
        webhooks=Webhooks(database),
        assignments=Assignments(database),
        reviews=Reviews(database),
        queue=ReviewQueue(database),
        standing=StandingDraws(database),
        rules=TeamRules(database),
        switches=RuleSwitches(database, coach.policy),
        replays=Replays(database),
        trends=Trends(database),
    )


def service_of(request: Request) -> Service:
    """The service that answers this request."""
    service: Service = request.app.state.service
    return service

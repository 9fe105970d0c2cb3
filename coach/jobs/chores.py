"""What a worker does beside calls: it tells webhooks what is due every few seconds, and once an hour deletes what may no
longer be kept and draws what is to be reviewed every week.
"""

import logging
import threading
from dataclasses import dataclass

from coach.errors import StorageError
from coach.jobs.webhooks import Deliverer
from coach.storage.retention import Retention
from coach.storage.standing_draws import StandingDraws

_DELIVER_EVERY_S = 5.0
_SWEEP_EVERY = 720
"""Deliveries between two sweeps: an hour."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chores:
    """The chores of one worker; several workers may do them at once."""

    deliverer: Deliverer
    retention: Retention
    standing: StandingDraws

    def run(self, stop: threading.Event) -> None:
        """Do them until told to stop."""
        rounds = 0
        while not stop.is_set():
            try:
                self.deliverer.deliver()
                if rounds % _SWEEP_EVERY == 0:
                    recordings, calls = self.retention.sweep()
                    if recordings or calls:
                        _log.info("kept too long: deleted %d recordings and %d calls", recordings, calls)
                    if drawn := self.standing.draw_due():
                        _log.info("drew %d calls for reviews", drawn)
            except StorageError:
                _log.warning("the database does not answer")
            rounds += 1
            stop.wait(_DELIVER_EVERY_S)

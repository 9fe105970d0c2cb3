"""How long a rep waits for the customer's answer when many practise at once.

    python benchmarks/practice.py [--sessions 200] [--pause 10] [--seconds 30]

Each session says a line, waits about `--pause` seconds as a person would, and says the next; printed: answers, and the
median and 95th percentile of the time to each.
"""

import argparse
import random
import threading
import time
from statistics import quantiles

from coach.pipeline import Coach
from coach.practice.scenarios import load_scenarios
from coach.practice.session import say, start
from coach.resources import folder

_LINES = (
    "您好，您先别急，我理解。您主要是担心哪方面？",
    "您说得有道理，这个我先去核实，下午五点前给您回电话。",
    "不可能，你说的根本不对，是你自己搞错了。",
    "那我们说定，明天上午十点我过来，当面跟您看一遍，您看行吗？",
    "这批货包在我身上，百分之百没问题。",
)


def main() -> None:
    """Play, and print the waits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--pause", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    wanted = parser.parse_args()
    coach = Coach.load()
    scenarios = list(load_scenarios(folder("rules") / "scenarios").values())
    waits: list[float] = []
    until = time.perf_counter() + wanted.seconds

    def practise(number: int) -> None:
        chance = random.Random(number)
        scenario = scenarios[number % len(scenarios)]
        talk = start(scenario)
        time.sleep(chance.uniform(0, wanted.pause))
        while time.perf_counter() < until:
            talk = start(scenario) if talk.is_over else talk
            began = time.perf_counter()
            talk = say(coach, scenario, talk, chance.choice(_LINES))
            waits.append(time.perf_counter() - began)
            time.sleep(chance.uniform(0.5, 1.5) * wanted.pause)

    say(coach, scenarios[0], start(scenarios[0]), _LINES[0])
    threads = [threading.Thread(target=practise, args=[number]) for number in range(wanted.sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = quantiles(waits, n=20)
    print(f"{len(waits)} answers, median {1000 * cuts[9]:.0f} ms, 95th percentile {1000 * cuts[18]:.0f} ms")


if __name__ == "__main__":
    main()

"""How well the rep's dialogue acts are recognised, on the labelled calls of passes held out from training.

    python benchmarks/acts.py [--split dev|test|train]

Good practice labelled in the corpus stands for its act. Only turns without a habit count, since others are a slip and
nothing else. Printed, as Markdown: labelled, found, precision, recall and F1 of each act.
"""

import argparse
import json
from collections import Counter

from coach.pipeline import Coach
from coach.practice.acts import OF_STRENGTH, Act, done_by
from coach.resources import folder
from coach.training.corpus import read_splits, split_of
from coach.transcript import Speaker, Turn


def main() -> None:
    """Print one line an act."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=["train", "dev", "test"])
    wanted = parser.parse_args()
    corpus = folder("samples") / "labelled"
    splits = read_splits(corpus / "splits.tsv")
    coach = Coach.load()
    labelled, found, right = Counter[Act](), Counter[Act](), Counter[Act]()
    for path in sorted(corpus.glob("*.jsonl")):
        if split_of(path.stem, splits) != wanted.split:
            continue
        for call in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            turns = tuple(Turn(at, Speaker(one["speaker"]), one["text"]) for at, one in enumerate(call["turns"]))
            for at, one in enumerate(call["turns"]):
                if one["speaker"] != Speaker.REP or one.get("labels"):
                    continue
                acts = {OF_STRENGTH[code] for code in one.get("strengths", ())}
                done = done_by(coach, turns[: at + 1], ()).acts & set(OF_STRENGTH.values())
                labelled.update(acts)
                found.update(done)
                right.update(acts & done)
    print("| act | labelled | found | precision | recall | F1 |\n| --- | --- | --- | --- | --- | --- |")
    for act in dict.fromkeys(OF_STRENGTH.values()):
        precision, recall = right[act] / max(found[act], 1), right[act] / max(labelled[act], 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"| {act} | {labelled[act]} | {found[act]} | {precision:.2f} | {recall:.2f} | {f1:.2f} |")


if __name__ == "__main__":
    main()

"""How well the rep's dialogue acts are recognised, on sentences of passes held out from training (samples/acts).

    python benchmarks/acts.py [--split dev|test]

Printed, as Markdown: labelled, found, precision, recall and F1 of each act in each pass.
"""

import argparse

from coach.practice.recogniser import load_recogniser
from coach.resources import folder
from coach.training.acts import measure_acts, read_sentences


def main() -> None:
    """Print one line an act."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=["train", "dev", "test"])
    wanted = parser.parse_args()
    sentences = read_sentences(folder("samples") / "acts", wanted.split)
    print("| pass | act | labelled | found | precision | recall | F1 |\n| --- | --- | --- | --- | --- | --- | --- |")
    for author in sorted({one.author for one in sentences}):
        figures = measure_acts(load_recogniser(), [one for one in sentences if one.author == author])
        for one in figures:
            print(
                f"| {author} | {one.act} | {one.labelled} | {one.found} | {one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} |"
            )
        print(f"| {author} | mean | | | | | {sum(one.f1 for one in figures) / len(figures):.2f} |")


if __name__ == "__main__":
    main()

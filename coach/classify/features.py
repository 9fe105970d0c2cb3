"""Words as numbers: tf-idf of character n-grams, of word n-grams, and of the customer's characters before.

The vectorizers are scikit-learn's. A fitted one is kept as its n-grams and their idf, plain arrays without pickle.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any

import numpy
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from coach.classify.said import Said
from coach.text import Segmenter

Arrays = dict[str, Any]
"""Named numpy arrays, as they are stored."""

_SEPARATOR = "\n"
_TELLING = 1 + log(20)


@dataclass(frozen=True)
class Block:
    """One group of features: how to read a turn, which n-grams, how rare they may be, and their weight."""

    name: str
    analyzer: str
    lengths: tuple[int, int]
    least_turns: int
    weight: float


BLOCKS = (
    Block("characters", "char", (1, 4), 2, 1.0),
    Block("words", "word", (1, 2), 2, 1.0),
    Block("before", "char", (1, 2), 3, 0.5),
)


class Lexical:
    """The fitted vectorizers of all blocks; turns into a sparse matrix of shape (turns, n-grams)."""

    def __init__(self, vectorizers: Mapping[str, TfidfVectorizer], segmenter: Segmenter) -> None:
        self._vectorizers = vectorizers
        self._segmenter = segmenter

    @classmethod
    def fit(cls, turns: Sequence[Said], segmenter: Segmenter) -> "Lexical":
        """Learn n-grams and idf from turns."""
        vectorizers = {}
        for block in BLOCKS:
            vectorizer = _vectorizer(block, min_df=block.least_turns)
            vectorizers[block.name] = vectorizer.fit(_texts(block, turns, segmenter))
        return cls(vectorizers, segmenter)

    def transform(self, turns: Sequence[Said]) -> Any:
        """Features of turns, shape (turns, n-grams), CSR.

        As the vectorizers' own `transform`, whose checks of its input take longer than its work on a few short texts.
        """
        places: list[int] = []
        values: list[Any] = []
        ends = [0]
        texts = [(table, _texts(table.block, turns, self._segmenter)) for table in self._tables]
        for at in range(len(turns)):
            for table, read in texts:
                columns, weights = table.row(read[at])
                places += columns
                values.append(weights)
            ends.append(len(places))
        width = sum(len(table.idf) for table in self._tables)
        joined = numpy.concatenate(values) if values else numpy.zeros(0)
        return sparse.csr_matrix((joined, places, ends), shape=(len(turns), width))

    def added_by_words(self, text: str, weights: Any) -> list[tuple[str, float]]:
        """What each telling word of a text adds to a linear score, by the n-grams of it and with it; each word once.

        A word is telling if fewer than one training turn in twenty holds it.
        """
        turn = Said(text)
        row = self.transform([turn])
        known = self._vectorizers["words"]
        added: dict[str, float] = {}
        for word in self._segmenter.words(turn.spoken):
            at = known.vocabulary_.get(word)
            if len(word) > 1 and at is not None and known.idf_[at] > _TELLING:
                added.setdefault(word, 0.0)
        for at, value in zip(row.indices, row.data, strict=True):
            block, gram = self._grams[at]
            for word in added:
                if (block == "characters" and gram in word) or (block == "words" and word in gram.split(" ")):
                    added[word] += float(value * weights[at])
        return list(added.items())

    @cached_property
    def _tables(self) -> list["_Table"]:
        """What each block needs to read a text, in the order of the columns."""
        tables: list[_Table] = []
        first = 0
        for block in BLOCKS:
            vectorizer = self._vectorizers[block.name]
            tables.append(_Table(block, vectorizer.build_analyzer(), vectorizer.vocabulary_, vectorizer.idf_, first))
            first += len(vectorizer.idf_)
        return tables

    @cached_property
    def _grams(self) -> list[tuple[str, str]]:
        """The block and the n-gram of every feature."""
        return [(block.name, gram) for block in BLOCKS for gram in _in_order(self._vectorizers[block.name])]

    def arrays(self) -> Arrays:
        """What to store."""
        stored: Arrays = {}
        for block in BLOCKS:
            vectorizer = self._vectorizers[block.name]
            joined = _SEPARATOR.join(_in_order(vectorizer)).encode()
            stored[f"{block.name}.grams"] = numpy.frombuffer(joined, dtype=numpy.uint8)
            stored[f"{block.name}.idf"] = vectorizer.idf_.astype(numpy.float32)
        return stored

    @classmethod
    def restore(cls, arrays: Mapping[str, Any], segmenter: Segmenter) -> "Lexical":
        """The vectorizers from what was stored."""
        vectorizers = {}
        for block in BLOCKS:
            grams = bytes(arrays[f"{block.name}.grams"]).decode().split(_SEPARATOR)
            vectorizer = _vectorizer(block, vocabulary={gram: at for at, gram in enumerate(grams)})
            vectorizer.idf_ = arrays[f"{block.name}.idf"].astype(numpy.float64)
            vectorizers[block.name] = vectorizer
        return cls(vectorizers, segmenter)


@dataclass(frozen=True)
class _Table:
    """A block with its n-grams, their idf, and the number of its first column."""

    block: Block
    analyze: Callable[[str], list[str]]
    vocabulary: Mapping[str, int]
    idf: Any
    first: int

    def row(self, text: str) -> tuple[list[int], Any]:
        """The columns of a text in order, and their weights: sublinear tf-idf of length 1, times the block's weight."""
        counts = Counter(at for gram in self.analyze(text) if (at := self.vocabulary.get(gram)) is not None)
        columns = sorted(counts)
        weights = (1 + numpy.log([counts[at] for at in columns])) * self.idf[columns]
        length = float(numpy.sqrt((weights**2).sum()))
        return [self.first + at for at in columns], weights * (self.block.weight / length if length else 0.0)


def _in_order(vectorizer: TfidfVectorizer) -> list[str]:
    return sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)


def _vectorizer(block: Block, **options: Any) -> TfidfVectorizer:
    words: dict[str, Any] = {"token_pattern": None, "tokenizer": str.split} if block.analyzer == "word" else {}
    return TfidfVectorizer(
        analyzer=block.analyzer, ngram_range=block.lengths, sublinear_tf=True, lowercase=False, **words, **options
    )


def _texts(block: Block, turns: Sequence[Said], segmenter: Segmenter) -> list[str]:
    readers: Mapping[str, Callable[[Said], str]] = {
        "characters": lambda turn: turn.spoken,
        "words": lambda turn: " ".join(segmenter.words(turn.spoken)),
        "before": lambda turn: turn.spoken_before,
    }
    return [readers[block.name](turn) for turn in turns]

"""Windows of speech to voices by spectral clustering (Ng, Jordan and Weiss 2001), which also parts two voices of one
sex, where agglomerative clustering was measured to fail.
"""

import numpy
from numpy.typing import NDArray

from coach.asr.audio import Floats

_MOST_COMPARED = 1_500
"""Windows compared with each other; the rest of a long call joins the nearest group, so that cost stays linear."""

_NEIGHBOURS = 0.1
_FEWEST = 4


def grouped(embeddings: Floats, count: int) -> NDArray[numpy.int64]:
    """A group number, 0 to `count` - 1, for each row; all 0 where there are too few rows to part."""
    size = len(embeddings)
    if count < 2 or size < max(_FEWEST, 2 * count):
        return numpy.zeros(size, dtype=numpy.int64)
    chosen = numpy.linspace(0, size - 1, min(size, _MOST_COMPARED)).astype(int)
    groups = _spectral(embeddings[chosen], count)
    centres = numpy.stack([embeddings[chosen][groups == one].mean(axis=0) for one in range(count)])
    centres /= numpy.maximum(numpy.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    nearest: NDArray[numpy.int64] = (embeddings @ centres.T).argmax(axis=1)
    return nearest if len(set(nearest)) == count else numpy.zeros(size, dtype=numpy.int64)


def _spectral(rows: Floats, count: int) -> NDArray[numpy.int64]:
    """Groups from the leading eigenvectors of the likeness of rows, each kept only with its nearest neighbours."""
    from sklearn.cluster import KMeans

    likeness = numpy.clip((rows @ rows.T).astype(numpy.float64), 0, 1)
    kept = max(2, int(_NEIGHBOURS * len(rows)))
    threshold = numpy.partition(likeness, -kept, axis=1)[:, -kept][:, None]
    near = numpy.where(likeness >= threshold, likeness, 0.01 * likeness)
    near = (near + near.T) / 2
    degree = 1 / numpy.sqrt(near.sum(axis=1))
    _, vectors = numpy.linalg.eigh(near * degree[:, None] * degree[None, :])
    leading = vectors[:, -count:]
    leading /= numpy.maximum(numpy.linalg.norm(leading, axis=1, keepdims=True), 1e-9)
    found: NDArray[numpy.int64] = KMeans(count, n_init=10, random_state=0).fit_predict(leading)
    return found

"""A conversation coach for Chinese sales calls. `coach.pipeline` is the first file to read."""

__version__ = "0.1.0"

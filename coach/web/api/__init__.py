"""The interface for machines: everything under /api/v1, one file a subject."""

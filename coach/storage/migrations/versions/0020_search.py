"""The index of what was said."""

from alembic import op

revision = "0020"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE call_search USING fts5(call_id, pairs)")
    else:
        op.execute(
            "CREATE TABLE call_search (call_id VARCHAR(32) PRIMARY KEY REFERENCES calls(id) ON DELETE CASCADE, "
            "pairs TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_call_search_pairs ON call_search USING gin (pairs)")


def downgrade() -> None:
    """Back to the one before."""
    op.execute("DROP TABLE call_search")

"""How far the processing of a call is, what its uploader said of it, and the index of what was said."""

import sqlalchemy as sa
from alembic import op

from coach.storage.tables.base import Moment

revision = "0020"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listening", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("run", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("queued_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("step", sa.String(length=20), nullable=False, server_default=""))
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
    with op.batch_alter_table("calls", schema=None) as batch_op:
        for column in ("step", "queued_at", "run", "listening"):
            batch_op.drop_column(column)

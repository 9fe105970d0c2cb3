"""Draws that are repeated every week."""

import sqlalchemy as sa
from alembic import op

from coach.storage.tables.base import Moment

revision = "0060"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "standing_draws",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reviewer_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_standing_draws_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_draws")),
    )
    with op.batch_alter_table("standing_draws", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_draws_reviewer_id"), ["reviewer_id"], unique=False)


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("standing_draws")

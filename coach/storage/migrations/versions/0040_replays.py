"""The stored calls judged anew; verdicts are in the reviews themselves."""

import sqlalchemy as sa
from alembic import op

from coach.storage.tables.base import Moment

revision = "0040"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "replays",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("judged_with", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["rule_changes.id"], name=op.f("fk_replays_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_replays_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
    )
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replays_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_replays_draft_id"), ["draft_id"], unique=False)
    with op.batch_alter_table("rule_changes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("based_on", sa.String(length=32), nullable=False, server_default=""))
    op.drop_table("verdicts")


def downgrade() -> None:
    """Back to the one before."""
    op.create_table(
        "verdicts",
        sa.Column("review_id", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("changed_to", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_verdicts_review_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id", "turn", "code", name=op.f("pk_verdicts")),
    )
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdicts_decision"), ["decision"], unique=False)
    with op.batch_alter_table("rule_changes", schema=None) as batch_op:
        batch_op.drop_column("based_on")
    op.drop_table("replays")

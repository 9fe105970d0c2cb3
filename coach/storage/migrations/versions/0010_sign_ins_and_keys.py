"""When browsers signed in and were last seen, from where passwords were tried, links for invited people, wider scopes."""

import sqlalchemy as sa
from alembic import op

from coach.storage.tables.base import Moment

revision = "0010"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version. Browsers signed in before must sign in again."""
    op.execute("DELETE FROM sign_ins")
    with op.batch_alter_table("sign_ins") as table:
        table.add_column(sa.Column("created_at", Moment(), nullable=False))
        table.add_column(sa.Column("seen_at", Moment(), nullable=False))
        table.add_column(sa.Column("address", sa.String(length=60), nullable=False))
        table.add_column(sa.Column("browser", sa.String(length=200), nullable=False))
    op.execute("DELETE FROM failed_sign_ins")
    with op.batch_alter_table("failed_sign_ins") as table:
        table.add_column(sa.Column("address", sa.String(length=60), nullable=False))
        table.create_index("ix_failed_sign_ins_address", ["address"])
        table.create_index("ix_failed_sign_ins_at", ["at"])
    with op.batch_alter_table("setup_links") as table:
        table.add_column(sa.Column("user_id", sa.String(length=32), nullable=True))
        table.create_foreign_key("fk_setup_links_user_id", "users", ["user_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("api_keys") as table:
        table.alter_column("scope", new_column_name="scopes", existing_type=sa.String(10), type_=sa.String(500))
    op.execute("UPDATE api_keys SET revoked_at = created_at")
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("address", sa.String(length=60), nullable=False, server_default=""))
        table.create_index("ix_audit_user_id", ["user_id"])

"""Nobody is in the pool under two ids."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Experts may carry a mark of the person behind the id, each once."""
    with op.batch_alter_table("expert") as table:
        table.add_column(sa.Column("person", sa.String(128), nullable=True))
        table.create_unique_constraint(op.f("uq_expert_person"), ["person"])


def downgrade() -> None:
    """The mark is gone."""
    with op.batch_alter_table("expert") as table:
        table.drop_constraint(op.f("uq_expert_person"), type_="unique")
        table.drop_column("person")

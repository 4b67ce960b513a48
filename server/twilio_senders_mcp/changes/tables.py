"""The tables of plans and runs, the same on SQLite and PostgreSQL.

On PostgreSQL they stand in a schema of their own. Times are in seconds since the epoch.
"""

from typing import Final

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table

SCHEMA: Final = "twilio_senders"
VERSION: Final = 1

METADATA: Final = MetaData(schema=SCHEMA)

STATE: Final = Table(
    "state",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", String, nullable=False),
    # Counts the executors. A former one that has not noticed yet can write nothing any more.
    Column("epoch", Integer, nullable=False),
    Column("executor_seen", Float, nullable=False),
)

PLANS: Final = Table(
    "plans",
    METADATA,
    Column("id", String, primary_key=True),
    Column("caller", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("created_at", Float, nullable=False, index=True),
    Column("expires_at", Float, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("skipped", JSON, nullable=False),
    Column("impacts", JSON, nullable=False),
    Column("accounts", JSON, nullable=False),
    Column("undo_of", String),
)

PLAN_ITEMS: Final = Table(
    "plan_items",
    METADATA,
    Column("plan", String, ForeignKey(PLANS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("sid", String, nullable=False),
    Column("sender_id", String, nullable=False),
    Column("account", String, nullable=False),
    Column("account_sid", String, nullable=False),
    Column("status", String, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("null_sections", JSON, nullable=False),
)

RUNS: Final = Table(
    "runs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("plan", String, ForeignKey(PLANS.c.id, ondelete="CASCADE"), nullable=False),
    Column("caller", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    # Each stretch between a start or resumption and the next pause is a leg.
    Column("leg", Integer, nullable=False),
    Column("canary", Integer, nullable=False),
    Column("stop_after", Integer, nullable=False),
    Column("created_at", Float, nullable=False, index=True),
    Column("finished_at", Float),
    Column("stopped_because", String),
    Column("undo_of", String),
)

RUN_ITEMS: Final = Table(
    "run_items",
    METADATA,
    Column("run", String, ForeignKey(RUNS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # waiting, begun, posting (the request may have left), posted (it has left)
    Column("stage", String, nullable=False),
    Column("posted_at", Float),
    Column("outcome", String),
    # The leg in which the outcome was reached; stop_after counts within a leg.
    Column("leg", Integer),
    Column("fields", JSON),
    Column("failure", JSON),
    Index("run_items_by_outcome", "run", "outcome"),
)

TASKS: Final = Table(
    "tasks",
    METADATA,
    Column("id", String, primary_key=True),
    Column("caller", String, nullable=False),
    Column("tool", String, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
    # working, completed, failed, cancelled
    Column("state", String, nullable=False),
    Column("message", String, nullable=False),
    # Until then the task is answered from here, without looking at what it waits for.
    Column("look_at", Float, nullable=False),
    Column("look_seconds", Float, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("result", JSON),
)

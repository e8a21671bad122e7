"""Makes the table of observations, which Django's own language cannot describe.

On SQLite the rows are the tree of the primary key itself, so that a stream's readings lie side by
side; Django only knows tables with a row id. Called by the room's first migration.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

COLUMNS: Final = """
    stream_id BIGINT NOT NULL,
    started BIGINT NOT NULL,
    id BIGINT NOT NULL,
    ended BIGINT,
    result_time BIGINT,
    number DOUBLE PRECISION,
    result TEXT,
    kind SMALLINT NOT NULL,
    quality SMALLINT NOT NULL DEFAULT 0,
    valid_start BIGINT,
    valid_end BIGINT,
    parameters TEXT,
    result_quality TEXT,
    feature_id BIGINT,
    PRIMARY KEY (stream_id, started, id)
"""

INDEXES: Final = (
    "CREATE UNIQUE INDEX sensing_observation_number_once ON sensing_observation (id)",
    "CREATE INDEX sensing_observation_result_time ON sensing_observation (stream_id, result_time)"
    " WHERE result_time IS NOT NULL",
    "CREATE INDEX sensing_observation_feature ON sensing_observation (feature_id, id)"
    " WHERE feature_id IS NOT NULL",
)


def create_observation_table(connection: BaseDatabaseWrapper) -> None:
    """Create the table, its indexes and, on PostgreSQL, the sequence of its ids."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        suffix = " WITHOUT ROWID" if is_sqlite else ""
        cursor.execute(f"CREATE TABLE sensing_observation ({COLUMNS}){suffix}")
        for statement in INDEXES:
            cursor.execute(statement)
        if not is_sqlite:
            cursor.execute("CREATE SEQUENCE sensing_observation_number")


def drop_observation_table(connection: BaseDatabaseWrapper) -> None:
    """Undo `create_observation_table`."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE sensing_observation")
        if connection.vendor != "sqlite":
            cursor.execute("DROP SEQUENCE sensing_observation_number")

"""What became of an event: what stands on `world`, how measures and scores moved, and which message it caused."""

from alembic import op

revision = "0002"
down_revision = "0001"

TRACES = """
CREATE TABLE facts (
    event_id text,
    position bigint,
    kind text NOT NULL,
    accepted_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    quiet boolean NOT NULL,
    record text NOT NULL,
    PRIMARY KEY (event_id, position)
);
CREATE INDEX facts_by_time ON facts USING brin (accepted_at);
CREATE TABLE measure_moves (
    measure_id text,
    position bigint,
    event_id text NOT NULL,
    accepted_at timestamptz NOT NULL,
    state text NOT NULL,
    confirmed boolean NOT NULL,
    belief double precision NOT NULL,
    PRIMARY KEY (measure_id, position)
);
CREATE INDEX measure_moves_by_event ON measure_moves (event_id);
CREATE TABLE risk_history (
    customer_id text,
    material text,
    position bigint,
    event_id text NOT NULL,
    accepted_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    caused_by text,
    score double precision,
    record text,
    PRIMARY KEY (customer_id, material, position)
);
CREATE INDEX risk_history_by_event ON risk_history (event_id);
CREATE INDEX risk_history_by_time ON risk_history USING brin (accepted_at);
ALTER TABLE messages ADD alert_id text, ADD event_id text, ADD caused_by text, ADD received_at timestamptz;
CREATE INDEX messages_by_alert ON messages (alert_id, number);
CREATE INDEX messages_by_event ON messages (event_id);
CREATE INDEX deliveries_by_message ON deliveries (message_id);
"""

# what was projected without these columns is read again, as far as Kafka has it
READ_AGAIN = "DELETE FROM progress WHERE topic IN ('alerts', 'measures', 'risk.scores')"


def upgrade() -> None:
    for statement in f"{TRACES}{READ_AGAIN}".split(";\n"):
        if statement.strip():
            op.execute(statement)

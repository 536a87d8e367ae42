"""The schema `control`: what people configure, the outbox, and projections of what the other services say.

JSON is kept as text, byte for byte as it is answered or sent on: `jsonb` would reorder it and refuses U+0000, which
customers' names may hold escaped."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

SCHEMA = "control"
metadata = MetaData()
_instant = DateTime(timezone=True)

customers = Table(
    "customers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("profile", Text, nullable=False),
    Column("created_at", _instant, nullable=False),
    Column("updated_at", _instant, nullable=False),
    Column("deleted", Boolean, nullable=False),  # the row stays: put again, its version goes on
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", Text),  # null: operator-wide
    Column("version", BigInteger, nullable=False),
    Column("config", Text, nullable=False),
    Column("secrets", Text, nullable=False),  # sealed
    Column("sealed_headers", Text),  # name → ciphertext; null: none, or still in `config`
    Column("created_at", _instant, nullable=False),
    Column("updated_at", _instant, nullable=False),
    Column("enabled_at", _instant, nullable=False),  # real time, as the reports of the dispatcher
    Column("disabled_reason", Text),
    Column("circuit", Text),  # null: closed, and never open since it was enabled
    Index("endpoints_by_customer", "customer_id", "id"),
    Index("endpoints_with_a_pair", "id", postgresql_where=text("""secrets LIKE '%"public_key"%'""")),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", Text),
    Column("record", Text, nullable=False),
    Column("created_at", _instant, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", Text),
    Column("record", Text, nullable=False),
    Column("created_by", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", _instant, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("key_name", Text, nullable=False),
    Column("customer_id", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Index("audit_by_customer", "customer_id", "id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("partition", Integer),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary),
    Column("headers", Text, nullable=False),
    Column("since", _instant, nullable=False, server_default=text("now()")),
)

# --- projections

progress = Table(
    "progress",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("partition", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", Text, nullable=False),
    Column("customer_id", Text),
    Column("sequence", BigInteger),
    Column("body", Text, nullable=False),
    Column("alert_id", Text),
    Column("event_id", Text),
    Column("caused_by", Text),  # the schema of the ledger record
    Column("received_at", _instant),
    Index("messages_by_customer", "customer_id", "sequence"),
    Index("messages_by_alert", "alert_id", "number"),
    Index("messages_by_event", "event_id"),
    Index("messages_by_time", "received_at", postgresql_using="brin"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("opened_at", _instant, nullable=False),
    Column("partition", SmallInteger, nullable=False),  # with `number`: the newest message, which holds the alert
    Column("number", BigInteger, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", _instant),
    Index("alerts_by_customer", "customer_id", "opened_at", "id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("alert_id", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),  # whoever changes his mind is counted once
    Column("customer_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # of the alert, and who its first evidence was: kept, as the alert goes
    Column("source", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("note", Text),
    Column("given_at", _instant, nullable=False),
)

risks = Table(
    "risks",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("material", Text, primary_key=True),
    Column("record", Text, nullable=False),
)

risk_history = Table(
    "risk_history",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("material", Text, primary_key=True),
    Column(
        "position", BigInteger, primary_key=True, autoincrement=False
    ),  # on the topic: the order in which it was said
    Column("event_id", Text, nullable=False),
    Column("accepted_at", _instant, nullable=False),
    Column("received_at", _instant, nullable=False),
    Column("caused_by", Text),
    Column("score", Double),  # null, as the record: it is no exposure any more
    Column("record", Text),
    Index("risk_history_by_event", "event_id"),
    Index("risk_history_by_time", "accepted_at", postgresql_using="brin"),
)

measures = Table(
    "measures",
    metadata,
    Column("id", Text, primary_key=True),
    Column("record", Text, nullable=False),
)

measure_moves = Table(
    "measure_moves",
    metadata,
    Column("measure_id", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("accepted_at", _instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("belief", Double, nullable=False),
    Index("measure_moves_by_event", "event_id"),
)

facts = Table(  # what stands on `world`, ticks apart
    "facts",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("accepted_at", _instant, nullable=False),
    Column("received_at", _instant, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("record", Text, nullable=False),
    Index("facts_by_time", "accepted_at", postgresql_using="brin"),
)

signals = Table(
    "signals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("published_at", _instant, nullable=False),
    Column("accepted_at", _instant, nullable=False),
    Column("record", Text, nullable=False),
    Index("signals_by_time", "published_at", "id"),
    Index("signals_by_arrival", "accepted_at"),
    Index("signals_by_event", "event_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("endpoint_id", Text, nullable=False),
    Column("customer_id", Text),
    Column("message_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("sequence", BigInteger),
    Column("state", Text, nullable=False),
    Column("first_at", _instant, nullable=False),
    Column("next_attempt_at", _instant),
    Column("attempts", Text, nullable=False),  # JSON objects, comma between them
    Index("deliveries_by_endpoint", "endpoint_id", "first_at", "id"),
    Index(
        "deliveries_undelivered",
        "endpoint_id",
        "state",
        "first_at",
        "id",
        postgresql_where=text("state <> 'delivered'"),
    ),
    Index("deliveries_by_message", "message_id"),
    Index("deliveries_by_time", "first_at", postgresql_using="brin"),
)

"""The statements of the hot path: one round trip and one transaction each. Times are seconds since 1970."""

FIND_POSITION = """
INSERT INTO positions AS p (topic, partition, owner, next_offset) VALUES ($1, $2, $3, $4)
ON CONFLICT (topic, partition) DO UPDATE SET owner = excluded.owner
RETURNING p.next_offset, p.number,
    (SELECT owner FROM positions before WHERE before.topic = $1 AND before.partition = $2) AS previous
"""

MOVE_POSITION = "UPDATE positions SET next_offset = $3, number = $4 WHERE topic = $1 AND partition = $2"

# the positions are moved only if every one of them is ours and stands where we think: then no other copy has read on
TAKE = """
WITH here AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
        AS h(topic, partition, was, next_offset, number)
), ours AS (
    SELECT p.topic, p.partition FROM positions p JOIN here h USING (topic, partition)
    WHERE p.owner = $6 AND p.next_offset = h.was FOR UPDATE OF p
), fence AS (
    SELECT (SELECT count(*) FROM ours) = cardinality($1) AS stands
), moved AS (
    UPDATE positions p SET next_offset = h.next_offset, number = h.number FROM here h, fence
    WHERE fence.stands AND p.topic = h.topic AND p.partition = h.partition
), stored AS (
    INSERT INTO letters (message_id, partition, number, customer_id, type, severity, sequence, accepted_at, received_at,
        traceparent, body, materials, stored_at)
    SELECT l.*, to_timestamp($7) FROM fence, unnest($8::text[], $9::int[], $10::bigint[], $11::text[], $12::text[],
        $13::text[], $14::bigint[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::bytea[], $27::text[]) AS l
    WHERE fence.stands
    ON CONFLICT (message_id) DO NOTHING
), owed AS (
    INSERT INTO deliveries (delivery_id, message_id, endpoint_id, partition, number, line, alert_id, state, next_at)
    SELECT d.delivery_id, d.message_id, d.endpoint_id, d.partition, d.number, d.line, d.alert_id, 'due',
        CASE WHEN d.line IS NOT NULL AND EXISTS (
            SELECT FROM deliveries e WHERE e.state = 'due' AND e.partition = d.partition
                AND e.endpoint_id = d.endpoint_id AND e.line = d.line
        ) THEN 'infinity' ELSE to_timestamp(d.next_at) END
    FROM fence, unnest($19::uuid[], $20::text[], $21::text[], $22::int[], $23::bigint[], $24::text[], $25::text[],
        $26::float8[]) AS d(delivery_id, message_id, endpoint_id, partition, number, line, alert_id, next_at)
    WHERE fence.stands
    ON CONFLICT (delivery_id) DO NOTHING
    RETURNING delivery_id, next_at, endpoint_id, line
)
SELECT fence.stands,
    ARRAY(SELECT delivery_id::text FROM owed WHERE next_at = 'infinity') AS waiting,
    CASE WHEN (SELECT count(*) FROM owed) < cardinality($19)
        THEN ARRAY(SELECT delivery_id::text FROM owed) END AS added,
    (SELECT json_object_agg(o.delivery_id, k.sequences) FROM owed o JOIN skips k USING (endpoint_id, line)) AS skipped
FROM fence
"""

KNOWN = "SELECT message_id FROM letters WHERE message_id = ANY($1::text[])"

# the next of a line falls due when the one before it has ended, in the same transaction
SETTLE = """
WITH settled AS (
    UPDATE deliveries d SET state = o.state, attempts = o.attempts, next_at = to_timestamp(o.next_at),
        last_status = o.status, last_error = o.error, ended_at = CASE WHEN o.state <> 'due' THEN to_timestamp($7) END,
        schedule_from = d.schedule_from + o.beside::int
    FROM unnest($1::uuid[], $2::text[], $3::int[], $4::float8[], $5::int[], $6::text[], $16::bool[])
        AS o(delivery_id, state, attempts, next_at, status, error, beside)
    WHERE d.delivery_id = o.delivery_id AND d.state = 'due'
    RETURNING d.message_id, d.partition, d.endpoint_id, d.line, d.state
), following AS (
    UPDATE deliveries n SET next_at = to_timestamp($7)
    FROM (SELECT DISTINCT partition, endpoint_id, line FROM settled WHERE line IS NOT NULL AND state <> 'due') AS l
    CROSS JOIN LATERAL (
        SELECT w.delivery_id FROM deliveries w
        WHERE w.state = 'due' AND w.partition = l.partition AND w.endpoint_id = l.endpoint_id AND w.line = l.line
            AND w.next_at = 'infinity'
        ORDER BY w.number LIMIT 1
    ) AS first
    WHERE n.delivery_id = first.delivery_id
    RETURNING n.endpoint_id
), skipped AS (
    INSERT INTO skips AS k (endpoint_id, line, sequences)
    SELECT s.endpoint_id, s.line, ARRAY[l.sequence] FROM settled s JOIN letters l USING (message_id)
    WHERE s.line IS NOT NULL AND s.state = 'dead' AND l.sequence IS NOT NULL
    ON CONFLICT (endpoint_id, line) DO UPDATE SET sequences = k.sequences || excluded.sequences
), told_of_skips AS (
    DELETE FROM skips k USING settled s
    WHERE s.line IS NOT NULL AND s.state = 'delivered' AND k.endpoint_id = s.endpoint_id AND k.line = s.line
), heard AS (
    UPDATE heartbeats h SET sent_at = to_timestamp($7) FROM (
        SELECT endpoint_id FROM heartbeats
        WHERE endpoint_id IN (SELECT endpoint_id FROM settled WHERE state NOT IN ('cancelled', 'collapsed'))
            AND sent_at < to_timestamp($7) - interval '10 seconds'
        FOR UPDATE SKIP LOCKED
    ) AS quiet
    WHERE h.endpoint_id = quiet.endpoint_id
), health AS (
    INSERT INTO endpoints AS e (endpoint_id, failing_since, disabled_version, disabled_reason, rest_until, rest_version)
    SELECT * FROM unnest($8::text[], $9::timestamptz[], $10::bigint[], $11::text[], $14::timestamptz[], $15::bigint[])
    ON CONFLICT (endpoint_id) DO UPDATE SET failing_since = excluded.failing_since,
        disabled_version = excluded.disabled_version, disabled_reason = excluded.disabled_reason,
        rest_until = coalesce(excluded.rest_until, e.rest_until),
        rest_version = coalesce(excluded.rest_version, e.rest_version)
), told AS (
    INSERT INTO reports (owner, at, records) SELECT $12, to_timestamp($7), $13::text WHERE $13 IS NOT NULL RETURNING id
)
SELECT (SELECT id FROM told) AS report, ARRAY(SELECT DISTINCT endpoint_id FROM following) AS following
"""

# of one alert at one endpoint those that wait give way to the newest: to one that was given, unless a newer one waits
COLLAPSE = """
WITH given AS (
    SELECT DISTINCT ON (endpoint_id, alert_id) endpoint_id, alert_id, delivery_id FROM deliveries
    WHERE delivery_id = ANY($1::uuid[]) AND state = 'due' AND alert_id IS NOT NULL
    ORDER BY endpoint_id, alert_id, number DESC
), newest AS (
    SELECT n.delivery_id, n.endpoint_id, n.alert_id, n.number, l.sequence FROM given g CROSS JOIN LATERAL (
        SELECT * FROM deliveries
        WHERE state = 'due' AND endpoint_id = g.endpoint_id AND alert_id = g.alert_id
            AND (next_at IS NOT NULL OR delivery_id = g.delivery_id)
        ORDER BY number DESC LIMIT 1
    ) AS n JOIN letters l USING (message_id)
), older AS (
    UPDATE deliveries o SET state = 'collapsed', next_at = NULL, ended_at = to_timestamp($2)
    FROM newest n
    WHERE o.state = 'due' AND o.endpoint_id = n.endpoint_id AND o.alert_id = n.alert_id AND o.number < n.number
        AND o.next_at IS NOT NULL
    RETURNING o.*, n.delivery_id AS newest, n.sequence AS newest_sequence
), told AS (
    UPDATE deliveries n SET collapsed = coalesce(n.collapsed, '{}') || gone.sequences FROM (
        SELECT o.newest, array_agg(s.sequence ORDER BY s.sequence) AS sequences
        FROM older o JOIN letters l USING (message_id)
        CROSS JOIN LATERAL unnest(coalesce(o.collapsed, '{}') || l.sequence) AS s(sequence)
        GROUP BY o.newest
    ) AS gone
    WHERE n.delivery_id = gone.newest
    RETURNING n.delivery_id, n.collapsed
)
SELECT o.delivery_id::text, o.message_id, o.endpoint_id, o.partition, o.line, o.line IS NOT NULL AS in_line, o.attempts,
    o.schedule_from, o.replay, o.alert_id, o.collapsed, l.number, l.customer_id, l.type, l.severity, l.sequence,
    l.accepted_at, l.received_at, l.traceparent, NULL::bytea AS body, l.materials, NULL::bigint[] AS skipped,
    o.newest::text, o.newest_sequence, t.collapsed AS newest_collapsed
FROM older o LEFT JOIN letters l USING (message_id) LEFT JOIN told t ON t.delivery_id = o.newest
ORDER BY o.endpoint_id, o.number
"""

# the next of these lines falls due, where the one before it has ended
FOLLOW = """
UPDATE deliveries n SET next_at = to_timestamp($4)
FROM unnest($1::int[], $2::text[], $3::text[]) AS l(partition, endpoint_id, line) CROSS JOIN LATERAL (
    SELECT w.delivery_id, w.next_at FROM deliveries w
    WHERE w.state = 'due' AND w.partition = l.partition AND w.endpoint_id = l.endpoint_id AND w.line = l.line
    ORDER BY w.number LIMIT 1
) AS first
WHERE n.delivery_id = first.delivery_id AND first.next_at = 'infinity'
RETURNING n.endpoint_id
"""

UNWELL = """
SELECT endpoint_id, failing_since, disabled_version, disabled_reason, rest_until, rest_version FROM endpoints
WHERE failing_since IS NOT NULL OR disabled_version IS NOT NULL OR rest_until > now()
"""

REPORT = "INSERT INTO reports (owner, at, records) VALUES ($1, to_timestamp($2), $3) RETURNING id"

CLAIM = """
WITH wanted AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::float8[]) AS w(endpoint_id, room, until)
), due AS (
    SELECT d.delivery_id, d.next_at FROM wanted w CROSS JOIN LATERAL (
        SELECT e.delivery_id, e.next_at FROM unnest($4::int[]) AS p(partition) CROSS JOIN LATERAL (
            SELECT delivery_id, next_at FROM deliveries
            WHERE state = 'due' AND partition = p.partition AND endpoint_id = w.endpoint_id
                AND next_at <= to_timestamp(w.until)
            ORDER BY next_at LIMIT w.room
        ) AS e
        ORDER BY e.next_at LIMIT w.room
    ) AS d
), claimed AS (
    UPDATE deliveries d SET next_at = NULL FROM due WHERE d.delivery_id = due.delivery_id
    RETURNING d.delivery_id, d.message_id, d.endpoint_id, d.partition, d.line, d.attempts, d.schedule_from, d.replay,
        d.alert_id, d.collapsed, due.next_at AS was
)
SELECT c.delivery_id::text, c.message_id, c.endpoint_id, c.partition, c.line IS NOT NULL AS in_line, c.attempts,
    c.schedule_from, c.replay, c.alert_id, c.collapsed, l.number, l.customer_id, l.type, l.severity, l.sequence,
    l.accepted_at, l.received_at, l.traceparent, l.body, l.materials, k.sequences AS skipped
FROM claimed c LEFT JOIN letters l ON l.message_id = c.message_id
LEFT JOIN skips k ON k.endpoint_id = c.endpoint_id AND k.line = c.line
ORDER BY c.was, l.number
"""

EARLIEST = """
SELECT w.endpoint_id, extract(epoch FROM f.next_at)::float8 AS next_at
FROM unnest($1::text[]) AS w(endpoint_id) CROSS JOIN LATERAL (
    SELECT d.next_at FROM unnest($2::int[]) AS p(partition) CROSS JOIN LATERAL (
        SELECT next_at FROM deliveries
        WHERE state = 'due' AND partition = p.partition AND endpoint_id = w.endpoint_id AND next_at < 'infinity'
        ORDER BY next_at LIMIT 1
    ) AS d
    ORDER BY d.next_at LIMIT 1
) AS f
"""

# what another process held in memory when it ended, or when the partition was taken from it
RECOVER = """
UPDATE deliveries SET next_at = to_timestamp($2)
WHERE state = 'due' AND partition = $1 AND next_at IS NULL AND delivery_id <> ALL($3::uuid[])
"""

# lines whose first waits for one that has ended: possible where two copies wrote at the moment of a hand-over
UNBLOCK = """
UPDATE deliveries n SET next_at = to_timestamp($2)
FROM (
    SELECT DISTINCT ON (endpoint_id, line) delivery_id, next_at FROM deliveries
    WHERE state = 'due' AND line IS NOT NULL AND partition = $1 ORDER BY endpoint_id, line, number
) AS first
WHERE n.delivery_id = first.delivery_id AND first.next_at = 'infinity'
"""

# from endpoint to endpoint by the index: what is pending at each costs nothing
PENDING = """
WITH RECURSIVE lane AS (
    (SELECT endpoint_id FROM deliveries WHERE state = 'due' AND partition = $1 ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT d.endpoint_id FROM deliveries d
        WHERE d.state = 'due' AND d.partition = $1 AND d.endpoint_id > lane.endpoint_id ORDER BY d.endpoint_id LIMIT 1
    ) FROM lane WHERE lane.endpoint_id IS NOT NULL
)
SELECT lane.endpoint_id, coalesce(extract(epoch FROM (
    SELECT next_at FROM deliveries WHERE state = 'due' AND partition = $1 AND endpoint_id = lane.endpoint_id
        AND next_at < 'infinity' ORDER BY next_at LIMIT 1
)), 'infinity')::float8 AS next_at
FROM lane WHERE lane.endpoint_id IS NOT NULL
"""

COUNT = (
    "SELECT partition, count(*) FROM deliveries WHERE state = 'due' AND partition = ANY($1::int[]) GROUP BY partition"
)

PARK = """
UPDATE deliveries SET next_at = to_timestamp($2)
WHERE delivery_id = ANY($1::uuid[]) AND state = 'due' AND next_at IS NULL
"""

# one that ended begins its schedule anew, outside its line; one that waits for its time need not wait longer
RETRY = """
UPDATE deliveries d SET state = 'due', next_at = to_timestamp($2), ended_at = NULL,
    schedule_from = CASE WHEN d.state = 'due' THEN d.schedule_from ELSE d.attempts END,
    line = CASE WHEN d.state = 'due' THEN d.line END,
    alert_id = CASE WHEN d.state = 'due' THEN d.alert_id END,
    replay = d.replay OR d.state = 'delivered'
FROM deliveries old
WHERE d.delivery_id = ANY($1::uuid[]) AND old.delivery_id = d.delivery_id
    AND (d.state <> 'due' OR d.next_at < 'infinity')
RETURNING d.endpoint_id, d.partition, old.state <> 'due' AS again
"""

ASK_REPLAY = """
INSERT INTO replays (id, partition, endpoint_id, after_at, after_id, until, only_failed)
VALUES ($1, $2, $3, $4, '', $5, $6) ON CONFLICT DO NOTHING
"""

# one whose endpoint is busy gives way to the others
NEXT_REPLAY = """
SELECT *, endpoint_id = ANY($2::text[]) AS busy FROM replays WHERE partition = ANY($1::int[])
ORDER BY endpoint_id = ANY($2::text[]), id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
REPLAYED_ENDPOINTS = "SELECT DISTINCT endpoint_id FROM replays WHERE partition = ANY($1::int[])"
MOVE_REPLAY = "UPDATE replays SET after_at = $3, after_number = $4 WHERE id = $1 AND partition = $2"
END_REPLAY = "DELETE FROM replays WHERE id = $1 AND partition = $2"

LETTERS = """
SELECT message_id, accepted_at, number FROM letters
WHERE partition = $1 AND number IS NOT NULL AND (accepted_at, number) > ($2, $3) AND accepted_at <= $4
ORDER BY accepted_at, number LIMIT $5
"""

REPLAYABLE = """
SELECT delivery_id::text FROM deliveries
WHERE delivery_id = ANY($1::uuid[]) AND state <> 'due' AND (state NOT IN ('delivered', 'collapsed') OR NOT $2)
"""

# in the order in which they came; where the endpoint keeps one ($4), in lines of their own, that keep nothing new
# waiting: no customer's id has a space
REPLAY = """
WITH wanted AS (
    SELECT d.delivery_id, d.partition, d.endpoint_id, d.number, w.place,
        CASE WHEN $4 THEN 'replay of ' || coalesce(l.customer_id, '') END AS line
    FROM unnest($1::uuid[]) WITH ORDINALITY AS w(delivery_id, place)
    JOIN deliveries d USING (delivery_id) JOIN letters l USING (message_id)
    WHERE d.state <> 'due' AND (d.state NOT IN ('delivered', 'collapsed') OR NOT $3)
), placed AS (
    SELECT *, line IS NOT NULL AND (
        row_number() OVER (PARTITION BY line ORDER BY number) > 1 OR EXISTS (
            SELECT FROM deliveries e WHERE e.state = 'due' AND e.partition = wanted.partition
                AND e.endpoint_id = wanted.endpoint_id AND e.line = wanted.line
        )) AS waits
    FROM wanted
)
UPDATE deliveries d SET state = 'due', ended_at = NULL, schedule_from = d.attempts, line = p.line, alert_id = NULL,
    replay = true, next_at = CASE WHEN p.waits THEN 'infinity'
        ELSE to_timestamp($2) - (cardinality($1::uuid[]) - p.place) * interval '1 microsecond' END
FROM placed p WHERE d.delivery_id = p.delivery_id
RETURNING d.endpoint_id, d.partition, true AS again
"""

UNTOLD = """
SELECT id, records FROM reports WHERE id > $1 AND (owner = $4 OR at < to_timestamp($3)) ORDER BY id LIMIT $2
"""

KEEP_HEARTBEATS = """
INSERT INTO heartbeats AS h (endpoint_id, partition, period, sent_at, due_at)
SELECT *, $4::timestamptz, $4::timestamptz + period
FROM unnest($1::text[], $2::int[], $3::interval[]) AS asked(endpoint_id, partition, period)
ON CONFLICT (endpoint_id) DO UPDATE SET partition = excluded.partition, period = excluded.period,
    due_at = h.sent_at + excluded.period
WHERE (h.partition, h.period) <> (excluded.partition, excluded.period)
"""

END_HEARTBEATS = "DELETE FROM heartbeats WHERE endpoint_id = ANY($1::text[])"

DUE_HEARTBEATS = """
SELECT h.*, EXISTS (SELECT FROM deliveries d WHERE d.delivery_id = h.delivery_id AND d.state = 'due') AS under_way
FROM unnest($1::int[]) AS p(partition) CROSS JOIN LATERAL (
    SELECT * FROM heartbeats WHERE partition = p.partition AND due_at <= $2 ORDER BY due_at LIMIT $3
    FOR UPDATE SKIP LOCKED
) AS h
"""

NEXT_HEARTBEAT = """
SELECT min(h.due_at) FROM unnest($1::int[]) AS p(partition) CROSS JOIN LATERAL (
    SELECT due_at FROM heartbeats WHERE partition = p.partition ORDER BY due_at LIMIT 1
) AS h
"""

MOVE_HEARTBEAT = "UPDATE heartbeats SET due_at = $2 WHERE endpoint_id = $1"
SENT_HEARTBEAT = "UPDATE heartbeats SET due_at = $2, sent_at = $3, delivery_id = $4 WHERE endpoint_id = $1"

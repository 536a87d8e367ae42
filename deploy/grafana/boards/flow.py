from deploy.grafana.panel import Board, Panel, Query, quantiles

FLOW = Board(
    uid="chokepoint-flow",
    title="Flow",
    about="From the door to the webhook: does everything move, and how fast?",
    panels=(
        Panel(
            question="Can every service do its work?",
            means="1: every copy that answers is ready. At 0, /readyz of one of them says why not.",
            queries=(Query("sort(min by (job) (chokepoint_ready))", "{{job}}"),),
            shape="bars",
            unit="none",
            worry_below=1,
        ),
        Panel(
            question="What comes in, and what of it do we refuse?",
            means="Events a second by outcome. `rejected` is the sender's fault, `unavailable` is ours.",
            queries=(Query("sum by (outcome) (rate(chokepoint_events_ingested_total[5m]))", "{{outcome}}"),),
            shape="stack",
            unit="reqps",
        ),
        Panel(
            question="How long from an event to its webhook?",
            means="Until our first attempt (that is ours) and until the first 2xx (receivers that are away included).",
            queries=(
                *quantiles("first_attempt_seconds", 0.5, 0.99, what="attempt:"),
                *quantiles("end_to_end_seconds", 0.5, 0.99, what="2xx:"),
            ),
            unit="s",
            worry_from=1,
        ),
        Panel(
            question="How much of what we promise do we fail?",
            means="Of the last hour: later than 60 s (0.1 % is allowed), than 1 s (1 %); events refused (0.1 %).",
            queries=(
                Query("chokepoint:attempts_late:ratio_rate1h", "later than 60 s"),
                Query("chokepoint:attempts_slow:ratio_rate1h", "later than 1 s"),
                Query("chokepoint:events_unavailable:ratio_rate1h", "events answered 503"),
            ),
            unit="percentunit",
        ),
        Panel(
            question="Which stage is behind?",
            means="Records that wait, by the copy that reads them. A hill passes; a slope that goes on does not.",
            queries=(
                Query("sum by (job, instance, topic) (chokepoint_consumer_lag)", "{{topic}}: {{job}} {{instance}}"),
            ),
        ),
        Panel(
            question="How far behind is each stage?",
            means="How long it takes to work off what waits at the present pace. Who takes nothing is not here.",
            queries=(
                Query(
                    "sum by (job, instance, topic) (chokepoint_consumer_lag)"
                    " / (sum by (job, instance, topic) (rate(chokepoint_records_taken_total[5m])) > 0)",
                    "{{topic}}: {{job}} {{instance}}",
                ),
            ),
            unit="s",
            worry_from=300,
        ),
        Panel(
            question="What does each stage take a second?",
            means="The registry takes a tick a minute from `world` when nothing else happens.",
            queries=(Query("sum by (job, topic) (rate(chokepoint_records_taken_total[5m]))", "{{topic}}: {{job}}"),),
            unit="reqps",
        ),
        Panel(
            question="How long does each stage take?",
            means="99 of 100: a request at ingest, a text at the classifier, a batch at the scorer, an attempt.",
            queries=(
                *quantiles("ingest_seconds", 0.99, what="ingest:"),
                *quantiles("classify_seconds", 0.99, what="classifier:"),
                *quantiles("score_seconds", 0.99, what="scorer:"),
                *quantiles("delivery_seconds", 0.99, what="receivers:"),
            ),
            unit="s",
        ),
    ),
)

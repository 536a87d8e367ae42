from deploy.grafana.panel import Board, Panel, Query, quantiles

DELIVERY = Board(
    uid="chokepoint-delivery",
    title="Delivery",
    about="Webhooks: who gets them, who does not, and whose fault it is.",
    panels=(
        Panel(
            question="How do receivers answer?",
            means="Attempts a second by class of answer. `error` is no answer at all.",
            queries=(
                Query("sum by (status_class) (rate(chokepoint_delivery_attempts_total[5m]))", "{{status_class}}"),
            ),
            shape="stack",
            unit="reqps",
        ),
        Panel(
            question="What waits to be delivered?",
            means="Due, or waiting for its next attempt. It sinks by itself where receivers come back.",
            queries=(Query("sum(chokepoint_delivery_backlog)", "waiting"),),
        ),
        Panel(
            question="How many receivers are there, and how many fail?",
            means="One that fails is its owner's; a fifth of them at once is ours.",
            queries=(
                Query("max by (state) (chokepoint_endpoints)", "{{state}}"),
                Query("sum(chokepoint_endpoints_failing)", "failing"),
            ),
        ),
        Panel(
            question="How long has the worst receiver failed?",
            means="After five days it is disabled.",
            queries=(Query("max(chokepoint_endpoint_failing_seconds)", "since its last success"),),
            unit="s",
            worry_from=3 * 86_400,
        ),
        Panel(
            question="How long does a receiver take to answer?",
            means="Slow receivers keep nobody else waiting; at 15 s an attempt is given up.",
            queries=quantiles("delivery_seconds", 0.5, 0.99),
            unit="s",
        ),
        Panel(
            question="What became of the deliveries of the last hour?",
            means="`dead`: given up after ten attempts; `cancelled`: the endpoint is gone or was disabled.",
            queries=(Query("sort_desc(sum by (outcome) (increase(chokepoint_deliveries_total[1h])))", "{{outcome}}"),),
            shape="bars",
        ),
        Panel(
            question="What do we have to say?",
            means="Messages a second by severity. A flood is one act that concerns many, or a wrong signal.",
            queries=(Query("sum by (type, severity) (rate(chokepoint_alerts_total[5m]))", "{{type}} {{severity}}"),),
            shape="stack",
            unit="reqps",
        ),
        Panel(
            question="What could not be understood in the last hour?",
            means="Dead letters by topic: `dlq.reason` of each says why.",
            queries=(Query("sort_desc(sum by (topic) (increase(chokepoint_dead_letters_total[1h])))", "{{topic}}"),),
            shape="bars",
        ),
    ),
)

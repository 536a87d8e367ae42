from deploy.grafana.panel import Board, Panel, Query, quantiles

RISK = Board(
    uid="chokepoint-risk",
    title="Risk",
    about="How the world stands for our customers: scores, measures and their clocks.",
    panels=(
        Panel(
            question="Who is at the highest risk?",
            means="The highest scores: 40 elevated, 60 high, 80 severe.",
            queries=(
                Query("topk(15, max by (customer, material) (chokepoint_risk_score))", "{{customer}} {{material}}"),
            ),
            shape="bars",
            unit="none",
            worry_from=60,
        ),
        Panel(
            question="Which measures end by themselves next?",
            means="Days until a suspension or a measure runs out. Below 7: look for the act that prolongs it.",
            queries=(Query("bottomk(15, min by (measure) (chokepoint_measure_days_to_expiry))", "{{measure}}"),),
            shape="bars",
            unit="d",
            worry_below=7,
            may_be_empty="no measure that is known has an end",
        ),
        Panel(
            question="How do the measures stand?",
            means="Measures by state; a step is an act or a clock.",
            queries=(Query("sort_desc(max by (state) (chokepoint_measures))", "{{state}}"),),
            shape="bars",
        ),
        Panel(
            question="What waits for a human's word?",
            means="Suspensions that ran out, whose return nothing has confirmed.",
            queries=(Query("max(chokepoint_measures_unconfirmed)", "unconfirmed"),),
            shape="number",
            worry_from=1,
        ),
        Panel(
            question="Whom do we watch over?",
            means="Customers and their exposures, over all copies.",
            queries=(
                Query("sum(chokepoint_customers)", "customers"),
                Query("sum(chokepoint_exposures)", "exposures"),
            ),
        ),
        Panel(
            question="How fast are scores renewed?",
            means="Scores a second. A burst is a change that touches many.",
            queries=(Query("sum(rate(chokepoint_score_updates_total[5m]))", "scores"),),
            unit="reqps",
        ),
        Panel(
            question="How long does the scorer take for a batch?",
            means="A change that concerns fifty thousand customers takes half a second.",
            queries=quantiles("score_seconds", 0.5, 0.99),
            unit="s",
        ),
    ),
)

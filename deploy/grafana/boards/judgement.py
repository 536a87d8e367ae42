from deploy.grafana.panel import Board, Panel, Query, quantiles

READ = 'chokepoint_events_classified_total{type!="none"}'

JUDGEMENT = Board(
    uid="chokepoint-judgement",
    title="Judgement",
    about="What is read from the news, how sure we are, and whether that has changed.",
    panels=(
        Panel(
            question="What is read from the news?",
            means="Signals of the last hour by type. One that vanishes or floods is worth a look at its evidence.",
            queries=(Query(f"sort_desc(sum by (type) (increase({READ}[1h])))", "{{type}}"),),
            shape="bars",
        ),
        Panel(
            question="Does it say that it happened?",
            means="By what the text does with it: asserted, expected, speculated, denied.",
            queries=(Query(f"sum by (asserted) (rate({READ}[5m]))", "{{asserted}}"),),
            shape="stack",
            unit="reqps",
        ),
        Panel(
            question="Which share of the texts says nothing?",
            means="Most news does. A jump to 100 % means that nothing is read any more.",
            queries=(
                Query(
                    'sum(rate(chokepoint_events_classified_total{type="none"}[5m]))'
                    " / sum(rate(chokepoint_classify_seconds_count[5m]))",
                    "without a signal",
                ),
            ),
            unit="percentunit",
        ),
        Panel(
            question="How sure is the classifier?",
            means="Half, and nine in ten, of the signals kept are surer than this. Sinking for days: fit it anew.",
            queries=(
                Query(
                    "histogram_quantile(0.5, sum by (le) (rate(chokepoint_signal_confidence_bucket[1h])))", "half above"
                ),
                Query(
                    "histogram_quantile(0.1, sum by (le) (rate(chokepoint_signal_confidence_bucket[1h])))",
                    "nine in ten above",
                ),
            ),
            unit="percentunit",
        ),
        Panel(
            question="Has the mix of signals drifted?",
            means="Share of each type in the last hour less its share in the last day.",
            queries=(
                Query(
                    f"round(sum by (type) (rate({READ}[1h])) / scalar(sum(rate({READ}[1h])))"
                    f" - sum by (type) (rate({READ}[1d])) / scalar(sum(rate({READ}[1d]))), 0.001)",
                    "{{type}}",
                ),
            ),
            unit="percentunit",
            below_zero=True,
        ),
        Panel(
            question="What is considered and not kept?",
            means="Readings of the last hour below the line. Rising against the kept ones: language has changed.",
            queries=(Query("sort_desc(sum by (type) (increase(chokepoint_signals_dropped_total[1h])))", "{{type}}"),),
            shape="bars",
            may_be_empty="no reading fell below the line",
        ),
        Panel(
            question="Is it news?",
            means="Signals by novelty: `duplicate` and `stale` tell nobody anything.",
            queries=(Query("sum by (novelty) (rate(chokepoint_signals_total[5m]))", "{{novelty}}"),),
            shape="stack",
            unit="reqps",
        ),
        Panel(
            question="Which alerts were false alarms?",
            means="Of the verdicts that people gave in the last week, the share of false ones by the alert's kind.",
            queries=(
                Query(
                    'sum by (kind) (increase(chokepoint_feedback_total{verdict="false"}[7d]))'
                    " / (sum by (kind) (increase(chokepoint_feedback_total[7d])) > 0)",
                    "{{kind}}",
                ),
            ),
            shape="bars",
            unit="percentunit",
            may_be_empty="nobody has given a verdict this week",
        ),
        Panel(
            question="How long does a text take?",
            means="From a page in milliseconds to an article in a tenth of a second.",
            queries=quantiles("classify_seconds", 0.5, 0.99),
            unit="s",
        ),
        Panel(
            question="Does the encoder read?",
            means="1: yes. 0: the light model alone; were the encoder asked for, /readyz there says why it does not.",
            queries=(Query('min by (instance) (chokepoint_classifier_encoder{job="classifier"})', "{{instance}}"),),
        ),
        Panel(
            question="Which sources fell silent?",
            means="How long ago each was last heard. Far beyond its rhythm we are blind there.",
            queries=(Query("topk(20, min by (source) (chokepoint_source_age_seconds))", "{{source}}"),),
            shape="bars",
            unit="s",
            worry_from=86_400,
        ),
        Panel(
            question="How long does each usually pause?",
            means="Nights and weekends included. SourceSilent fires beyond three times this, and a day at least.",
            queries=(Query("topk(20, max by (source) (chokepoint_source_rhythm_seconds))", "{{source}}"),),
            shape="bars",
            unit="s",
            may_be_empty="no source has paused three times yet",
        ),
    ),
)

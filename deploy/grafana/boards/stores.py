from deploy.grafana.panel import Board, Panel, Query, quantiles

STORES = Board(
    uid="chokepoint-stores",
    title="Broker and stores",
    about="Kafka, PostgreSQL and the processes themselves, as far as we feel them.",
    panels=(
        Panel(
            question="Does the broker acknowledge in time?",
            means="A request at ingest ends with Kafka's word that it has the events on disk.",
            queries=quantiles("ingest_seconds", 0.5, 0.99),
            unit="s",
            worry_from=1,
        ),
        Panel(
            question="How long do changes wait to be told?",
            means="What people changed, until Kafka has it. Above some seconds Kafka does not take it.",
            queries=(Query("max(chokepoint_outbox_age_seconds)", "outbox"),),
            unit="s",
            worry_from=30,
        ),
        Panel(
            question="Does exactly one copy do what only one may do?",
            means="Registry and outbox, each exactly 1.",
            queries=(Query("sort_desc(sum by (role) (chokepoint_leads))", "{{role}}"),),
            shape="bars",
            unit="none",
            worry_below=1,
            worry_from=2,
        ),
        Panel(
            question="Which version runs?",
            means="Two versions of a service: an upgrade is under way.",
            queries=(Query("sort_desc(sum by (service, version) (chokepoint_build_info))", "{{service}} {{version}}"),),
            shape="bars",
            unit="none",
        ),
        Panel(
            question="How much memory does each process hold?",
            means="The largest copy. The scorer's grows with the customers; a slope without new ones is a leak.",
            queries=(Query("max by (job) (process_resident_memory_bytes)", "{{job}}"),),
            unit="bytes",
        ),
        Panel(
            question="How much of a core does each process use?",
            means="The busiest copy. At 100 % it is full: it needs another, or a faster core (registry).",
            queries=(Query("max by (job) (rate(process_cpu_seconds_total[5m]))", "{{job}}"),),
            unit="percentunit",
        ),
        Panel(
            question="How long has each process run?",
            means="The youngest copy. A saw is a process that ends and is started again.",
            queries=(Query("time() - max by (job) (process_start_time_seconds)", "{{job}}"),),
            unit="s",
        ),
        Panel(
            question="How many files and connections does each process hold open?",
            means="The copy with most. A slope is a leak.",
            queries=(
                Query("max by (job) (process_open_fds)", "{{job}}"),
                Query("max(chokepoint_stream_clients)", "clients of the live stream"),
            ),
        ),
    ),
)

"""What is done once: the log directory formatted, the database made, Java's class cache trained."""

from services.cli.box.kafka import KafkaBox
from services.cli.box.postgres import PostgresBox
from services.cli.box.training import format_log, train
from services.cli.supervisor.output import Output
from services.cli.supervisor.supervisor import Supervisor


async def prepare_kafka(supervisor: Supervisor, box: KafkaBox, output: Output) -> None:
    if box.class_cache and not box.class_cache.exists():
        output.say("preparing Kafka for quick starts; once on this machine, about 10 s")
        await train(supervisor, box, box.class_cache)
    box.lay_out()
    await format_log(supervisor, box)


async def prepare_postgres(supervisor: Supervisor, box: PostgresBox, output: Output) -> None:
    if not box.initialised:
        output.say("making the database")
        for spec, stdin in box.initialise():
            await supervisor.finish(spec, stdin)
        box.adopt()
    box.lay_out()

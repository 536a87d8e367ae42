"""One Kafka node (KRaft) on 127.0.0.1, its log in `$DATA_DIR/kafka`."""

import base64
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from services.cli.box.aot import cache_flags
from services.cli.box.java import java_command, java_environment
from services.cli.supervisor.spec import Listens, ProcessSpec

TEMPLATE = Path(__file__).parents[3] / "deploy" / "kafka" / "server.properties"


@dataclass(frozen=True, slots=True)
class KafkaBox:
    folder: Path
    class_path: Sequence[Path]
    broker_port: int
    controller_port: int
    class_cache: Path | None = None
    """Java's cache of loaded classes: up in a second instead of two."""

    def lay_out(self) -> None:
        """The configuration is written anew at every start: ports may have changed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        scratch = self.folder / "tmp"
        shutil.rmtree(scratch, ignore_errors=True)  # a killed broker leaves its native libraries there
        scratch.mkdir()
        settings = Template(TEMPLATE.read_text()).substitute(
            broker_port=self.broker_port, controller_port=self.controller_port
        )
        (self.folder / "server.properties").write_text(settings)

    @property
    def formatted(self) -> bool:
        return (self.folder / "log" / "meta.properties").exists()

    def format(self) -> ProcessSpec | None:
        """Formats beside the log's place: `adopt` puts it there whole, or a killed start leaves nothing."""
        if self.formatted:
            return None
        shutil.rmtree(self.folder / "new", ignore_errors=True)
        (self.folder / "new").mkdir()
        arguments = ("format", "-t", _cluster_id(), "-c", "../server.properties")
        return self._java("kafka-format", "kafka.tools.StorageTool", *arguments, cwd=self.folder / "new")

    def adopt(self) -> None:
        (self.folder / "new" / "log").replace(self.folder / "log")
        (self.folder / "new").rmdir()

    def broker(self, *flags: str) -> ProcessSpec:
        return self._java("kafka", "kafka.Kafka", "server.properties", cwd=self.folder, flags=flags)

    def _java(self, name: str, main: str, *arguments: str, cwd: Path, flags: Sequence[str] = ()) -> ProcessSpec:
        used = (*cache_flags(self.class_cache), f"-Djava.io.tmpdir={self.folder / 'tmp'}", *flags)
        return ProcessSpec(
            name=name,
            argv=java_command(main, *arguments, flags=used),
            env=java_environment(self.class_path),
            cwd=cwd,
            ready=Listens(self.broker_port),  # opened once the controller has let the broker in: it can work
            grace_s=2.0,
        )


def _cluster_id() -> str:
    """16 random bytes; never begins with a dash, which the tool would take for an option."""
    return "k" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]

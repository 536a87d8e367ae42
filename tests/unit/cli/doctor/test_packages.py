"""What is installed against the lock."""

from services.cli.doctor.packages import LOCK, compared, read_lock

TEXT = """\
aiokafka==0.14.0 \\
    --hash=sha256:01 \\
    --hash=sha256:02
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:03
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:04
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:05
Faust_Streaming==0.15.3
"""


def test_as_locked_whatever_the_spelling_and_without_what_other_systems_need() -> None:
    installed = {"aiokafka": "0.14.0", "numpy": "2.5.5", "faust-streaming": "0.15.3", "pip": "26"}
    assert compared(read_lock(TEXT), installed).state == "well"


def test_what_is_missing_or_other_is_named() -> None:
    finding = compared(read_lock(TEXT), {"aiokafka": "0.13.0", "numpy": "2.4.6"})
    assert finding.state == "broken"
    assert finding.found == "faust-streaming is missing, aiokafka 0.13.0 instead of 0.14.0"
    assert "make setup" in finding.advice


def test_the_lock_of_this_checkout_is_read_whole() -> None:
    pins = read_lock(LOCK.read_text())
    assert len(pins) > 90
    assert pins["faust-streaming"].versions == {"0.15.3"}

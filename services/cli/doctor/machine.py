"""The machine: its Python, its memory, the room on its disk."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from services.cli.doctor.finding import Finding, broken, odd, well
from services.cli.doctor.patient import Patient

OLDEST_PYTHON = (3, 11)
MB = 1_000_000
SYSTEM_NEEDS_MB = 1_000
"""Kafka, PostgreSQL and six services at work."""
DISK_SHORT_MB, DISK_FULL_MB = 2_000, 200


def machine(patient: Patient) -> Iterator[Finding]:
    yield python(sys.version_info[:3])
    # where it runs it has its memory already
    yield memory(psutil.virtual_memory().available // MB, needed_mb=0 if patient.running else SYSTEM_NEEDS_MB)
    yield disk(patient.data_dir, shutil.disk_usage(_standing(patient.data_dir)).free // MB)


def python(version: tuple[int, ...]) -> Finding:
    spoken = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return broken("Python", spoken, "3.11 or newer is needed: PYTHON=python3.11 make run")
    return well("Python", spoken)


def memory(free_mb: int, needed_mb: int) -> Finding:
    found = f"{free_mb:,} MB free"
    if free_mb < needed_mb:
        return odd("memory", found, f"the system takes about {needed_mb:,} MB: end something else")
    return well("memory", found)


def disk(folder: Path, free_mb: int) -> Finding:
    found = f"{free_mb:,} MB free at {folder}"
    if free_mb < DISK_FULL_MB:
        return broken("disk", found, "Kafka and PostgreSQL stop when it is full: make room, or set another DATA_DIR")
    if free_mb < DISK_SHORT_MB:
        return odd("disk", found, "topics are kept for months: make room before it is full")
    return well("disk", found)


def _standing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())

"""What is measured, and what is to be reached. A target is a relation between figures of one run."""

import statistics
from dataclasses import dataclass, field
from typing import Callable

from paths import incomplete, of
from servers import LIMIT, OTHERS, OURS, WINDOWED

MB = 1e6
# Name → bytes. Their content is random, from a seed.
FILES = {"probe.efi": 100, "loader.efi": 66 * 1024, "kernel.efi": 1 << 20, "short.efi": 64_000, "boot.efi": 4_000_000, "initrd.efi": 16 << 20, "image.efi": 200_000_000}


@dataclass(frozen=True)
class Target:
    """Our figure against `reference`: "others" (the best of them), "limit", or none, then `bound` is the figure itself."""
    relation: str  # "≥", "≤" or "<"
    bound: float
    reference: str = ""

    def holds(self, ratio):
        return {"≥": ratio >= self.bound, "≤": ratio <= self.bound, "<": ratio < self.bound}[self.relation]


@dataclass(frozen=True)
class Row:
    """A line of the table: a figure of every server."""
    label: str
    figure: Callable[[dict], float]
    form: str
    targets: tuple[Target, ...] = ()
    is_better_low: bool = False


@dataclass(frozen=True)
class Scenario:
    key: str
    title: str
    rows: tuple[Row, ...]
    load: str = ""  # tftpload's arguments; {file} is compared with
    file: str = ""
    seconds: int = 60  # after which the load gives up
    servers: tuple[str, ...] = (*OTHERS, LIMIT, OURS)
    kind: str = "load"  # "load": one server after the other; "together": all at a time; "start", "soak": see measure.py; "paths": see paths.py
    rounds: int | None = None  # at most; None: as many as asked for
    warm_up: bool = field(default=False)
    # Of "paths":
    clients: int = 1
    loss: float = 0  # percent, each way
    is_against_one: bool = False  # the same with windowsize 1, too
    all_paths: bool = False  # instead of some of them


def load(name, factor=1.0):
    return lambda result: result["load"][name] * factor


def cpu_a_boot(result):
    return result["cpu_s"] / result["load"]["ok"] * 1e6


def duration(result):
    return result["load"]["duration_us"]["p50"] / 1e6


def failures(result):
    return result["load"]["transfers"] - result["load"]["ok"]


def against(key):
    """1 where the other was not measured."""
    return lambda result: result.get(key, 1.0)


def paths_rows(share, worst_share, sent, worst_sent):
    """Shares of what a window protocol can reach at all; datagrams for each that was needed."""
    return (
        Row("× floor, median", of("share", statistics.median), "{:.2f}", (Target("≥", share),)),
        Row("× floor, least", of("share", min), "{:.2f}", (Target("≥", worst_share),)),
        Row("sent ÷ needed, median", of("sent", statistics.median), "{:.2f}", (Target("≤", sent),), is_better_low=True),
        Row("sent ÷ needed, most", of("sent", max), "{:.2f}", (Target("≤", worst_sent),), is_better_low=True),
        Row("× atftpd's speed, least", against("times_other"), "{:.2f}", (Target("≥", 0.95),)),
        Row("× atftpd's speed where a window exceeds the queue, median", against("times_other_beyond"), "{:.2f}", (Target("≥", 3),)),
        ALL_COMPLETE)


ALL_COMPLETE = Row("paths not completed", incomplete, "{:,.0f}", (Target("≤", 0),), is_better_low=True)
NO_FAILURE = Row("failed", failures, "{:,.0f}", (Target("≤", 0),), is_better_low=True)

SCENARIOS = [
    Scenario("S1", "one client, 16 MB, blksize 512, lock-step", (
        Row("blocks/s", load("blocks_per_s"), "{:,.0f}", (Target("≥", 2.5, "others"), Target("≥", 0.9, LIMIT))),),
        load="-S -e {file}", file="initrd.efi", warm_up=True),
    Scenario("S2", "the same, blksize 1428", (
        Row("blocks/s", load("blocks_per_s"), "{:,.0f}", (Target("≥", 2.3, "others"), Target("≥", 0.9, LIMIT))),),
        load="-S -b 1428 -e {file}", file="initrd.efi", warm_up=True),
    Scenario("S3", "64 clients at a time, 4,000 boots of 66 KB, blksize 1432, tsize", (
        Row("boots/s", load("transfers_per_s"), "{:,.0f}", (Target("≥", 1.3, "others"),)),
        Row("server CPU µs/boot", cpu_a_boot, "{:,.0f}", (Target("≤", 1.15, LIMIT),), is_better_low=True)),
        load="-S -c 64 -n 4000 -b 1432 -T -e {file}", file="loader.efi"),
    Scenario("S4w8", "one client, 200 MB, blksize 1428, windowsize 8", (
        Row("MB/s", load("MB_per_s"), "{:,.0f}", (Target("≥", 2.2, "others"), Target("≥", 0.8, LIMIT))),),
        load="-S -b 1428 -w 8 -e {file}", file="image.efi", rounds=5, warm_up=True),
    Scenario("S4w64", "the same, windowsize 64", (
        Row("MB/s", load("MB_per_s"), "{:,.0f}", (Target("≥", 3.0, "others"), Target("≥", 0.8, LIMIT))),),
        load="-S -b 1428 -w 64 -e {file}", file="image.efi", warm_up=True),
    Scenario("S5", "10,000 clients at a time, 1 MB each, blksize 1428, 50 ms round trip", (
        NO_FAILURE,
        Row("peak MB", lambda result: result["memory_peak"] / MB, "{:,.0f}", (Target("<", 100),), is_better_low=True),
        Row("server CPU s", lambda result: result["cpu_s"], "{:,.1f}", (Target("≤", 1.5, LIMIT),), is_better_low=True)),
        load="-c 10000 -n 10000 -b 1428 -d 50 -t 3000 -r 20 -v {file}", file="kernel.efi", seconds=180, servers=(LIMIT, OURS), rounds=1),
    Scenario("S6", "50 clients, 1 MB, blksize 1428, 50 ms round trip, 1 % loss each way, lock-step", (
        Row("median s", duration, "{:,.1f}", (Target("≤", 0.8, "others"),), is_better_low=True), NO_FAILURE),
        load="-c 50 -n 50 -b 1428 -d 50 -l 1 -Z {seed} -v {file}", file="kernel.efi", seconds=180, servers=(*OTHERS, OURS),
        kind="together", rounds=1),
    Scenario("S6w16", "the same, windowsize 16", (
        Row("median s", duration, "{:,.1f}", (Target("≤", 0.8, "others"),), is_better_low=True), NO_FAILURE),
        load="-c 50 -n 50 -b 1428 -w 16 -d 50 -l 1 -Z {seed} -v {file}", file="kernel.efi", seconds=120, servers=(WINDOWED, OURS),
        kind="together", rounds=3),
    Scenario("S7", "start; then 60 s idle", (
        Row("ms to first byte", lambda result: result["first_byte_ms"], "{:,.1f}", (Target("<", 20),), is_better_low=True),
        Row("MB at rest", lambda result: result["memory_at_rest"] / MB, "{:,.1f}", (Target("<", 10),), is_better_low=True),
        Row("CPU s when idle", lambda result: result["cpu_idle_s"], "{:,.2f}", (Target("<", 0.05),), is_better_low=True)),
        file="loader.efi", servers=(*OTHERS, OURS), kind="start", rounds=1),
    Scenario("S8", "500,000 boots of 66 KB at full rate", (
        NO_FAILURE,
        Row("growth after a tenth, MB", lambda result: result["growth"] / MB, "{:,.1f}", (Target("<", 1),), is_better_low=True)),
        load="-S -c 64 -n 500000 -b 1432 -T -v {file}", file="loader.efi", seconds=500, servers=(OURS,), kind="soak", rounds=1),
    Scenario("S9", "one client, 4 MB, blksize 1428, behind links of 5 to 100 Mbit/s, 10 to 150 ms, queues of 16 to 256 KiB, windowsize 4 to 64",
        paths_rows(0.95, 0.75, 1.05, 1.15), file="boot.efi", servers=(WINDOWED, OURS), kind="paths", rounds=1),
    Scenario("S9l", "the same, 0.5 % loss each way",
        paths_rows(0.85, 0.6, 1.3, 1.3), file="boot.efi", servers=(WINDOWED, OURS), kind="paths", rounds=1, loss=0.5),
    Scenario("S9s", "the same without loss, 64 KB", (
        Row("× the speed with windowsize 1, least", against("times_one"), "{:.2f}", (Target("≥", 1),)), ALL_COMPLETE),
        file="short.efi", servers=(WINDOWED, OURS), kind="paths", rounds=1, is_against_one=True),
    Scenario("S9m", "20 clients behind one such link, 1 MB each, windowsize 16", (
        Row("× what the link or the round trips allow, least", of("together", min), "{:.2f}", (Target("≥", 0.8),)),
        Row("slowest client ÷ median, least", of("slowest", min), "{:.2f}", (Target("≥", 0.5),)), ALL_COMPLETE),
        file="kernel.efi", servers=(WINDOWED, OURS), kind="paths", rounds=1, clients=20),
]

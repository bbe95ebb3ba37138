"""What is done to a server, what is read off it, and what flytftp has to reach."""

from dataclasses import dataclass, field
from typing import Callable

KB, MB = 1e3, 1e6
SIZE = 1_000_000
ALLOWANCE, ALLOWANCE_RATE = 256 * 1024, 16 * 1024
# The window that was asked for, and what probes for its end.
FIRST_FLIGHT = (64 + 3) * 1432

# The honest, each in a network of its own: most with options, the rest as RFC 1350 has it.
WITH_OPTIONS = "honest,count=50,blk=1428,win=8,rtt=2"
PLAIN = "honest,count=20,rtt=2"
FEW = "honest,count=5,blk=1428,win=8,rtt=2,spread=0.1"
CROWD = "203.0.113"


@dataclass
class Result:
    """One run: the C program's figures, and what was asked of the server."""
    figures: dict
    alive: bool
    health: str
    peak: int | None
    log: int
    calm: float | None = None  # Median of the honest without an attack, seconds.
    slack: float = 1  # On what takes time: in the short form the machine may be busy with other things.

    @property
    def factor(self):
        return self.figures["victims"]["bytes"] / max(1, self.figures["attack"]["bytes"])

    @property
    def seconds(self):
        return self.figures["seconds"]

    def ok(self, group=0):
        return self.figures["honest"][group]["ok"]

    def median(self, group=0):
        return self.figures["honest"][group]["median"]


@dataclass
class Row:
    name: str
    what: str
    parts: list[str]
    seconds: float
    show: Callable
    goal: str = ""
    reached: Callable | None = None
    short: list[str] | None = None  # The parts of the short form; none: the row is not in it.
    arguments: list[str] = field(default_factory=list)  # flytftp's.
    memory: int | None = None  # Bytes.
    ours_only: bool = False


def factor(result):
    return f"{result.factor:,.1f} ×"


def factor_and_bytes(result):
    return f"{result.factor:,.1f} ×, {result.figures['victims']['bytes'] / KB:,.0f} kB"


def served(result):
    groups = result.figures["honest"]
    return " + ".join(str(group["ok"]) for group in groups) + " of " + " + ".join(str(group["count"]) for group in groups) + (
        f", median {groups[0]['median']:.1f} s" if groups[0]["ok"] else "")


def served_and_health(result):
    return served(result) + (f", healthz {result.health}" if result.health else "")


def served_and_log(result):
    return f"{served(result)}, log {result.log / result.seconds / KB:,.1f} kB/s"


def memory(result):
    return ("" if result.alive else "ended; ") + (f"{result.peak / MB:,.0f} MB" if result.peak else "–")


def served_or_ended(result):
    return served(result) if result.alive else "ended"


def within_allowance(result):
    """Of one network: what it may have, and beyond that no more than came in."""
    allowed = ALLOWANCE + ALLOWANCE_RATE * result.seconds + result.figures["attack"]["bytes"]
    return result.figures["victims"]["bytes"] <= allowed


def all_ok(result):
    return all(group["ok"] == group["count"] for group in result.figures["honest"])


def undisturbed(result):
    return all_ok(result) and (result.calm is None or result.median() <= result.slack * (2 * result.calm + 0.1))


def all_within(seconds):
    return lambda result: all_ok(result) and result.median() <= result.slack * seconds


def all_healthy(result):
    return all_within(2)(result) and result.health == "200"


ROWS = [
    Row("calm", "no attack: 50 + 20 honest clients, 1 MB",
        [WITH_OPTIONS, PLAIN], 60, served, "all", all_ok, [WITH_OPTIONS, PLAIN]),
    Row("plain", "forged plain RRQ",
        ["rrq,count=10,rate=10", "wait,for=40"], 60, factor, "≤ 28 ×", lambda r: r.factor <= 28,
        ["rrq,count=10,rate=10", "wait,for=9"]),
    Row("options", "forged RRQ with options",
        ["rrq,count=10,rate=10,options=some", "wait,for=40"], 60, factor, "≤ 3 ×", lambda r: r.factor <= 3,
        ["rrq,count=10,rate=10,options=some", "wait,for=9"]),
    Row("ack0", "RRQ with options and one guessed ACK 0",
        ["stream,victims=1,rate=2,acks=1", "wait,for=40"], 60, factor_and_bytes, "≤ 3 × and one first flight",
        lambda r: r.figures["victims"]["bytes"] <= 3 * r.figures["attack"]["bytes"] + FIRST_FLIGHT,
        ["stream,victims=1,rate=2,acks=1", "wait,for=8"]),
    Row("stream", "windowsize 64, guessed ACK 0, 1, 2 … at 1000/s for 10 s",
        ["stream,victims=1,rate=1000,for=10", "wait,for=20"], 60, factor_and_bytes, "≤ 256 KB + 16 KB/s, beyond it ≤ 1 ×", within_allowance,
        ["stream,victims=1,rate=1000,for=6", "wait,for=8"]),
    Row("streams", "16 such senders of one /24, 10,000/s in all, asking anew each second, for 60 s",
        ["stream,victims=16,net=203.0.113,rate=10000,for=60,again=1"], 90, factor_and_bytes, "≤ 256 KB + 16 KB/s, beyond it ≤ 1 ×", within_allowance,
        ["stream,victims=16,net=203.0.113,rate=10000,for=12,again=1"]),
    Row("leaps", "the same, 100/s in all, a whole window a step",
        ["stream,victims=16,net=203.0.113,rate=100,for=60,again=5,step=64"], 90, factor_and_bytes, "≤ 256 KB + 16 KB/s, beyond it ≤ 1 ×",
        within_allowance),
    Row("network", "10,000 forged plain RRQ in 10 s from one /24",
        ["rrq,net=203.0.113,rate=1000,for=10", "wait,for=20"], 60, factor, "≤ 5 ×", lambda r: r.factor <= 5,
        ["rrq,net=203.0.113,rate=1000,for=10", "wait,for=11"]),
    Row("flood", "600 forged plain RRQ/s from everywhere; after 30 s 50 + 20 honest clients",
        ["rrq,rate=600,for=60", WITH_OPTIONS + ",at=30", PLAIN + ",at=30"], 100, served, "all, median ≤ 2 × calm", undisturbed,
        ["rrq,rate=600,for=20", WITH_OPTIONS + ",at=8,giveup=12", PLAIN + ",at=8,giveup=12"]),
    Row("crowd", "1000 forged plain RRQ/s in the honest clients' own /24",
        ["rrq,net=203.0.113,rate=1000,for=40", "honest,count=20,net=203.0.113,blk=1428,win=8,rtt=2,at=3"], 80, served, "≥ 18 of 20",
        lambda r: r.ok() >= 18,
        ["rrq,net=203.0.113,rate=1000,for=15", "honest,count=20,net=203.0.113,blk=1428,win=8,rtt=2,at=3,giveup=12"]),
    Row("error", "forged ERROR at every port of 20 clients in mid-transfer",
        ["honest,count=20,blk=1428,rtt=20", "sweep,what=error,rate=100000,at=1"], 90, served, "all", all_ok,
        ["honest,count=20,blk=1428,rtt=20,giveup=5", "sweep,what=error,rate=150000,at=1"]),
    Row("request", "forged RRQ at every port of 20 clients in mid-transfer",
        ["honest,count=20,blk=1428,rtt=20", "sweep,what=rrq,rate=100000,at=1"], 90, served, "all", all_ok),
    Row("icmp", "forged ICMP port unreachable at every port of 20 clients in mid-transfer",
        ["honest,count=20,blk=1428,rtt=20", "sweep,what=icmp,rate=100000,at=1"], 90, served, "all", all_ok),
    Row("slow-one", "16,384 sessions of one address, blksize 8, one ACK each per 20 s",
        ["slow,count=16384,from=one,blk=8", FEW + ",at=8"], 45, served_and_health, "all in ≤ 2 s, healthz 200",
        all_healthy,
        ["slow,count=16384,from=one,blk=8", FEW + ",at=8,giveup=6"], ours_only=True),
    Row("slow-many", "the same from 16,384 addresses",
        ["slow,count=16384,from=many,blk=8", FEW + ",at=8"], 45, served_and_health, "all in ≤ 2 s, healthz 200",
        all_healthy, ours_only=True),
    Row("timeout", "600 forged RRQ with timeout=255 against 546 sessions",
        ["rrq,count=600,rate=600,options=timeout", FEW + ",at=3"], 45, served, "all in ≤ 4 s", all_within(4),
        ["rrq,count=600,rate=600,options=timeout", FEW + ",at=3,giveup=6"], arguments=["--sessions-max", "546"], ours_only=True),
    Row("half-open", "100,000 forged RRQ with 16 options in 5 s: peak memory",
        ["rrq,rate=20000,for=5,options=many", "wait,for=8"], 30, memory, "≤ 48 MB", lambda r: r.alive and r.peak <= 48 * MB,
        ["rrq,rate=20000,for=5,options=many", "wait,for=6"]),
    Row("confined", "the same with 32 MB of memory, and 5 honest clients",
        ["rrq,rate=20000,for=5,options=many", FEW + ",at=6"], 45, served_or_ended, "serves on", lambda r: r.alive and all_ok(r),
        ["rrq,rate=20000,for=5,options=many", FEW + ",at=6,giveup=6"], memory=32 << 20, ours_only=True),
    Row("garbage", "garbage, 129,000/s",
        ["garbage,rate=129000,for=12", FEW + ",at=3"], 45, served_and_log, "all in ≤ 2 s, log ≤ 10 kB/s",
        lambda r: all_within(2)(r) and r.log / r.seconds <= 10 * KB,
        ["garbage,rate=129000,for=8", FEW + ",at=2,giveup=6"]),
    Row("classroom", "500 honest machines of one /24 in the same instant, windowsize 64, restarting after 3 s",
        ["honest,count=500,net=203.0.113,blk=1428,win=64,rtt=2,restart=3,spread=0"], 60, served, "all", all_ok,
        ["honest,count=500,net=203.0.113,blk=1428,win=64,rtt=2,restart=3,spread=0"]),
]

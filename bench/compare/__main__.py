"""Measures flytftp, other TFTP servers and the limit of the machine, in one run, and says which targets are reached.

Needs Linux with two cores, root (packages by apt, a network namespace, cgroups) and the .NET SDK. All of it takes 20 to 25 minutes.
Everything is built below artifacts/bench; the figures of each single run go to a JSON file there.
"""

import argparse
import dataclasses
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report
from accounting import Account
from build import HERE, REPOSITORY, build, versions
from measure import measure
from scenarios import FILES, SCENARIOS
from servers import LAUNCH, MACHINE, SERVER_CORE, enter_own_network

SEED = 1350
BASELINE = HERE / "baseline.md"
BEGIN, END = "<!-- written by bench/compare.sh --baseline -->", "<!-- to here -->"


def main():
    arguments = parse()
    if os.geteuid() != 0:
        raise SystemExit("compare: run it as root: it installs packages and uses port 69 in a network namespace of its own")
    if len(os.sched_getaffinity(0) & {0, 1}) < 2:
        raise SystemExit("compare: the server and the load need a core each (0 and 1)")
    # What runs is ended on every way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("compare: terminated"))

    chosen = [dataclasses.replace(scenario, all_paths=arguments.all_paths) for scenario in SCENARIOS if not arguments.only or any(scenario.key.startswith(key) for key in arguments.only)]
    tools = REPOSITORY / "artifacts" / "bench"
    if not arguments.no_build:
        say("building")
        build(tools, arguments.servers)
    version_of = versions(tools, arguments.servers)
    costs = machine_costs(tools)
    enter_own_network()
    measured = []
    try:
        with tempfile.TemporaryDirectory(prefix="tftp-compare-") as root:
            folder = Path(root)
            folder.chmod(0o755)  # Servers that become nobody read it too.
            write_files(folder, {"probe.efi", *(scenario.file for scenario in chosen)})
            for scenario in chosen:
                measured.append((scenario, run(scenario, arguments, folder, tools)))
    finally:
        # Also of a run that was ended before its time: what was measured was measured.
        if measured:
            text = tell(measured, version_of, costs, arguments)
    if arguments.baseline:
        keep(text)


def tell(measured, version_of, costs, arguments):
    """Prints the tables, writes every figure to the JSON file, and returns what was printed."""
    text = "\n\n".join((report.conditions(version_of, [scenario for scenario, _ in measured], arguments.rounds, costs),
                        report.table(measured, arguments.servers), report.cost(measured, arguments.servers)))
    print(text, flush=True)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps({
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": report.machine(), "costs": costs, "versions": version_of,
        "cpu": Account.cpu_source, "memory": Account.memory_source, "targets": report.verdicts(measured),
        "scenarios": {scenario.key: {"title": scenario.title, "load": scenario.load, "results": results} for scenario, results in measured},
    }, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"every figure: {os.path.relpath(arguments.json)}")
    return text


def parse():
    parser = argparse.ArgumentParser(prog="bench/compare.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=words, default=[], metavar="S1,S4", help="these scenarios only; S4 is S4w8 and S4w64")
    parser.add_argument("--servers", type=words, default=list(LAUNCH), metavar="NAME,NAME", help=f"of {','.join(LAUNCH)} (all)")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="how often each is measured (7); long scenarios less often")
    parser.add_argument("--all-paths", action="store_true", help="S9 over all of its 180 paths instead of some: up to an hour more")
    parser.add_argument("--no-build", action="store_true", help="measure what the last run has built")
    parser.add_argument("--json", type=Path, default=REPOSITORY / "artifacts" / "bench" / "compare.json", metavar="FILE", help="where the figures go")
    parser.add_argument("--baseline", action="store_true", help="write the table to bench/baseline.md too")
    arguments = parser.parse_args()
    keys = [scenario.key for scenario in SCENARIOS]
    for key in arguments.only:
        if not any(known.startswith(key) for known in keys):
            parser.error(f"--only {key}: there are {', '.join(keys)}")
    for name in arguments.servers:
        if name not in LAUNCH:
            parser.error(f"--servers {name}: there are {', '.join(LAUNCH)}")
    if arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    return arguments


def words(text):
    return [word for word in text.split(",") if word]


def machine_costs(tools):
    """Of a system call and of copying, on the server's core."""
    said = subprocess.run([tools / MACHINE], stdout=subprocess.PIPE, check=True, preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}))
    return json.loads(said.stdout)


def write_files(folder, names):
    for name in sorted(names):
        (folder / name).write_bytes(random.Random(f"{SEED} {name}").randbytes(FILES[name]))


def run(scenario, arguments, folder, tools):
    """Server → its results, one a round. The order turns by one each round, so that nobody always goes first."""
    names = [name for name in arguments.servers if name in scenario.servers]
    results = {name: [] for name in names}
    for number in range(min(arguments.rounds, scenario.rounds or arguments.rounds) if names else 0):
        say(f"{scenario.key} round {number + 1}: {scenario.title}")
        turn = number % len(names)
        for name, result in measure(scenario, names[turn:] + names[:turn], folder, tools, number + 1).items():
            results[name].append(result)
    return results


def keep(text):
    page = BASELINE.read_text(encoding="utf-8")
    if BEGIN not in page or END not in page:
        raise SystemExit(f"compare: {BASELINE.name} lacks the two marks between which the table goes")
    BASELINE.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n\n{text}\n\n{END}", page, flags=re.DOTALL), encoding="utf-8")


def say(text):
    print(f"compare: {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        raise SystemExit(f"compare: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("compare: interrupted") from None

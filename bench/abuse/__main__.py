"""Attacks each server in turn, prints a table, and says of flytftp what it has not reached."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "compare"))

import build  # noqa: E402, of bench/compare
from rows import ROWS, SIZE, Result  # noqa: E402
from stage import LAUNCH, OURS, Server, Stage  # noqa: E402

SKIPPED = 77


def arguments():
    parser = argparse.ArgumentParser(prog="bench/abuse.sh", description=(
        "Attacks flytftp, and the other TFTP servers that Debian has, in two network namespaces of its own: forged requests, guessed ACKs, "
        "floods, slow readers, beside honest clients. As root, on Debian; half an hour, or under four minutes with --short. Nothing leaves "
        "the namespaces. Exit code 0: flytftp has reached every figure that was judged; 1: it has not; 77: no namespace to be had."))
    parser.add_argument("--short", action="store_true", help="a short form of the rows, flytftp only")
    parser.add_argument("--rows", help="only these, separated by commas: " + ", ".join(row.name for row in ROWS))
    parser.add_argument("--servers", default=",".join(LAUNCH), help="only these, separated by commas; default: %(default)s")
    parser.add_argument("--judge", help="of the rows, judge only these; default: all")
    parser.add_argument("--program", type=Path, help="a flytftp that is built already")
    parser.add_argument("--tools", type=Path, default=Path(tempfile.gettempdir()) / "tftp-compare", help="where to build and unpack; default: %(default)s")
    return parser.parse_args()


def chosen(text, known, what):
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"abuse: no {what} {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def prepare(options, servers):
    """The C program and whatever of the servers is not there yet; where each is."""
    others = [name for name in servers if name != OURS]
    build.build(options.tools, others + ([OURS] if OURS in servers and not options.program else []))
    subprocess.run(["gcc", "-O2", "-o", options.tools / "abuse", HERE.parent / "abuse.c"], check=True)
    return options.program.resolve() if options.program else options.tools / "publish" / "flytftp"


def measure(stage, row, server, program, options, root, calm):
    parts = row.short if options.short else row.parts
    ours = server == OURS
    with Server(stage, server, program, options.tools, root, row.arguments if ours else (), row.memory if ours else None) as running:
        figures = stage.attack(options.tools / "abuse", "kernel.efi", SIZE, row.seconds, parts)
        result = Result(figures, running.is_alive(), running.health() if ours else "", running.peak_memory(), running.log_bytes(), calm,
                        slack=4 if options.short else 1)
    if figures["lost"] or figures["unsent"]:
        print(f"abuse: {row.name}, {server}: {figures['lost']} datagrams were not seen, {figures['unsent']} not sent", file=sys.stderr)
    return result


def main():
    options = arguments()
    names = chosen(options.rows, [row.name for row in ROWS], "row") if options.rows else [row.name for row in ROWS]
    rows = [row for row in ROWS if row.name in names and (row.short or not options.short)]
    servers = [OURS] if options.short else chosen(options.servers, list(LAUNCH), "server")
    judged = chosen(options.judge, [row.name for row in ROWS], "row") if options.judge else [row.name for row in rows]
    if os.geteuid() != 0:
        print("abuse: skipped, since it needs root, to make network namespaces")
        return SKIPPED
    program = prepare(options, servers)
    missed, began = [], time.monotonic()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        root = Path(folder) / "root"
        root.mkdir()
        (root / "kernel.efi").write_bytes(os.urandom(SIZE))
        os.chmod(folder, 0o755)
        try:
            stage = stack.enter_context(Stage(Path(folder)))
        except subprocess.CalledProcessError as error:
            print(f"abuse: skipped, since there is no network namespace to be had here: {error.stderr.strip()}")
            return SKIPPED
        print("| " + " | ".join(["attack", *servers, "flytftp has to reach"]) + " |")
        print("|---|" + "--:|" * len(servers) + "---|", flush=True)
        calm = {}
        for row in rows:
            cells = []
            for server in servers:
                if row.ours_only and server != OURS:
                    cells.append("–")
                    continue
                try:
                    result = measure(stage, row, server, program, options, root, calm.get(server))
                except (RuntimeError, subprocess.SubprocessError) as error:
                    cells.append("not measured")
                    print(f"abuse: {row.name}, {server}: {error} {getattr(error, 'stderr', '') or ''}", file=sys.stderr)
                    if server == OURS and row.name in judged:
                        missed.append(row.name)
                    continue
                if row.name == "calm":
                    calm[server] = result.median()
                cell = row.show(result)
                if server == OURS and row.reached and not row.reached(result):
                    cell += " (missed)"
                    if row.name in judged:
                        missed.append(row.name)
                cells.append(cell)
            print("| " + " | ".join([row.what, *cells, row.goal]) + " |", flush=True)
    print(f"abuse: {time.monotonic() - began:.0f} s" + (f"; missed: {', '.join(missed)}" if missed else ""), file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

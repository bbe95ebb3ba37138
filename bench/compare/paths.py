"""S9: one transfer behind a slower link with a short queue, over many such paths. tftpload simulates the link."""

import contextlib
import random
import statistics
import time
from dataclasses import dataclass, replace

import client
from servers import WINDOWED, Server

BLOCK, PACKET = 1428, 1428 + 4 + 28  # Bytes: of the file, and on the link.
RATES, TRIPS, QUEUES, WINDOWS = (5, 20, 100), (10, 40, 150), (16, 32, 64, 256), (4, 8, 16, 32, 64)
# What they send at a time, all together, is bounded, so that one core can play all of their links.
AT_A_TIME, MEGABITS_AT_A_TIME = 12, 200
CLIENT_TIMER = 5000  # ms, U-Boot's.
SHARED_WINDOW = 16


@dataclass(frozen=True)
class Path:
    mbit: int
    trip: int  # ms
    queue: int  # KiB
    window: int

    def seconds(self, size):
        """What a window protocol needs at least."""
        windows, rest = divmod(size // BLOCK + 1, self.window)
        return (windows * self.window + rest) * PACKET * 8 / 1e6 / self.mbit + (windows + (rest > 0)) * self.trip / 1e3

    def megabits(self):
        """What it can carry a second."""
        return self.window * BLOCK * 8 / 1e6 / self.seconds((self.window - 1) * BLOCK)

    def seconds_together(self, size, clients):
        """The same for several at a time, of whom the link has the most to do, or each his round trips."""
        return max(self.seconds(size), clients * (size // BLOCK + 1) * PACKET * 8 / 1e6 / self.mbit)

    def exceeds_queue(self):
        return self.window * PACKET > self.queue * 1024


ALL = [Path(mbit, trip, queue, window) for mbit in RATES for trip in TRIPS for queue in QUEUES for window in WINDOWS]
# Of each rate, round trip and queue some, and all windows; the slowest, which take minutes, are left to --all-paths.
SOME = [path for number, path in enumerate(ALL) if number % 7 == 0 and path.trip / path.window < 15]


def measure(scenario, names, file, tools):
    """Server → result, with one entry a path in "paths"."""
    paths = ALL if scenario.all_paths else SOME
    if scenario.clients > 1:
        paths = [path for path in ALL if path.window == SHARED_WINDOW and (scenario.all_paths or path.trip == 40)]
    results = {}
    for name in names:
        with Server(name, file, tools) as server:
            cpu = server.cpu_seconds()
            results[name] = {"paths": _walk(scenario, server, file, tools, paths), "cpu_s": server.cpu_seconds() - cpu,
                             "memory_peak": server.memory_peak()}
            if scenario.is_against_one:
                links = list(dict.fromkeys(replace(path, window=1) for path in paths))
                single = dict(zip(links, _walk(scenario, server, file, tools, links)))
                results[name]["times_one"] = min(_faster(entry, single[replace(path, window=1)]) for path, entry in zip(paths, results[name]["paths"]))
            server.demand_alive()
    other = results.get(WINDOWED)
    for result in results.values() if other else ():
        pairs = list(zip(result["paths"], other["paths"]))
        result["times_other"] = min(_faster(*pair) for pair in pairs)
        result["times_other_beyond"] = statistics.median([_faster(*pair) for pair in pairs if pair[0]["beyond"]] or [1])
    return results


def _walk(scenario, server, file, tools, paths):
    """Several paths at a time; a path's entry says what was sent and how long it took."""
    # Shuffled, so that the slow and the fast ones are mixed.
    waiting = random.Random(9).sample(paths, len(paths))
    running, done = [], {}
    with contextlib.ExitStack() as stack:
        while waiting or running:
            while waiting and len(running) < AT_A_TIME and sum(path.megabits() for path, _ in running) <= MEGABITS_AT_A_TIME:
                path = waiting.pop(0)
                load = client.start(server, file, tools, _patience(scenario, path, file.stat().st_size), _arguments(scenario, path, file))
                stack.callback(load.kill)
                running.append((path, load))
            time.sleep(0.02)
            for entry in [entry for entry in running if entry[1].poll() is not None]:
                running.remove(entry)
                done[entry[0]] = _entry(scenario, *entry, file.stat().st_size)
    return [done[path] for path in paths]


def _patience(scenario, path, size):
    """Seconds, after which a load gives up."""
    return round(10 + 3 * path.seconds_together(size, scenario.clients))


def _arguments(scenario, path, file):
    return (f"-e {file} -b {BLOCK} -w {path.window} -R {path.mbit} -Q {path.queue} -d {path.trip} -l {scenario.loss} "
            f"-Z {path.mbit * path.trip * path.queue * path.window} -t {CLIENT_TIMER} -r 10 -c {scenario.clients} -n {scenario.clients}")


def _entry(scenario, path, load, size):
    said = client.finish(load, _patience(scenario, path, size))
    blocks = size // BLOCK + 1
    complete = said["ok"] == scenario.clients
    return {
        "mbit": path.mbit, "rtt": path.trip, "queue": path.queue, "window": path.window, "beyond": path.exceeds_queue(),
        "complete": complete, "seconds": said["seconds"], "share": path.seconds(size) / said["seconds"] if complete else 0.0,
        "together": path.seconds_together(size, scenario.clients) / said["seconds"] if complete else 0.0, "sent": said["data"] / blocks / scenario.clients,
        "slowest": said["duration_us"]["p50"] / said["duration_us"]["max"] if complete else 0.0,
    }


def _faster(one, other):
    """How many times faster than the other one has been."""
    return other["seconds"] / one["seconds"] if one["complete"] else 0.0


def of(key, which):
    """A figure: `which` (a median, the least …) of what the paths say of `key`."""
    return lambda result: which([path[key] for path in result["paths"]])


def incomplete(result):
    return sum(not path["complete"] for path in result["paths"])

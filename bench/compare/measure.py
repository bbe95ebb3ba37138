"""Runs a scenario once against one server, or against all of them at a time. A result is what the JSON file holds."""

import contextlib
import statistics
import time

import client
import paths
from servers import Server

IDLE_SECONDS = 60
STARTS = 9


def measure(scenario, names, folder, tools, round_number):
    """Server → result."""
    file = folder / scenario.file
    if scenario.kind == "together":
        return _together(scenario, names, file, tools, round_number)
    if scenario.kind == "paths":
        return paths.measure(scenario, names, file, tools)
    if scenario.kind == "start":
        return _starts(names, file, tools)
    return {name: _alone(scenario, name, file, tools, round_number) for name in names}


def _alone(scenario, name, file, tools, round_number):
    with Server(name, file, tools) as server:
        if scenario.warm_up:
            client.finish(_load(scenario, server, file, tools, round_number), scenario.seconds)
        cpu = server.cpu_seconds()
        load = _load(scenario, server, file, tools, round_number)
        samples = _sample(load, server) if scenario.kind == "soak" else []
        return _result(server, cpu, client.finish(load, scenario.seconds), samples)


def _together(scenario, names, file, tools, round_number):
    """Where the round trip and not the processor is what takes the time, nobody is in another's way."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(Server(name, file, tools)) for name in names]
        cpu = [server.cpu_seconds() for server in servers]
        loads = [_load(scenario, server, file, tools, round_number) for server in servers]
        return {server.name: _result(server, before, client.finish(load, scenario.seconds))
                for server, before, load in zip(servers, cpu, loads)}


def _starts(names, file, tools):
    first_byte = {name: [] for name in names}
    for _ in range(STARTS):
        for name in names:
            with Server(name, file, tools) as server:
                first_byte[name].append(server.first_byte_ms)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(Server(name, file, tools)) for name in names]
        time.sleep(1)  # The session of the first byte ends.
        cpu = [server.cpu_seconds() for server in servers]
        time.sleep(IDLE_SECONDS)
        return {server.name: {
            "first_byte_ms": statistics.median(first_byte[server.name]),
            "memory_at_rest": server.memory_now(),
            "resident_at_rest": server.resident(),
            "cpu_idle_s": server.cpu_seconds() - before,
        } for server, before in zip(servers, cpu)}


def _load(scenario, server, file, tools, round_number):
    return client.start(server, file, tools, scenario.seconds, scenario.load.format(file=file, seed=round_number))


def _sample(load, server):
    samples = []
    while load.poll() is None:
        samples.append(server.memory_now())
        time.sleep(0.25)
    return samples


def _result(server, cpu, load, samples=()):
    server.demand_alive()
    result = {"load": load, "cpu_s": server.cpu_seconds() - cpu, "memory_peak": server.memory_peak(), "first_byte_ms": server.first_byte_ms}
    if samples:
        # The collector's saw has peaks; they are what must not rise.
        tenth, half = len(samples) // 10, len(samples) // 2
        result["growth"] = max(samples[half:]) - max(samples[tenth:half])
        result["samples"] = samples
    return result

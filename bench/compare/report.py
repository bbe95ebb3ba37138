"""The table, in Markdown, and the verdict on each target."""

import datetime
import platform
import statistics
from pathlib import Path

from accounting import Account
from servers import LEFT_OUT, LIMIT, OTHERS, OURS


def median(row, results):
    """The median of a row's figure over the rounds; None where nothing was measured, or a transfer failed and the row is not about that."""
    figures = []
    for result in results:
        load = result.get("load")
        if load and load["ok"] < load["transfers"] and row.label != "failed":
            return None
        figures.append(row.figure(result))
    return statistics.median(figures) if figures else None


def figures_of(row, results):
    return {name: value for name, rounds in results.items() if (value := median(row, rounds)) is not None}


def verdict(target, row, figures):
    """(holds or None, text)"""
    ours = figures.get(OURS)
    if target.reference == "others":
        others = [figures[name] for name in OTHERS if name in figures]
        reference = (min if row.is_better_low else max)(others, default=None)
        text = f"{target.relation} {target.bound:g} × best other"
    elif target.reference == LIMIT:
        reference, text = figures.get(LIMIT), f"{target.relation} {target.bound:g} × limit"
    else:
        reference, text = 1, f"{target.relation} {target.bound:g}"
    if ours is None or not reference:
        return None, text
    holds = target.holds(ours / reference)
    return holds, f"{text}{f' ({ours / reference:.2f})' if target.reference else ''} {'✓' if holds else '✗ miss'}"


def table(measured, servers):
    """measured: [(scenario, server → [result, …])]"""
    lines = ["| | " + " | ".join(_heading(name) for name in servers) + " | target |", "|---|" + "--:|" * len(servers) + "---|"]
    for scenario, results in measured:
        for row in scenario.rows:
            figures = figures_of(row, results)
            cells = [row.form.format(figures[name]) if name in figures else _failed(results.get(name)) for name in servers]
            targets = ", ".join(verdict(target, row, figures)[1] for target in row.targets)
            lines.append(f"| {scenario.key} {row.label} | " + " | ".join(cells) + f" | {targets} |")
    return "\n".join(lines)


def cost(measured, servers):
    """Processor time and peak memory of every server in every scenario that has a load."""
    lines = ["| CPU s / peak MB | " + " | ".join(_heading(name) for name in servers) + " |", "|---|" + "--:|" * len(servers)]
    for scenario, results in measured:
        if not scenario.load:
            continue
        cells = []
        for name in servers:
            rounds = results.get(name)
            cells.append(f"{statistics.median(r['cpu_s'] for r in rounds):.2f} / {max(r['memory_peak'] for r in rounds) / 1e6:.1f}" if rounds else "")
        lines.append(f"| {scenario.key} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def verdicts(measured):
    """Every target with its outcome, for the JSON file."""
    return [{"scenario": scenario.key, "figure": row.label, "target": text, "holds": holds}
            for scenario, results in measured for row in scenario.rows
            for holds, text in [verdict(target, row, figures_of(row, results)) for target in row.targets]]


def conditions(versions, scenarios, rounds, costs):
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    legend = "\n".join(f"- {scenario.key}: {scenario.title}" for scenario in scenarios)
    return (f"{datetime.date.today().isoformat()}, {machine()}. Medians of {rounds} rounds at most, server on one core, load on another.\n"
            f"Versions: {names}. {LEFT_OUT} \"limit\" is bench/limit.c, polling.\n"
            f"CPU: {Account.cpu_source}; memory: {Account.memory_source}. "
            f"A system call takes {costs['system_call_ns']} ns here, a copied MB {costs['copied_mb_us']} µs.\n\n{legend}")


def machine():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
                  if line.startswith("model name")), platform.machine())
    return f"{model}, Linux {'.'.join(platform.release().split('.')[:2])}"


def _heading(name):
    return f"**{name}**" if name in (LIMIT, OURS) else name


def _failed(rounds):
    if not rounds:
        return ""
    return f"{sum(r['load']['transfers'] - r['load']['ok'] for r in rounds):,} failed"

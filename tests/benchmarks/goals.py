#!/usr/bin/env python3
"""Renders a run of the benchmark client as one table: keyline, the best other server, the floor, and the goal.

    goals.py typing.json > goals.md

A goal is a ratio within one run: "peer/30" is a 30th of the best other server's figure, "2 x floor" twice what a server
takes that answers at once and does nothing. Other servers are all but `keyline` and `floor`.
"""
import json
import sys

SIZES = (30, 300, 3000)
AT_ONCE = ("hover", "completion", "signatureHelp", "definition")


def figure(server, *path):
    """The figure at the path, or None where the server was not measured so."""
    for name in path:
        if not isinstance(server, dict) or name not in server:
            return None
        server = server[name]
    return server


def case(size, *path):
    return lambda server: figure(server, "cases", f"mixed-{size}", *path)


def worst_place(size, what):
    def measure(server):
        places = figure(server, "cases", f"mixed-{size}", "edit") or {}
        values = [place[what] for place in places.values() if what in place]
        return max(values) if values else None
    return measure


def request(size, when, names, what="p50"):
    def measure(server):
        asked = figure(server, "cases", f"mixed-{size}", "requests", when) or {}
        values = [asked[name][what] for name in names if name in asked and asked[name].get("empty", 0) < asked[name]["n"]]
        return max(values) if values else None
    return measure


def empty_request(size, when):
    return case(size, "requests", when, "hover", "p50")


def burst(size, what):
    def measure(server):
        rounds = figure(server, "cases", f"mixed-{size}", "burst") or []
        values = [each[what] for each in rounds if each.get(what) is not None]
        return min(values) if values else None
    return measure


def growth(server):
    small, large = (worst_place(size, "cpu_ms_per_edit")(server) for size in (300, 3000))
    return large / small if small and large else None


def rows():
    """Metric, how to measure it, how to measure the floor (None: the same way), divisor of the peer, factor of the floor."""
    yield "start until `initialize` is answered, shortest, ms", lambda s: figure(s, "startup", "init", "min"), None, 30, None
    yield "memory when idle, MiB", lambda s: figure(s, "startup", "VmRSS", "p50"), None, 10, None
    for size, part in zip(SIZES, (60, 80, 100)):
        yield f"open until diagnostics, {size} lines, ms", case(size, "open", "ms", "p50"), None, part, None
    for size, part in zip(SIZES, (15, 70, 400)):
        yield f"edit until diagnostics, {size} lines, ms", worst_place(size, "p50"), None, part, None
        yield f"CPU an edit, {size} lines, ms", worst_place(size, "cpu_ms_per_edit"), None, part, None
    yield "CPU an edit, 3,000 lines beside 300, times", growth, None, None, None
    for size in SIZES:
        yield (f"hover, completion, signature, definition (slowest), {size} lines, ms",
               request(size, "again", AT_ONCE), empty_request(size, "again"), None, 2)
    yield ("the same right behind an edit, 3,000 lines, ms",
           request(3000, "after edit", AT_ONCE), empty_request(3000, "after edit"), 800, None)
    for name, part in (("documentSymbol", 50), ("semanticTokens", 10), ("codeAction", 300)):
        yield f"{name}, 3,000 lines, ms", request(3000, "again", (name,)), None, part, None
    for size, part in zip(SIZES, (2.5, 8, 100)):
        yield f"storm of edits until its last diagnostics, {size} lines, ms", burst(size, "diagnostics_ms"), None, part, 2
        yield f"publishes in the storm, {size} lines", burst(size, "publishes"), None, None, None
    for size in SIZES:
        yield f"most memory after edits, {size} lines, MiB", case(size, "peak_mib_after_edits"), None, 10, None


def shown(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def verdict(own, peer, floor, part, factor):
    goals = []
    if part is not None and peer is not None:
        goals.append((f"peer/{part:g}", peer / part))
    if factor is not None and floor is not None:
        goals.append((f"{factor:g} x floor", floor * factor))
    if not goals or own is None:
        return "", ""
    text, limit = max(goals, key=lambda goal: goal[1])
    return f"{text} = {shown(limit)}", "reached" if own <= limit else f"{own / limit:.3g} times the goal"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        run = json.load(file)
    servers = run["servers"]
    print("| metric | keyline | best other | times keyline's | floor | goal | |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name, measure, measure_floor, part, factor in rows():
        own = measure(servers["keyline"])
        if own is None:
            continue
        others = {other: measure(servers[other]) for other in servers if other not in ("keyline", "floor", "scan")}
        others = {other: value for other, value in others.items() if value is not None}
        best = min(others, key=others.get) if others else None
        floor = (measure_floor or measure)(servers["floor"]) if "floor" in servers else None
        goal, reached = verdict(own, others.get(best), floor, part, factor)
        peer = f"{shown(others[best])} ({best})" if best else "-"
        ratio = shown(others[best] / own) if best and own else "-"
        print(f"| {name} | {shown(own)} | {peer} | {ratio} | {shown(floor)} | {goal} | {reached} |")
    machine = run["machine"]
    print(f"\n{machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB; a fixed piece of work took "
          f"{machine['spin_ms']['min']:.2f} to {machine['spin_ms']['p90']:.2f} ms (90 %) meanwhile.")


if __name__ == "__main__":
    main()

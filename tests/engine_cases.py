#!/usr/bin/env python3
"""What engine_test.sh needs of recorded builds, which are JSON, one case a line.

engine_cases.py sample FILE SEED COUNT   that many cases which an engine as old as 20.10 can build, of all categories
engine_cases.py answers FILE RECORDED PROBLEMS   the cases of FILE that were built, ready to be compared

The others are named in PROBLEMS. RECORDED has the same cases with what another builder answered.
"""
import hashlib
import json
import re
import sys

# Here-documents, these flags, secrets as variables and sized tmpfs mounts are younger than that engine.
TOO_YOUNG = re.compile(r"<<|--(link|network|security)\b|type=secret\S*env=|type=tmpfs\S*size=")


def cases_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def states_of(case):
    return case.get("prior", []) + [case["before"], case["after"]]


def can_be_built(case):
    # Named contexts are more than that engine's command line can pass.
    return not any(TOO_YOUNG.search(state["dockerfile"]) or state.get("contexts") for state in states_of(case))


def sample(path, seed, count):
    """Chosen by a hash of seed and id: first one case of each category, then a second one, and so on."""
    by_category = {}
    for case in filter(can_be_built, cases_of(path)):
        order = hashlib.sha256(f"{seed} {case['id']}".encode()).hexdigest()
        by_category.setdefault(case["category"], []).append((order, case))
    rows = []
    for ranked in by_category.values():
        ranked.sort(key=lambda pair: pair[0])
        rows += [(round_number, order, case) for round_number, (order, case) in enumerate(ranked)]
    rows.sort(key=lambda row: row[:2])
    return [case for _, _, case in rows[: int(count)]]


def with_twins(recorded, built):
    """The old engine does not say which equal steps it built as one; the recorded build did."""
    answer_of = {}
    vertex_of = {step["line"]: step.get("same_as", step["name"]) for step in recorded}
    for step in built:
        if step["line"] in vertex_of:
            answer_of[vertex_of[step["line"]]] = step["cached"]
    answered = {step["line"] for step in built}
    for step in recorded:
        answer = answer_of.get(vertex_of[step["line"]])
        if step["line"] not in answered and answer is not None:
            built.append({"name": step["name"], "line": step["line"], "cached": answer})
    return sorted(built, key=lambda step: step["line"])


def answers(path, recorded_path, problems_path):
    recorded_truth = {case["id"]: case["truth"] for case in cases_of(recorded_path)}
    with open(problems_path, "w", encoding="utf-8") as problems:
        for case in cases_of(path):
            if "error" in case:
                last_line = case["error"].strip().splitlines()[-1]
                problems.write(f"{case['id']}  {case['category']}: the engine could not build it: {last_line}\n")
                continue
            recorded, built = recorded_truth[case["id"]], case["truth"]
            for when in ("before", "after"):
                built[when] = with_twins(recorded[when], built[when])
            if "prior" in built:
                built["prior"] = [with_twins(*pair) for pair in zip(recorded["prior"], built["prior"])]
            yield case


def main(command, *arguments):
    for case in {"sample": sample, "answers": answers}[command](*arguments):
        print(json.dumps(case, separators=(",", ":")))


main(*sys.argv[1:])

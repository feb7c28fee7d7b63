#!/usr/bin/env python3
"""usage: proof.py KEYLINE TESTS DOCKER WORK [CASE...]

Proves the safe fixes: for each fixture and each rule's example that such a fix changes, builds before and after with a
real engine, and compares the images. Then it makes the changes that the case names, and counts what the engine does.
A rule that has a safe fix somewhere but no such proof fails. With names of cases, only those are proved.
"""
import collections
import concurrent.futures
import pathlib
import re
import sys

import base_images
import builds
import cases
import promises


def find_pairs(keyline, all_cases, work):
    """(case, rule, subjects, sides) for each safe fix; and which cases have safe fixes of a subject."""
    pairs, seen = [], collections.defaultdict(set)
    for case in all_cases:
        for rule, titles in keyline.safe_fixes(case, case.write(work / case.folder_name(), case.dockerfile)).items():
            about = {promises.subject(rule, title) for title in titles}
            for each in about:
                seen[each].add(case.name)
            if rule not in promises.PROMISES or not promises.is_for_this_engine(case):
                continue
            sides = []
            for which in ("before", "after"):
                folder = case.write(work / f"{case.folder_name()}-{rule}-{which}", case.dockerfile)
                if which == "after":
                    keyline.fix(case, folder, rule)
                sides.append(promises.Side(folder, cases.use_own_frontend(folder), folder.name))
            pairs.append((case, rule, about, sides))
    return pairs, seen


def prove(engine, keyline, case, rule, sides):
    """(verdict, what was shown or what is wrong)"""
    proof = promises.Proof(engine, case, rule, sides)
    if not proof.stages:
        return "unbuilt", ["no stage that somebody builds is another one"]
    try:
        reports = proof.build_before()
    except builds.BuildFailed as fault:
        return "unbuilt", [str(fault).splitlines()[-1]]
    try:
        return "ok", proof.show_promise(reports, proof.build_after(keyline.rules[rule]["changes"].split()))
    except (promises.Broken, builds.BuildFailed) as fault:
        return "FAILED", [str(fault)]


def unproved(seen, proved, exceptions):
    """Says what has a safe fix and no proof, unless that is known and has a reason."""
    missing = 0
    for each in sorted(seen.keys() - proved):
        rule, where = each.split(" ")[0], ", ".join(sorted(seen[each]))
        if rule in exceptions:
            print(f"unproved {each}: {exceptions[rule]}")
            continue
        missing += 1
        what = "no proof" if rule in promises.PROMISES else "promises.py does not say what it promises"
        print(f"FAILED   {each} has a safe fix, and {what} ({where})")
    for each in sorted(exceptions.keys() & proved):
        missing += 1
        print(f"FAILED   {each} is in exceptions.txt, and there is a proof")
    return missing


def read_exceptions(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(re.split(r"\s+", line, maxsplit=1) for line in lines if line and not line.startswith("#"))


def main(binary, tests, docker, work, *names):
    keyline, engine = cases.Keyline(binary), builds.Engine(docker)
    tests, work = pathlib.Path(tests), pathlib.Path(work)
    all_cases = [case for case in [*cases.read_fixtures(tests / "fixtures"), *keyline.examples()]
                 if case.dockerfile and (not names or case.name.rpartition("/")[2] in names)]
    pairs, seen = find_pairs(keyline, all_cases, work)
    engine.load(base_images.archive(set().union(*[cases.base_images(case.dockerfile) for case, *_ in pairs])))

    proved, counts = set(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as workers:
        answers = workers.map(lambda pair: prove(engine, keyline, pair[0], pair[1], pair[3]), pairs)
        for (case, rule, about, _), (verdict, shown) in zip(pairs, answers):
            counts[verdict] += 1
            proved |= about if verdict == "ok" and shown else set()
            shown = ["same image", *shown] if verdict == "ok" else shown
            print(f"{verdict:9}{case.name}: {rule}: {'; '.join(shown)}", flush=True)
    if not names:
        counts["FAILED"] += unproved(seen, proved, read_exceptions(tests / "proof" / "exceptions.txt"))
    print(f"{counts['ok']} passed, {counts['FAILED']} failed")
    return counts["FAILED"] > 0 or counts["ok"] == 0


sys.exit(main(*sys.argv[1:]))

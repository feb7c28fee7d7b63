#!/usr/bin/env python3
"""Sets keyline beside tally, another linter that repairs Dockerfiles: faults found, and repairs that break or help nothing.

usage: compare.py KEYLINE TALLY [--data DIR] [--sample N]     writes tables to standard output

The cases stand in cases.txt. With --data, which names a folder that holds corpus/dev/files, N files (default 300), drawn by
the hash of their names, are repaired by both and judged by edit_faults.py. Both tools repair whatever they are willing
to: `keyline fix --review`, `tally lint --fix --fix-unsafe`.
"""
import argparse
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from edit_faults import edit_faults

HERE = pathlib.Path(__file__).parent
# What of tally's rules is about the build cache; the others are about style, and nothing here counts them as faults.
CACHE_RULES = re.compile(r"cache|prefer-add-(git|unpack)|DL30(09|19|32|36|40|42|60)|CopyIgnoredFile")
# One install by each name that section 1 of the table lists; `{}` is what stands in the case.
TOOLS = {
    "pip3": "pip3 install flask", "python -m pip": "python -m pip install flask", "uv": "uv sync",
    "poetry": "poetry install", "pdm": "pdm install", "pipenv": "pipenv install", "conda": "conda install -y numpy",
    "npm": "npm ci", "yarn": "yarn", "pnpm fetch": "pnpm fetch", "corepack pnpm": "corepack pnpm install",
    "bun": "bun install", "deno": "deno install", "go install": "go install example.com/x@v1.0.0",
    "go test": "go test ./...", "cargo install": "cargo install just", "cargo test": "cargo test",
    "mvn": "mvn package", "mvnw": "./mvnw package", "gradle": "gradle build", "gradlew": "./gradlew build",
    "dotnet build": "dotnet build", "dotnet publish": "dotnet publish", "composer": "composer install",
    "bundle": "bundle install", "gem": "gem install rails", "mix": "mix deps.get", "apt-get":
    "apt-get update && apt-get install -y curl", "apk": "apk update && apk add curl", "dnf": "dnf install -y git",
    "microdnf": "microdnf install -y git", "zypper": "zypper install -y git", "pacman": "pacman -Sy git",
}
IMAGES = {
    "pip3": "python:3.12", "python -m pip": "python:3.12", "uv": "python:3.12", "poetry": "python:3.12",
    "pdm": "python:3.12", "pipenv": "python:3.12", "conda": "continuumio/miniconda3", "npm": "node:22",
    "yarn": "node:22", "pnpm fetch": "node:22", "corepack pnpm": "node:22", "bun": "oven/bun:1",
    "deno": "denoland/deno:2.0.0", "go install": "golang:1.24", "go test": "golang:1.24",
    "cargo install": "rust:1.80", "cargo test": "rust:1.80", "mvn": "maven:3.9", "mvnw": "maven:3.9",
    "gradle": "gradle:8", "gradlew": "gradle:8", "dotnet build": "mcr.microsoft.com/dotnet/sdk:8.0",
    "dotnet publish": "mcr.microsoft.com/dotnet/sdk:8.0", "composer": "composer:2", "bundle": "ruby:3.3",
    "gem": "ruby:3.3", "mix": "elixir:1.17", "apt-get": "debian:bookworm", "apk": "alpine:3.20", "dnf": "fedora:41",
    "microdnf": "registry.access.redhat.com/ubi9/ubi-minimal", "zypper": "opensuse/leap:15.6", "pacman": "archlinux",
}


def read_cases():
    cases, case, name = [], None, None
    for line in (HERE / "cases.txt").read_text().splitlines():
        if line.startswith("== "):
            title, about = line[3:].split(": ", 1)
            case = {"name": title, "about": about, "faults": [], "bad": [], "quiet": False, "files": {}}
            cases.append(case)
            name = None
        elif case is None:
            continue
        elif re.fullmatch(r"-- .* --", line):
            name = line[3:-3]
            case["files"][name] = ""
        elif name is not None:
            case["files"][name] += line + "\n"
        elif line.startswith("fault "):
            at, ours, theirs = line[6:].split(" | ")
            case["faults"].append((int(at), set(ours.split(", ")), re.compile(theirs)))
        elif line.startswith("bad "):
            pattern, why = line[4:].rsplit(": ", 1)
            case["bad"].append([re.compile(pattern, re.M), None, why])
        elif line.startswith("not "):
            case["bad"][-1][1] = re.compile(line[4:], re.M)
        elif line == "quiet":
            case["quiet"] = True
    for each in cases:
        each["files"]["Dockerfile"] = each["files"]["Dockerfile"].rstrip("\n") + "\n"
    return cases


class Tool:
    """Findings are (line, rule, whether it is about the cache); folders are those whose Dockerfile is asked about."""

    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())

    def run(self, folder, *arguments):
        return subprocess.run([self.program, *arguments], cwd=folder, capture_output=True, text=True, errors="replace")


class Keyline(Tool):
    name = "keyline"

    def version(self):
        return self.run(".", "--version").stdout.split()[-1]

    def check(self, root, folders):
        found = {}
        for folder in folders:
            run = self.run(root / folder, "check", "--format", "github", "Dockerfile")
            lines = re.findall(r"line=(\d+).*?title=([a-z-]+)::", run.stdout)
            found[folder] = [(int(line), rule, True) for line, rule in lines]
        return found

    def fix(self, root, folders):
        for folder in folders:
            self.run(root / folder, "fix", "--review", "Dockerfile")
        return set(folders)


class Tally(Tool):
    name = "tally"

    def version(self):
        return self.run(".", "--version").stdout.split()[2]

    # It gives up on all files when it cannot read one: that one is left out then. Returns the answer and what it took.
    def lint(self, root, folders, *arguments):
        left = list(folders)
        while left:
            run = self.run(root, "lint", "--no-config", "--slow-checks", "off", "--max-lines", "0", "--fail-level", "none",
                           "--format", "json", *arguments, *[f"{folder}/Dockerfile" for folder in left])
            refused = set(re.findall(r"Error: (?:failed to lint )?(\S+?)/Dockerfile", run.stderr)) & set(left)
            if not refused:
                return run.stdout, left
            left = [folder for folder in left if folder not in refused]
        return '{"files": []}', []

    def check(self, root, folders):
        text, taken = self.lint(root, folders)
        found = {folder: [] for folder in taken}
        for file in json.loads(text)["files"]:
            folder = str(pathlib.Path(file["file"]).parent)
            for each in file["violations"] or []:
                rule = each["rule"]
                found[folder].append((each["location"]["start"]["line"], rule, bool(CACHE_RULES.search(rule))))
        return found

    def fix(self, root, folders):
        return set(self.lint(root, folders, "--fix", "--fix-unsafe")[1])


def write(root, folder, files):
    for name, text in files.items():
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def text_of(root, folder):
    return (root / folder / "Dockerfile").read_text(errors="replace")


def judge_cases(tools, scratch):
    cases = read_cases()
    rows = {case["name"]: [case["about"]] for case in cases}
    totals = []
    for tool in tools:
        root = scratch / tool.name / "cases"
        for case in cases:
            write(root, case["name"], case["files"])
        names = [case["name"] for case in cases]
        found = tool.check(root, names)
        tool.fix(root, names)
        total = {"faults": 0, "found": 0, "edits": 0, "bad": 0, "other": 0}
        for case in cases:
            findings, after = found.get(case["name"], []), text_of(root, case["name"])
            said = []
            for line, ours, theirs in case["faults"]:
                total["faults"] += 1
                hit = any(at == line and (rule in ours if tool.name == "keyline" else bool(theirs.search(rule)))
                          for at, rule, _ in findings)
                total["found"] += hit
                said.append(f"line {line} {'found' if hit else 'missed'}")
            if case["bad"]:
                whys = [why for bad, unless, why in case["bad"]
                        if bad.search(after) and not (unless and unless.search(after))]
                total["edits"] += 1
                total["bad"] += bool(whys)
                mounted = "type=cache" in after and "type=cache" not in case["files"]["Dockerfile"]
                said.append("**bad**: " + whys[0] if whys else "mount" if mounted else "no mount")
            if case["quiet"]:
                said.append("silent" if not findings else f"{len(findings)} findings")
            total["other"] += sum(not about_cache for _, _, about_cache in findings)
            rows[case["name"]].append("; ".join(said))
        totals.append(total)
    print("| case | " + " | ".join(tool.name for tool in tools) + " |\n|---|" + "---|" * len(tools))
    for name, cells in rows.items():
        print(f"| {name}: {cells[0]} | " + " | ".join(cells[1:]) + " |")
    print("| **faults found** | " + " | ".join(f"**{t['found']} of {t['faults']}**" for t in totals) + " |")
    print("| **broken or useless edits** | " + " | ".join(f"**{t['bad']} of {t['edits']}**" for t in totals) + " |")
    print("| findings that are not about the cache | " + " | ".join(str(t["other"]) for t in totals) + " |\n")


def judge_tools(tools, scratch):
    seen = []
    for tool in tools:
        root = scratch / tool.name / "tools"
        names = {name: re.sub(r"\W+", "-", name) for name in TOOLS}
        for name, folder in names.items():
            write(root, folder, {"Dockerfile": f"FROM {IMAGES[name]}\nWORKDIR /src\nCOPY . .\nRUN {TOOLS[name]}\n"})
        tool.fix(root, list(names.values()))
        seen.append({name for name, folder in names.items() if "type=cache" in text_of(root, folder)})
    print("| installs that get a cache mount | |\n|---|---|")
    for tool, mine in zip(tools, seen):
        print(f"| {tool.name}, {len(mine)} of {len(TOOLS)} | " + ", ".join(n for n in TOOLS if n in mine) + " |")
    print("| neither | " + ", ".join(n for n in TOOLS if not any(n in mine for mine in seen)) + " |\n")


def judge_corpus(tools, scratch, data, size):
    files = sorted((data / "corpus" / "dev" / "files").iterdir(),
                   key=lambda path: hashlib.sha256(path.name.encode()).hexdigest())[:size]
    before = {path.stem.split(".")[0]: path.read_bytes() for path in files}
    columns = []
    for tool in tools:
        root = scratch / tool.name / "corpus"
        for name, text in before.items():
            write(root, name, {"Dockerfile": text})
        found = tool.check(root, list(before))
        taken = tool.fix(root, list(before))
        once = {name: text_of(root, name) for name in before}
        tool.fix(root, sorted(taken))
        column = {"files it could read": len(found),
                  "findings": sum(len(each) for each in found.values()),
                  "of these about the build cache": sum(cache for each in found.values() for _, _, cache in each),
                  "files it changed": sum(once[name] != text.decode(errors="replace") for name, text in before.items()),
                  "files that a second run changes again": sum(text_of(root, name) != once[name] for name in before)}
        kinds = {}
        mounts = 0
        for name, text in before.items():
            added, faults = edit_faults(text.decode(errors="replace"), once[name])
            mounts += added
            for fault in faults:
                kinds.setdefault(fault, []).append(name)
        column["cache mounts it added"] = mounts
        column["of these broken or useless"] = sum(len(names) for names in kinds.values())
        columns.append((column, kinds))
    every = sorted({kind for _, kinds in columns for kind in kinds})
    print(f"| {len(before)} files of the corpus | " + " | ".join(tool.name for tool in tools) + " |\n|---|" +
          "---:|" * len(tools))
    for row in columns[0][0]:
        print(f"| {row} | " + " | ".join(str(column[row]) for column, _ in columns) + " |")
    for kind in every:
        print(f"| – {kind} | " + " | ".join(str(len(kinds.get(kind, []))) for _, kinds in columns) + " |")
    for tool, (_, kinds) in zip(tools, columns):
        for kind, names in kinds.items():
            print(f"{tool.name}: {kind}: {' '.join(names[:40])}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("keyline")
    parser.add_argument("tally")
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--sample", type=int, default=300)
    options = parser.parse_args()
    tools = [Keyline(options.keyline), Tally(options.tally)]
    scratch = pathlib.Path(tempfile.mkdtemp())
    try:
        print(", ".join(f"{tool.name} {tool.version()}" for tool in tools) + "\n")
        judge_cases(tools, scratch)
        judge_tools(tools, scratch)
        if options.data and (options.data / "corpus" / "dev" / "files").is_dir():
            judge_corpus(tools, scratch, options.data, options.sample)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()

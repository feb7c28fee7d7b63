#!/usr/bin/env python3
"""Holds `keyline replay` to a slow reference that lists whole trees (replay/reference.py): on random repositories, and
on those of recorded projects where they are at hand. Usage: replay_test.py KEYLINE SOURCE_DIR [PROJECT...]"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from replay import reference, repositories  # noqa: E402

SEEDS = 3
COMMITS = 80
RECORDED_COMMITS = int(os.environ.get("KEYLINE_COMMITS", "40"))  # there are 200

# Dockerfile, .dockerignore and context (from the repository's root): every way in which a step takes files.
BUILDS = {
    "everything": ("""FROM a AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM b
COPY --from=build /app/dist /dist
RUN true
""", "node_modules\ndocs\n!docs/guide\n**/*.test.js\n.dockerignore\n", ""),
    "parts": ("""FROM a AS one
COPY src /src
RUN one
FROM one AS two
COPY --from=one /src /again
RUN --mount=type=bind,source=data,target=/data two
FROM a
COPY *.json src/lib/*.js /all/
COPY d*a /data
RUN --mount=type=bind,target=/all three
COPY --from=two /x /x
COPY --link scripts/*.sh /scripts/
COPY conf/[dp]*.ini "a b/c d.txt"
RUN --mount=from=two,source=/x,target=/x four
""", "*\n!src\n!data/*.json\n!conf/**\n!package*.json\n!scripts\nscripts/build.sh\n", ""),
    "links": ("""FROM a
COPY current /current
COPY linked.json conf/dev.ini /
RUN one
COPY current/*.json data/*.json /json/
COPY src /src
RUN --mount=type=bind,source=current,target=/c two
""", "docs\n", ""),
    "below": ("""FROM a
COPY package.json .
RUN one
COPY cur/ ./cur/
COPY . .
RUN two
""", "docs\n*.md\n", "sub"),
    "excludes": ("""FROM a
COPY --exclude=*.md --exclude=lib src /src
RUN one
COPY --parents src/lib/*.js docs ./
RUN two
""", "", ""),
}


# Of one file, as commits write it. Only the line of a version's own is new in it.
VERSIONS = [(f"""FROM a AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY src ./src
{own}
FROM b
COPY --from=build /app/dist /dist
COPY conf /conf
RUN true
""", ignore) for own, ignore in [("RUN one", "docs\n"), ("RUN two", "docs\n"), ("RUN one", "docs\nconf/dev.ini\n"),
                                 ("RUN three", "src/lib\n")]]


def replayed(keyline, repository, dockerfile, context, commits, cache, *more):
    command = [keyline, "replay", dockerfile, "--context", context, "--commits", str(commits), "--format", "json", *more]
    environment = dict(os.environ, XDG_CACHE_HOME=cache)
    done = subprocess.run(command, cwd=repository, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode()}")
    return json.loads(done.stdout)["files"][0]


def compare(name, report, expected, link_changes):
    """Faults as text. Where a link changes, keyline may say that the content decides."""
    faults = []
    steps = {step["line"]: step for step in report["steps"]}
    if sorted(steps) != sorted(expected):
        return [f"{name}: steps on lines {sorted(steps)}, expected {sorted(expected)}"], 0
    compared = 0
    for line, row in expected.items():
        found = steps[line]["byCommit"]
        if len(found) != len(row):
            faults.append(f"{name}:{line}: {len(found)} commits, expected {len(row)}")
            continue
        for commit, (one, other) in enumerate(zip(found, row)):
            compared += 1
            if one != other and not (one == "?" and link_changes[commit]):
                faults.append(f"{name}:{line}: commit {commit} back: {one}, expected {other}")
        counts = (steps[line]["reran"], steps[line]["reranIfContentDiffers"])
        if counts != (found.count("x"), found.count("?")):
            faults.append(f"{name}:{line}: counts {counts} of {found}")
    return faults, compared


def check_random(keyline, folder):
    faults, compared = [], 0
    for seed in range(SEEDS):
        repository = os.path.join(folder, f"random{seed}")
        repositories.random_repository(repository, seed, COMMITS)
        for name, (dockerfile, ignore, directory) in BUILDS.items():
            there = os.path.join(repository, directory)
            os.makedirs(there, exist_ok=True)
            path = os.path.join(repository, name + ".Dockerfile")
            pathlib.Path(path).write_text(dockerfile)
            pathlib.Path(path + ".dockerignore").write_text(ignore)
            # A part of the commits first, so that the rest meets a store that knows some.
            replayed(keyline, repository, path, there, 20, folder + "/cache")
            report = replayed(keyline, repository, path, there, COMMITS, folder + "/cache")
            links = []
            expected = reference.replay(repository, dockerfile, ignore, directory, COMMITS, links)
            found, count = compare(f"seed {seed}, {name}", report, expected, links)
            faults, compared = faults + found, compared + count
    return faults, compared


def check_committed(keyline, folder):
    """`--as-committed`: a commit that leaves Dockerfile and .dockerignore alone does what the reference says of the
    version that it has, one that brings a new line runs that line and the stage below it."""
    faults, compared = [], 0
    for seed in range(SEEDS):
        repository = os.path.join(folder, f"committed{seed}")
        used, before = repositories.rewritten_repository(repository, seed, COMMITS, VERSIONS)
        for name, text in zip(("Dockerfile", ".dockerignore"), VERSIONS[used[0]]):
            pathlib.Path(repository, name).write_text(text)
        report = replayed(keyline, repository, "Dockerfile", ".", COMMITS, folder + "/cache", "--as-committed")
        found = {step["step"].split("] ", 1)[-1]: step["byCommit"] for step in report["steps"]}
        if len(found) != len(report["steps"]):
            faults.append(f"committed {seed}: two rows for one step")
        for version, (dockerfile, ignore) in enumerate(VERSIONS):
            links = []
            lines = dockerfile.splitlines()
            for line, row in reference.replay(repository, dockerfile, ignore, "", COMMITS, links).items():
                for commit, expected in enumerate(row):
                    if used[commit] != version:
                        continue
                    text, own = lines[line - 1], lines[5]
                    one = found[text][commit]
                    if before[commit] == version:
                        right = one == expected or (one == "?" and links[commit])
                    elif own != VERSIONS[before[commit]][0].splitlines()[5]:
                        right = one == "x" if text == own else True
                    else:
                        continue
                    compared += 1
                    if not right:
                        faults.append(f"committed {seed}, `{text}`: commit {commit} back: {one}, expected {expected}")
        for text, row in found.items():
            absent = [text not in VERSIONS[version][0].splitlines() for version in used]
            if [letter == "-" for letter in row] != absent:
                faults.append(f"committed {seed}, `{text}`: is there when it is not, or the other way round")
    return faults, compared


def check_recorded(keyline, folder, projects, wanted):
    faults, compared, names = [], 0, sorted(os.listdir(projects))
    for name in [name for name in names if not wanted or name in wanted]:
        project = json.loads((projects / name / "project.json").read_text())
        repository = os.path.join(folder, name)
        repositories.recorded_repository(repository, project)
        context = "" if project["context"] in (".", "") else project["context"]
        there = os.path.join(repository, context)
        os.makedirs(there, exist_ok=True)
        path = os.path.join(repository, "Dockerfile")
        pathlib.Path(path).write_text(project["dockerfile_text"])
        ignore = project["dockerignore_text"] or ""
        pathlib.Path(path + ".dockerignore").write_text(ignore)
        report = replayed(keyline, repository, path, there, RECORDED_COMMITS, folder + "/cache")
        links = []
        expected = reference.replay(repository, project["dockerfile_text"], ignore, context, RECORDED_COMMITS, links)
        found, count = compare(name, report, expected, links)
        faults, compared = faults + found, compared + count
    return faults, compared, len(names)


def main():
    keyline, source, wanted = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        if not wanted:
            found, compared = check_random(keyline, folder)
            faults += found
            print(f"random repositories: {compared} outcomes of steps compared, {len(found)} differ", flush=True)
            found, compared = check_committed(keyline, folder)
            faults += found
            print(f"as committed: {compared} outcomes of steps compared, {len(found)} differ", flush=True)
        projects = source / ".." / "shared" / "corpus" / "projects"
        if projects.is_dir():
            found, compared, number = check_recorded(keyline, folder, projects, wanted)
            faults += found
            print(f"{number} recorded projects: {compared} outcomes of steps compared, {len(found)} differ", flush=True)
        else:
            print("recorded projects: skipped, there are none beside the source tree")
    for fault in faults[:40]:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: engine.py KEYLINE DOCKER REPOSITORY COMMITS

What `keyline replay` says of the last commits of a clone, step by step, against a real builder: for each commit it
forgets everything, builds the commit before, then the commit, and tells which steps it took from its cache. `keyline
diff` is asked too where the Dockerfile is the repository's own and was the same on both sides.
"""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "proof"))
import base_images  # noqa: E402
import builds  # noqa: E402

OWN = ".docker/Dockerfile"
# Steps that take parts of the tree in the ways that this engine knows. What is made of headers or pages alone is often the
# same although its step ran, so that steps which depend on it are met both ways.
PARTS = """FROM debian:12-slim AS program
WORKDIR /src
COPY LICENSE CMake*.json ./
COPY protocol/*.h protocol/lsp/*.h include/
RUN cat include/*.h | md5sum >/interface
COPY analysis analysis
RUN find . -name '*.h' | sort | xargs cat | md5sum >/headers
COPY server server
RUN --mount=type=bind,source=tests/cli,target=/cli cat /cli/*.transcript | wc -l >/transcripts

FROM debian:12-slim AS manual
COPY *.md /manual/
COPY editors/*/README.md editors/neovim /manual/editors/
RUN --mount=type=bind,source=.github/CONTRIBUTING.md,target=/page cat /page /manual/README.md | md5sum >/manual/sum
COPY . /everything
RUN find /everything -type f | wc -l >/files

FROM debian:12-slim
COPY --from=program /interface /headers /
COPY .ci dev /dev/
RUN --mount=from=manual,source=/manual/sum,target=/sum cat /sum >/documents
COPY --from=manual /files /transcripts* /
RUN cat /interface /headers /documents >/all
"""
PARTS_IGNORE = """.git
editors/images
tests/cache
tests/s*
!tests/samples
tests/cli/*_test.cpp
**/README.md
!README.md
!editors/*/README.md
"""
# It stands in for the compiler: what it makes depends on the sources, and on nothing else that is copied.
CMAKE = """#!/bin/sh
[ "$1" = --preset ] && exit
mkdir -p "$2" && find . -name '*.cpp' -o -name '*.h' | sort | xargs cat | md5sum >"$2/$4"
"""
TOOLS = {"apt-get": "#!/bin/sh\n", "cmake": CMAKE}
IMAGE = "replayed"
SAID = {".": "reused", "x": "re-runs", "?": "re-runs if content differs", "-": "is not there"}
OUTCOMES = {"cached": ".", "re-runs": "x", "if-content-differs": "?"}


def base_image():
    files = [("usr/local/bin/" + name, 0o755, text.encode(), "") for name, text in TOOLS.items()]
    own = base_images.layer(files)
    return base_images.pack(base_images.bare_system(),
                            [("debian:12-slim", own, {"Env": ["PATH=" + base_images.PATH], "Cmd": ["/bin/sh"]})])


def label_of(name):
    return re.match(r"\[[^\]]*\]", name)[0]


class Repository:
    def __init__(self, keyline, folder):
        self.keyline, self.folder = keyline, folder

    def git(self, *arguments):
        return subprocess.check_output(["git", "-C", self.folder, *arguments], text=True)

    def ask(self, *arguments):
        return json.loads(subprocess.check_output([self.keyline, *arguments, "--format", "json"], cwd=self.folder))

    def commits(self, count):
        """Newest first, and the one before them all."""
        return self.git("rev-list", "--first-parent", f"--max-count={count + 1}", "HEAD").split()

    def replayed(self, dockerfile, count):
        """For each commit, newest first: label of a step -> what is said of it."""
        steps = self.ask("replay", dockerfile, "--context", ".", "--commits", str(count))["files"][0]["steps"]
        return [{label_of(step["step"]): step["byCommit"][i] for step in steps} for i in range(count)]

    def compared(self, before, after):
        steps = self.ask("diff", before, after, "--file", OWN, "--context", ".")["steps"]
        return {label_of(step["step"]): OUTCOMES[step["outcome"]] for step in steps}

    def same_build_file(self, *revisions):
        return len({self.git("ls-tree", revision, OWN, OWN + ".dockerignore", ".dockerignore")
                    for revision in revisions}) == 1


def built(engine, repository, folder, before, after):
    """Label of a step -> whether the builder took it from its cache for the one commit behind the other."""
    engine.forget(IMAGE)
    for commit in (before, after):
        repository.git("checkout", "-q", "--detach", commit)
        report = engine.build(folder, name=IMAGE, target="", arguments={}, mounts="replay")
        if commit == before and any(report.reused.values()):
            raise builds.BuildFailed(f"the builder did not forget: {report.log}")
    return report.reused


class Count:
    def __init__(self):
        self.faults, self.kept = [], {".": 0, "x": 0}
        self.open = {True: 0, False: 0}  # whether the builder reused what was not promised

    def compare(self, what, said, reused):
        if said.keys() != reused.keys():
            self.faults.append(f"{what}: steps {sorted(said)}, but the builder has {sorted(reused)}")
            return
        for label, letter in said.items():
            if letter == "?":
                self.open[reused[label]] += 1
            elif (letter == ".") == reused[label] and letter in self.kept:
                self.kept[letter] += 1
            else:
                self.faults.append(f"{what}: {label} {SAID[letter]}, but the builder "
                                   f"{'reused' if reused[label] else 're-ran'} it")

    def report(self, what):
        print(f"{what}: {self.kept['.']} steps said to be reused and {self.kept['x']} to re-run, as the builder did; "
              f"{sum(self.open.values())} that depend on content, of which it reused {self.open[True]}; "
              f"{len(self.faults)} differ", flush=True)
        for fault in self.faults:
            print("  " + fault)
        return not self.faults


def main(keyline, docker, folder, count):
    repository, engine, count = Repository(keyline, folder), builds.Engine(docker), int(count)
    engine.load(base_image())
    commits = repository.commits(count)
    newest = commits[0]
    own = repository.git("show", f"{newest}:{OWN}"), repository.git("show", f"{newest}:.dockerignore")
    results, kept = [], set()
    for name, (dockerfile, ignore) in {"own": own, "parts": (PARTS, PARTS_IGNORE)}.items():
        # The Dockerfile and .dockerignore as they are now, beside the tree of whatever commit.
        place = pathlib.Path(name).resolve()
        place.mkdir()
        (place / "Dockerfile").write_text(dockerfile)
        (place / "Dockerfile.dockerignore").write_text(ignore)
        (place / "context").symlink_to(pathlib.Path(folder).resolve())
        repository.git("checkout", "-q", "--detach", newest)
        replay, diff = Count(), Count()
        forecasts = repository.replayed(str(place / "Dockerfile"), count)
        for said, after, before in zip(forecasts, commits, commits[1:]):
            reused = built(engine, repository, place, before, after)
            replay.compare(f"commit {after[:10]}", said, reused)
            if name == "own" and repository.same_build_file(newest, before, after):
                diff.compare(f"commit {after[:10]}", repository.compared(before, after), reused)
        results.append(replay.report(f"keyline replay, {count} commits, Dockerfile '{name}'"))
        if name == "own":
            results.append(diff.report("keyline diff, the same"))
        kept.update(letter for letter, steps in replay.kept.items() if steps)
    if len(kept) < 2:
        print("no step was promised to be reused, or none to re-run: nothing is confirmed")
        results.append(False)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return all(results)


try:
    sys.exit(0 if main(*sys.argv[1:]) else 1)
except builds.BuildFailed as fault:
    print(f"{fault}\n0 passed, 1 failed")
    sys.exit(1)

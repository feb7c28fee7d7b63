"""usage: recipes_test.py KEYLINE SOURCE_FOLDER

The recipes that lie in dot folders, read as those read them that run them, and run as far as that goes on one machine: the
GitHub action with a release that is made here, the script of the GitLab job, the hooks through pre-commit where that is
installed, and keyline's own check on keyline's own Dockerfile. Prints `N passed, M failed`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

try:
    import yaml
except ImportError:
    print("skipped: no PyYAML for this Python; ./dev test installs it")
    sys.exit(3)

keyline, source = (Path(argument).resolve() for argument in sys.argv[1:3])
passed = failed = 0


def check(name, actual, expected=True):
    global passed, failed
    if actual == expected:
        passed += 1
        return
    failed += 1
    print(f"{name}: expected\n{expected}\nbut it is\n{actual}")


def read(path):
    return (source / path).read_text()


def load(path):
    return yaml.safe_load(read(path))


def run(command, folder, **environment):
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


version = re.search(r"project\(keyline VERSION ([0-9.]+)", read("CMakeLists.txt"))[1]
fault = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"


def project(folder):
    """A folder with one Dockerfile that deserves a warning, and the pattern file that must not be taken for one."""
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(fault)
    (folder / "Dockerfile.dockerignore").write_text(".git\nnode_modules\n")
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_text("{}\n")
    return folder


# ---- workflows


def check_workflow(path):
    workflow = load(path)
    check(f"{path}: its members", set(workflow) - {"concurrency"}, {"name", True, "permissions", "jobs"})  # `on` is true
    for job in workflow["jobs"].values():
        check(f"{path}: a job has a runner, a limit and steps", {"runs-on", "timeout-minutes", "steps"} <= set(job))
        for step in job["steps"]:
            check(f"{path}: a step does one thing", ("uses" in step) != ("run" in step))
            check(f"{path}: an action has a version", re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1")) is not None)
            for script in re.findall(r"(?:^|\s)(\.(?:/dev|ci/run))\b", step.get("run", "")):
                check(f"{path}: {script} is there", os.access(source / script, os.X_OK))
            for command in re.findall(r"\./dev ([a-z]+)", step.get("run", "")):
                check(f"{path}: ./dev knows {command}", f"\nrun_{command}() {{" in read("dev"))
            if dockerfile := step.get("with", {}).get("file"):
                check(f"{path}: {dockerfile} is there", (source / dockerfile).is_file())


for name in sorted((source / ".github/workflows").iterdir()):
    check_workflow(name.relative_to(source))


# ---- the GitHub action


def release(folder):
    """What a release page offers: the archive, with a program that leads to the one under test, and the checksums."""
    top = f"keyline-{version}-linux-x86_64"
    (folder / top / "bin").mkdir(parents=True)
    program = folder / top / "bin/keyline"
    program.write_text(f'#!/bin/sh\nexec "{keyline}" "$@"\n')
    program.chmod(0o755)
    page = folder / f"v{version}"
    page.mkdir()
    with tarfile.open(page / f"{top}.tar.gz", "w:gz") as archive:
        archive.add(folder / top, top)
    digest = sha256((page / f"{top}.tar.gz").read_bytes()).hexdigest()
    (page / "SHA256SUMS").write_text(f"{'0' * 64}  other.deb\n{digest}  {top}.tar.gz\n")
    return folder.as_uri()


def check_action(scratch):
    action = load(".github/actions/check/action.yml")
    step = action["runs"]["steps"][0]
    check("the action is a composite of one step", (action["runs"]["using"], len(action["runs"]["steps"])), ("composite", 1))
    check("its step names a shell", step["shell"], "bash")
    check("it uses each of its inputs", set(re.findall(r"inputs\.([\w-]+)", str(step["env"]))), set(action["inputs"]))
    script = read(".github/actions/check/check.sh")
    check("its script is told all that it reads", set(re.findall(r"\$(KEYLINE_[A-Z_]+)", script)), set(step["env"]))
    check("it uses this release", action["inputs"]["version"]["default"], version)

    tools = scratch / "tools"  # no keyline that this machine may have
    tools.mkdir()
    for tool in ("bash", "cat", "curl", "grep", "gzip", "mkdir", "sh", "sha256sum", "tar", "uname"):
        (tools / tool).symlink_to(shutil.which(tool))
    page = release(scratch / "release")

    def act(folder, **given):
        inputs = {name: given.get(name.replace("-", "_"), member["default"]) for name, member in action["inputs"].items()}
        environment = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], value)
            for name, value in step["env"].items()
        }
        temporary = Path(tempfile.mkdtemp(dir=scratch))
        environment |= {
            "PATH": str(tools), "RUNNER_TEMP": str(temporary), "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
            "GITHUB_ACTION_PATH": str(source / ".github/actions/check"), "KEYLINE_RELEASES": page,
        }
        done = run(["bash", "-e", "-c", step["run"]], folder, **environment)
        summary = temporary / "summary"
        return done.returncode, done.stdout, summary.read_text() if summary.exists() else ""

    workspace = project(scratch / "action workspace")
    status, output, summary = act(workspace)
    check("findings fail the job", status, 1)
    check("they annotate their lines", "::warning file=Dockerfile,line=3," in output)
    check("the summary is for people", "Dockerfile:3:1: warning:" in summary)
    check("a pattern file is no Dockerfile", "dockerignore" not in output)
    status, output, _ = act(workspace, fail_on="never", sarif="keyline.sarif")
    check("the job may pass with findings", status, 0)
    check("SARIF is written when asked for", json.loads((workspace / "keyline.sarif").read_text())["version"], "2.1.0")
    project(workspace / "second one")
    status, output, _ = act(workspace, paths="Dockerfile\nsecond one\n", options="--rule copy-before-install=error")
    check("paths are lines", re.findall(r"^::error file=([^,]*)", output, re.M), ["Dockerfile", "second one/Dockerfile"])
    check("a release that is not there cannot run", act(workspace, version="0.0.1")[0], 2)
    next((scratch / f"release/v{version}").glob("*.tar.gz")).write_bytes(b"something else")
    status, output, _ = act(workspace)
    check("what is not what was released is not run", (status, "is not what was released" in output), (2, True))


# ---- the GitLab job


def check_gitlab(scratch):
    job = load(".gitlab/keyline.gitlab-ci.yml")["keyline"]
    check("the job's report is the one it writes", job["artifacts"]["reports"]["codequality"] in job["script"][0])
    check("the job uses this release", str(job["variables"]["KEYLINE_VERSION"]), version)
    workspace = project(scratch / "gitlab")
    programs = scratch / "programs"
    programs.mkdir()
    (programs / "keyline").symlink_to(keyline)
    variables = {name: str(value) for name, value in job["variables"].items()}
    done = run(
        ["bash", "-e", "-c", "\n".join(job["before_script"] + job["script"])], workspace,
        PATH=f"{programs}:{os.environ['PATH']}", **variables,
    )
    check("findings fail the job on GitLab", done.returncode, 1)
    report = json.loads((workspace / "gl-code-quality-report.json").read_text())
    check("its report has their lines", [(issue["location"]["path"], issue["location"]["lines"]["begin"]) for issue in report],
          [("Dockerfile", 3), ("Dockerfile", 4)])


# ---- pre-commit


def check_hooks(scratch):
    hooks = load(".pre-commit-hooks.yaml")
    check("the hooks", [hook["id"] for hook in hooks], ["keyline-check", "keyline-fix"])
    taken = ["Dockerfile", "a/Dockerfile", "Dockerfile.dev", "Dockerfile-dev", "Containerfile", "app.dockerfile", "a/b.Dockerfile"]
    left = ["Dockerfile.dockerignore", "a/app.dockerfile.dockerignore", "Dockerfiles/readme", "MyDockerfile", "docker-compose.yml"]
    for hook in hooks:
        takes = lambda name, hook=hook: re.search(hook["files"], name) and not re.search(hook["exclude"], name)
        check(f"{hook['id']} takes Dockerfiles and nothing else", [name for name in taken + left if takes(name)], taken)
        words = hook["entry"].split()
        check(f"{hook['id']} names a command", run([keyline, words[1], "--help"], scratch).returncode, 0)

    if not shutil.which("pre-commit"):
        print("no pre-commit here: the hooks were not run by it")
        return
    workspace = project(scratch / "hooks")
    repository = scratch / "repository"
    repository.mkdir()
    shutil.copy(source / ".pre-commit-hooks.yaml", repository)
    environment = os.environ | {
        "PATH": f"{scratch / 'programs'}:{os.environ['PATH']}", "HOME": str(scratch), "PRE_COMMIT_HOME": str(scratch / "kept"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    for folder in (repository, workspace):
        for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a"]):
            run(["git", *command], folder, **environment)

    def hook(name):
        return run(["pre-commit", "try-repo", str(repository), name, "--all-files"], workspace, **environment)

    done = hook("keyline-check")
    check("pre-commit reports what is found", (done.returncode, "copy-before-install" in done.stdout), (1, True))
    done = hook("keyline-fix")
    check("pre-commit sees what is repaired", (done.returncode, "files were modified by this hook" in done.stdout), (1, True))
    done = hook("keyline-check")
    check("pre-commit passes what was repaired", done.returncode, 0)


# ---- the image, and libraries from elsewhere


def check_image():
    done = run([keyline, "check", "--format", "json", ".docker"], source, **os.environ)
    report = json.loads(done.stdout)
    check("keyline finds nothing in its own Dockerfile", report["files"][0]["findings"], [])
    overview = run([keyline, "explain", ".docker/Dockerfile"], source, **os.environ).stdout
    sources = re.findall(r"^ +\d+ .*\] COPY (?!--from)(.*?) +re-runs with (\d+) files?", overview, re.M)
    check("each COPY of it has files to copy", [name.split()[0] for name, count in sources if int(count) > 0],
          ["CMakeLists.txt", "protocol", "analysis", "server"])


def check_libraries():
    """Each library that CMake looks for is asked of vcpkg, and stands among the licences of what is linked in."""
    names = {"nlohmann_json": "nlohmann-json", "CLI11": "cli11", "SQLite3": "sqlite3"}
    text = read("CMakeLists.txt")
    headers = [re.split(r"[./]", name)[0] for name in re.findall(r"find_path\(\w+ (\S+)", text)]
    libraries = [name for name in re.findall(r"find_package\((\w+)", text) if name != "Threads"] + headers
    manifest = json.loads(read(".vcpkg/vcpkg.json"))
    check("vcpkg is asked for what CMake looks for", manifest["dependencies"],
          sorted(names.get(library, library) for library in libraries))
    check("vcpkg names this version", manifest["version"], version)
    licences = re.findall(r"^Files: (.*)$", read("server/delivery/copyright"), re.M)
    check("each library's licence is told", sorted(set(libraries) - set(licences)), [])


with tempfile.TemporaryDirectory() as name:
    folder = Path(name).resolve()
    check_action(folder)
    check_gitlab(folder)
    check_hooks(folder)
check_image()
check_libraries()
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)

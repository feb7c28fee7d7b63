"""Builds on the private engine: what each step did, what its tools said, and the image that came out."""
import dataclasses
import hashlib
import io
import json
import re
import subprocess
import tarfile
import typing

STEP = re.compile(r"^#(\d+) (\[(?!internal)[^\]]*\]) (?!FROM )(\w+)")
CACHED = re.compile(r"^#(\d+) CACHED$")
SAID = re.compile(r"^#\d+ [\d.]+ (download|refresh|clash) (.*)$")


class BuildFailed(Exception):
    pass


@dataclasses.dataclass
class Report:
    """One build, as the engine tells it."""
    ran: int  # steps that were not taken from the cache
    commands: int  # those of them that are a RUN
    said: dict  # what the stand-in tools printed, by its first word
    reused: dict  # of each step, by its label, whether it was taken from the cache
    log: str


class File(typing.NamedTuple):
    kind: bytes  # as in a tar
    mode: str
    owner: int
    group: int
    content: str  # its hash, or where a symlink leads


@dataclasses.dataclass
class Image:
    files: dict  # by path
    config: dict


class Engine:
    def __init__(self, docker, network="none"):
        self.docker = docker
        self.network = network  # of the steps that it runs
        self.layers = {}  # what is in each layer, by its digest

    def _run(self, *arguments, **options):
        return subprocess.run([self.docker, *arguments], capture_output=True, check=False, **options)

    def load(self, archive):
        result = self._run("load", input=archive)
        if result.returncode:
            raise BuildFailed(result.stderr.decode())

    def build(self, folder, *, name, target, arguments, mounts, platform=None, anew=False):
        """Builds the Dockerfile of a folder with the `context` beside it; with `anew`, every step. `mounts` tells the
        cache mounts of one side of one case from all others."""
        command = ["build", f"--network={self.network}", "--progress=plain", "--tag", name]
        for key, value in {**arguments, "BUILDKIT_CACHE_MOUNT_NS": mounts}.items():
            command += ["--build-arg", f"{key}={value}"]
        command += ["--target", target] if target else []
        command += ["--platform", platform] if platform else []
        command += ["--no-cache"] if anew else []
        result = self._run(*command, "--file", f"{folder}/Dockerfile", f"{folder}/context", text=True)
        if result.returncode:
            raise BuildFailed("\n".join(result.stderr.strip().splitlines()[-6:]))
        return _report(result.stderr)

    def forget(self, name):
        """All that was built, of which one image has a name, but not the images that were loaded."""
        for command in (["image", "rm", "--force", name], ["image", "prune", "--force"],
                        ["builder", "prune", "--all", "--force"]):
            result = self._run(*command, text=True)
            if result.returncode:
                raise BuildFailed(result.stderr)

    def image(self, name):
        saved = self._run("save", name)
        if saved.returncode:
            raise BuildFailed(saved.stderr.decode())
        with tarfile.open(fileobj=io.BytesIO(saved.stdout)) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))[0]
            document = json.load(archive.extractfile(manifest["Config"]))
            files = {}
            for digest, layer in zip(document["rootfs"]["diff_ids"], manifest["Layers"]):
                if digest not in self.layers:
                    with tarfile.open(fileobj=archive.extractfile(layer)) as changes:
                        self.layers[digest] = dict(_entries(changes))
                _apply(self.layers[digest], files)
        return Image(files, {key: value for key, value in document["config"].items() if value})


def _report(log):
    steps, cached, said = {}, set(), {}
    for line in log.splitlines():
        if step := STEP.match(line):
            steps[step[1]] = step[2], step[3]
        elif hit := CACHED.match(line):
            cached.add(hit[1])
        elif words := SAID.match(line):
            said.setdefault(words[1], []).append(words[2])
    ran = [keyword for number, (_, keyword) in steps.items() if number not in cached]
    reused = {label: number in cached for number, (label, _) in steps.items()}
    return Report(len(ran), ran.count("RUN"), said, reused, log)


def _entries(layer):
    for entry in layer:
        content = entry.linkname if entry.issym() or entry.islnk() else ""
        if entry.isreg():
            content = hashlib.sha256(layer.extractfile(entry).read()).hexdigest()
        yield entry.name.rstrip("/"), File(entry.type, oct(entry.mode & 0o7777), entry.uid, entry.gid, content)


def _apply(layer, files):
    """Lays one layer over the files below; entries that begin with .wh. take away what lies there."""
    for path in layer:
        folder, _, name = path.rpartition("/")
        if name.startswith(".wh."):
            gone = folder if name == ".wh..wh..opq" else f"{folder}/{name[4:]}".lstrip("/")
            for each in [each for each in files if each.startswith(gone + "/") or (each == gone and gone != folder)]:
                del files[each]
    for path, entry in layer.items():
        if not path.rpartition("/")[2].startswith(".wh."):
            # Another name of the same file is as good as a file of its own.
            files[path] = files[entry.content] if entry.kind == tarfile.LNKTYPE else entry

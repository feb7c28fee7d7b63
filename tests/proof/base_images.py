"""Base images under the names that cases use: busybox, the stand-in tools, and the configuration that matters here."""
import hashlib
import io
import json
import pathlib
import re
import shutil
import subprocess
import tarfile

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What the images of these names are configured with; the names are matched at their beginning.
CONFIGURED = {
    "golang:": {"Env": ["PATH=/go/bin:/usr/local/go/bin:" + PATH, "GOPATH=/go"], "WorkingDir": "/go"},
    "rust:": {"Env": ["PATH=/usr/local/cargo/bin:" + PATH, "CARGO_HOME=/usr/local/cargo"]},
    "ruby:": {"Env": ["PATH=" + PATH, "GEM_HOME=/usr/local/bundle", "BUNDLE_APP_CONFIG=/usr/local/bundle"]},
    "composer:": {"Env": ["PATH=" + PATH, "COMPOSER_HOME=/tmp"], "WorkingDir": "/app"},
    "maven:": {"Env": ["PATH=" + PATH, "MAVEN_CONFIG=/root/.m2"]},
}
# Files that only some distributions have, by what their names contain; Debian is what is left.
DISTRIBUTIONS = {
    r"alpine": {},
    r"^fedora:4[1-9]": {"etc/dnf5": ""},
    r"^(fedora|rockylinux|almalinux)": {},
    r"": {"etc/apt/apt.conf.d/docker-clean": "# removes the archives after each use of dpkg\n"},
}
ALIASES = {"apt-get": ["apt"], "dnf": ["microdnf", "yum"], "pip": ["pip3"], "python": ["python3"], "mvn": ["mvnw"]}
# Programs whose work does not matter here.
IDLE = ["add-apt-repository", "adduser", "corepack", "curl", "dpkg", "git", "useradd"]
USERS = "root:x:0:0::/root:/bin/sh\napp:x:1001:1001::/home/app:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n"
DIRECTORIES = {"bin": 0o755, "dev": 0o755, "etc": 0o755, "home": 0o755, "opt": 0o755, "proc": 0o555, "root": 0o700,
               "sys": 0o555, "tmp": 0o1777, "usr": 0o755, "usr/local": 0o755, "usr/local/bin": 0o755, "var": 0o755}


def archive(names):
    """All images in one tar as `docker load` reads it."""
    images = []
    for name in sorted(names):
        files = next(files for pattern, files in DISTRIBUTIONS.items() if re.search(pattern, name))
        config = {"Env": ["PATH=" + PATH], "Cmd": ["/bin/sh"]}
        config.update(next((each for start, each in CONFIGURED.items() if name.startswith(start)), {}))
        images.append((name, layer((path, 0o644, text.encode(), "") for path, text in sorted(files.items())), config))
    return pack(layer([*_busybox(), *_tools()]), images)


def pack(system, images):
    """Images of (name, layer of its own, configuration), which stand on a layer that they share."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        _add(out, "system.tar", system)
        listed = []
        for number, (name, own, config) in enumerate(images):
            _add(out, f"own{number}.tar", own)
            _add(out, f"config{number}.json", json.dumps({
                "architecture": "amd64", "os": "linux", "config": config,
                "rootfs": {"type": "layers", "diff_ids": [_digest(system), _digest(own)]}}).encode())
            listed.append({"Config": f"config{number}.json", "RepoTags": [name],
                           "Layers": ["system.tar", f"own{number}.tar"]})
        _add(out, "manifest.json", json.dumps(listed).encode())
    return buffer.getvalue()


def bare_system():
    """Busybox without the stand-in tools."""
    return layer(_busybox())


def _busybox():
    busybox = shutil.which("busybox")
    for path, mode in DIRECTORIES.items():
        yield path, mode, None, ""
    yield "bin/busybox", 0o755, pathlib.Path(busybox).read_bytes(), ""
    for applet in subprocess.check_output([busybox, "--list"], text=True).split():
        if applet not in ["busybox", *IDLE]:
            yield "bin/" + applet, 0o777, b"", "busybox"
    yield "etc/passwd", 0o644, USERS.encode(), ""
    yield "etc/group", 0o644, b"root:x:0:\napp:x:1001:\nnode:x:1000:\n", ""
    for home in ("app", "node"):
        yield "home/" + home, 0o755, None, ""


def _tools():
    tools = pathlib.Path(__file__).parent / "tools"
    yield "usr/local/bin/library.sh", 0o644, (tools / "library.sh").read_bytes(), ""
    for tool in sorted(tools.glob("*.sh")):
        if tool.stem == "library":
            continue
        for name in [tool.stem] + ALIASES.get(tool.stem, []):
            yield "usr/local/bin/" + name, 0o755, tool.read_bytes(), ""
    for name in IDLE:
        yield "usr/local/bin/" + name, 0o755, b"#!/bin/sh\n", ""


def layer(files):
    """A tar of (path, mode, content or None for a directory, target of a symlink)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for path, mode, content, target in files:
            entry = tarfile.TarInfo(path)
            entry.mode = mode
            entry.uid = entry.gid = {"home/app": 1001, "home/node": 1000}.get(path, 0)
            if target:
                entry.type, entry.linkname = tarfile.SYMTYPE, target
            elif content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            out.addfile(entry, io.BytesIO(content) if content else None)
    return buffer.getvalue()


def _add(out, path, data):
    entry = tarfile.TarInfo(path)
    entry.size = len(data)
    out.addfile(entry, io.BytesIO(data))


def _digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()

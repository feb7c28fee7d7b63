#!/usr/bin/env python3
"""usage: real_npm.py KEYLINE DOCKER WORK

The cache mount for npm with the real npm of this machine, copied into an image, and the registry that it is set up for:
the same files in the image, and after an edit of the manifest only the new package is downloaded. Leaves with 3 where
npm is missing or reaches no registry.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import base_images
import builds
import cases
import promises

FIRST = {"is-odd": "3.0.1", "left-pad": "1.3.0"}
DOCKERFILE = """FROM node:22
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --loglevel=http
"""
DOWNLOADED = re.compile(r"npm http fetch GET 200 \S+\.tgz .*\(cache (?:miss|updated)\)")


class NotPossible(Exception):
    pass


def manifests(work, dependencies):
    """package.json and the lock file that npm makes of it."""
    work.mkdir()
    (work / "package.json").write_text(json.dumps({"name": "app", "version": "1.0.0", "dependencies": dependencies}))
    # With addresses in the lock file, as npm writes it unless told otherwise: it looks into its cache by them.
    made = subprocess.run(["npm", "install", "--package-lock-only", "--ignore-scripts", "--fetch-retries=0",
                           "--omit-lockfile-registry-resolved=false"], cwd=work,
                          capture_output=True, check=False)
    if made.returncode:
        raise NotPossible("npm reaches no registry here")
    return {name: (work / name).read_text(encoding="utf-8") for name in ("package.json", "package-lock.json")}


def image_of_this_machine():
    """node:22 of this machine's node, the libraries that it is linked to, npm, and what npm is configured with."""
    node = shutil.which("node")
    npm = pathlib.Path(os.path.realpath(shutil.which("npm"))).parents[1]
    linked = re.findall(r"(/\S+) \(0x", subprocess.check_output(["ldd", node], text=True))
    settings = json.loads(subprocess.check_output(["npm", "config", "list", "--json"], text=True))
    environment = ["PATH=" + base_images.PATH, "NPM_CONFIG_REGISTRY=" + settings["registry"]]
    files = [("usr/local/bin/node", 0o755, pathlib.Path(node).read_bytes(), "")]
    files += [(path.lstrip("/"), 0o755, pathlib.Path(path).read_bytes(), "") for path in linked]
    for file in sorted(npm.rglob("*")):
        if file.is_file():
            place = "usr/local/lib/node_modules/npm/" + str(file.relative_to(npm))
            files.append((place, 0o755, file.read_bytes(), ""))
    files.append(("usr/local/bin/npm", 0o777, b"", "../lib/node_modules/npm/bin/npm-cli.js"))
    files.append(("usr/bin/env", 0o777, b"", "/bin/env"))
    if settings.get("cafile"):
        files.append(("etc/ssl/certs/registry.crt", 0o644, pathlib.Path(settings["cafile"]).read_bytes(), ""))
        environment.append("NPM_CONFIG_CAFILE=/etc/ssl/certs/registry.crt")
    own = base_images.layer(files)
    return base_images.pack(base_images.bare_system(), [("node:22", own, {"Env": environment})])


def main(binary, docker, work):
    if not shutil.which("node") or not shutil.which("npm"):
        raise NotPossible("there is no node and npm on this machine")
    work, keyline, engine = pathlib.Path(work), cases.Keyline(binary), builds.Engine(docker, network="host")
    first = manifests(work / "first", FIRST)
    second = manifests(work / "second", {**FIRST, "is-number": "7.0.0"})
    engine.load(image_of_this_machine())

    case = cases.Case("real npm", DOCKERFILE, first)
    folders = [case.write(work / side, DOCKERFILE) for side in ("before", "after")]
    keyline.fix(case, folders[1], "missing-cache-mount")
    sides = [promises.Side(folder, (folder / "Dockerfile").read_text(), folder.name) for folder in folders]
    proof = promises.Proof(engine, case, "missing-cache-mount", sides)
    proof.build_before()
    proof.build_after(keyline.rules["missing-cache-mount"]["changes"].split())

    downloads = []
    for folder in folders:
        for name, text in second.items():
            (folder / "context" / name).write_text(text)
        report = engine.build(folder, name=folder.name, target="", arguments={}, mounts=folder.name)
        downloads.append(len(DOWNLOADED.findall(report.log)))
    print(f"same image; after an edit of package.json, downloads {downloads[0]} -> {downloads[1]}")
    if not 0 < downloads[1] < downloads[0]:
        raise promises.Broken("the mount did not keep what was downloaded")


try:
    main(*sys.argv[1:])
except NotPossible as reason:
    print(f"skipped: {reason}")
    sys.exit(3)
except (promises.Broken, builds.BuildFailed) as fault:
    print(f"{fault}\n0 passed, 1 failed")
    sys.exit(1)
print("1 passed, 0 failed")

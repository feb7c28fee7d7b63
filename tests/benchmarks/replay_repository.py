#!/usr/bin/env python3
"""Makes a large git repository to time `keyline replay` on: replay_repository.py FOLDER [COMMITS [FILES]]. Every commit
edits a handful of files, some add, remove or rename, some are merges, and the manifests change now and then."""
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from replay.repositories import Importer  # noqa: E402

DOCKERFILE = """FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
FROM nginx
COPY --from=build /app/dist /usr/share/nginx/html
COPY conf/*.conf /etc/nginx/
"""


def main():
    folder, commits, files = sys.argv[1], int((sys.argv + [0, 0])[2] or 10000), int((sys.argv + [0, 0, 0])[3] or 40000)
    chance = random.Random(1)
    importer = Importer(folder)
    paths = [f"src/area{n % 97}/part{n % 13}/file{n}.ts" for n in range(files)]
    tree = {path: ("100644", "0") for path in paths}
    tree.update({name: ("100644", "0") for name in ("package.json", "package-lock.json", "conf/a.conf", "README.md")})
    head = importer.commit([], tree, whole=True)
    for number in range(commits):
        changes = {chance.choice(paths): ("100644", str(number)) for _ in range(chance.choice([1, 2, 3, 8, 30]))}
        if chance.random() < 0.05:
            changes["package-lock.json"] = ("100644", str(number))
        if chance.random() < 0.1:
            changes[f"docs/new{number}.md"] = ("100644", str(number))
        if chance.random() < 0.2:
            side = importer.commit([head], {chance.choice(paths): ("100755", str(number))}, branch="side")
            head = importer.commit([head, side], changes)
        else:
            head = importer.commit([head], changes)
    importer.finish()
    (pathlib.Path(folder) / "Dockerfile").write_text(DOCKERFILE)
    (pathlib.Path(folder) / ".dockerignore").write_text(".git\ndocs\n**/*.test.ts\n!docs/keep.md\n")


if __name__ == "__main__":
    main()

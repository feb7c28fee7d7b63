#!/usr/bin/env python3
"""Makes a build directory of a size and shape that hurts: context_tree.py FOLDER [FILES] [BYTES]

Half of the files lie deep in node_modules or .git, a third are sources of many packages, the rest build output and
data. Sizes vary over four orders of magnitude; the bytes are noise, so that reading them is real work. The .dockerignore
lets about a third through.
"""
import os
import random
import sys

IGNORED = """# A list that has grown.
.git
**/node_modules
**/*.log
**/*.tmp
**/__pycache__
**/*.pyc
**/.cache
**/Dockerfile*
out/**/*.o
coverage
.env*
!.env.example
*.md
!README.md
data/raw
!data/raw/keep-*
packages/*/dist
docker-compose*.yml
"""
NAMES = "account api button cart chart client core date error event form grid hook index layout menu model order page".split()
ENDS = [".ts", ".tsx", ".js", ".css", ".json", ".map", ".go", ".py", ".md", ".log", ".svg", ".html", ".txt", ".yaml"]


def folder(rng):
    def some(low, high):
        return "/".join(rng.choice(NAMES) + "-%d" % rng.randrange(8) for _ in range(rng.randint(low, high)))

    kind = rng.random()
    if kind < 0.40:
        return rng.choice(["node_modules/", "packages/%s/node_modules/" % some(1, 1)]) + some(1, 4)
    if kind < 0.50:
        return ".git/objects/%02x" % rng.randrange(256)
    if kind < 0.87:
        return "packages/%s/src/%s" % (some(1, 1), some(1, 4))
    return rng.choice(["out/" + some(1, 2), "coverage", "data/raw", "data/" + some(1, 1), "packages/%s/dist" % some(1, 1)])


def main():
    root = sys.argv[1]
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 2_000_000_000
    rng = random.Random(1)
    noise = memoryview(rng.randbytes(1 << 25))
    sigma = 1.6
    median = size / files / 2.718281828 ** (sigma * sigma / 2)
    place = ""
    for number in range(files):
        if not place or rng.random() < 0.12:
            place = os.path.join(root, folder(rng))
            os.makedirs(place, exist_ok=True)
        length = int(min(2e7, max(16, median * rng.lognormvariate(0, sigma))))
        at = rng.randrange(len(noise) - length)
        with open("%s/%s-%d%s" % (place, rng.choice(NAMES), number, rng.choice(ENDS)), "wb") as file:
            file.write(noise[at : at + length])
    for name, text in ((".dockerignore", IGNORED), ("Dockerfile", "FROM scratch\nCOPY . /\n")):
        with open(os.path.join(root, name), "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()

"""Git repositories to replay: random ones with everything that a history can do, and those of recorded projects, whose
files have stand-in contents."""
import random
import subprocess


class Importer:
    """Writes commits with git fast-import, which makes thousands in a second."""

    def __init__(self, repository):
        subprocess.run(["git", "init", "-q", "-b", "main", repository], check=True)
        self.process = subprocess.Popen(["git", "-C", repository, "fast-import", "--quiet", "--force"],
                                        stdin=subprocess.PIPE)
        self.marks = 0
        self.repository = repository

    def write(self, data):
        self.process.stdin.write(data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape"))

    def commit(self, parents, changes, branch="main", whole=False):
        """`changes`: path -> (mode, content) or None for a removal. With `whole`, all that the tree has."""
        self.marks += 1
        time = 1_700_000_000 + 3600 * self.marks
        self.write(f"commit refs/heads/{branch}\nmark :{self.marks}\n"
                   f"committer a <a@example.org> {time} +0000\ndata 1\n.\n")
        if parents:
            self.write(f"from :{parents[0]}\n")
            for other in parents[1:]:
                self.write(f"merge :{other}\n")
        if whole:
            self.write("deleteall\n")
        for path, entry in sorted(changes.items(), key=lambda item: item[1] is not None):
            if entry is None:
                self.write(f"D {quoted(path)}\n")
            else:
                mode, content = entry
                data = content.encode("utf-8", "surrogateescape")
                self.write(f"M {mode} inline {quoted(path)}\ndata {len(data)}\n")
                self.write(data + b"\n")
        self.write("\n")
        return self.marks

    def finish(self):
        self.process.stdin.close()
        assert self.process.wait() == 0
        subprocess.run(["git", "-C", self.repository, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)


def quoted(path):
    if any(c in path for c in "\"\\\n") or path.startswith(" "):
        return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return path


# --- random -----------------------------------------------------------------------------------------------------------

NAMES = ["package.json", "package-lock.json", "README.md", "src/app.js", "src/lib/util.js", "src/lib/deep/er.js",
         "src/lib/deep/only.md", "docs/index.md", "docs/guide/one.md", "conf/dev.ini", "conf/prod.ini", "scripts/run.sh",
         "scripts/build.sh", "data/a.json", "data/b.json", "data/more/c.json", "srcs/not.js", "a b/c d.txt",
         "tests/unit/x.test.js", "tests/data.json", "vendor/one/x.go", "ünï.txt", "Dockerfile", ".dockerignore",
         "node_modules/x/index.js", "sub/package.json", "sub/src/main.js", "sub/docs/x.md", "sub/conf/a.ini"]
LINKS = {"current": ["conf", "data", "nowhere"], "linked.json": ["data/a.json", "data/b.json", "package.json"],
         "src/link": ["../docs", "lib"], "data/l.json": ["b.json", "more/c.json"], "conf": ["data"],
         "sub/cur": ["src", "../sub/conf", "docs"]}


def fits(tree, path):
    """A path cannot lie below a file, nor be a file and a directory."""
    parts = path.split("/")
    above = {"/".join(parts[:i]) for i in range(1, len(parts))}
    return not above & set(tree) and not any(other.startswith(path + "/") for other in tree)


def mutate(chance, tree):
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        kind = chance.random()
        path = chance.choice(NAMES)
        if kind < 0.45:
            if fits(tree, path):
                mode = tree.get(path, ("100644",))[0]
                tree[path] = ("100644" if mode == "120000" else mode, str(chance.randrange(4)))
        elif kind < 0.60 and tree:
            tree.pop(chance.choice(sorted(tree)))
        elif kind < 0.70:
            if tree.get(path, ("120000",))[0] != "120000":
                mode, content = tree[path]
                tree[path] = ("100755" if mode == "100644" else "100644", content)
        elif kind < 0.80 and tree:
            entry = tree.pop(chance.choice(sorted(tree)))
            if fits(tree, path):
                tree[path] = entry
        elif kind < 0.88:
            name = chance.choice(sorted(LINKS))
            if fits(tree, name):
                tree[name] = ("120000", chance.choice(LINKS[name]))
        elif kind < 0.93:
            whole = chance.choice(["docs", "data", "src/lib", "conf"])
            for name in [name for name in tree if name.startswith(whole + "/")]:
                del tree[name]
            if fits(tree, whole):
                tree[whole] = ("100644", "now a file")
        elif kind < 0.97:
            for whole in ["docs", "data", "src/lib", "conf"]:
                tree.pop(whole, None)


def random_repository(repository, seed, commits):
    chance = random.Random(seed)
    importer = Importer(repository)
    tree = {name: ("100644", "0") for name in NAMES}
    head = importer.commit([], tree, whole=True)
    for _ in range(commits):
        if chance.random() < 0.15:
            side, other = dict(tree), head
            for _ in range(chance.randrange(1, 4)):
                mutate(chance, side)
                other = importer.commit([other], side, branch="side", whole=True)
            if chance.random() < 0.5:
                mutate(chance, tree)
                head = importer.commit([head], tree, whole=True)
                for name, entry in side.items():
                    if fits(tree, name):
                        tree[name] = entry
            else:
                tree = side
            head = importer.commit([head, other], tree, whole=True)
        else:
            mutate(chance, tree)
            head = importer.commit([head], tree, whole=True)
    importer.finish()


def rewritten_repository(repository, seed, commits, versions):
    """Random changes, and now and then another of the versions: each is a Dockerfile with its .dockerignore. Gives the
    version that each commit has, newest first; the first commit of all is left out."""
    chance = random.Random(seed)
    importer = Importer(repository)
    tree = {name: ("100644", "0") for name in NAMES}
    used = [0]

    def write(version):
        tree["Dockerfile"], tree[".dockerignore"] = (("100644", text) for text in versions[version])

    write(0)
    head = importer.commit([], tree, whole=True)
    for _ in range(commits):
        used.append(chance.randrange(len(versions)) if chance.random() < 0.2 else used[-1])
        if used[-1] == used[-2]:
            mutate(chance, tree)
        write(used[-1])
        head = importer.commit([head], tree, whole=True)
    importer.finish()
    return used[:0:-1], used[-2::-1]


# --- recorded projects ------------------------------------------------------------------------------------------------

def recorded_repository(repository, project):
    """Commits that touch what the recorded ones touched. A file that is gone today went with the last commit that
    touched it, one that is there today came with the start."""
    links = {link if isinstance(link, str) else link[0] for link in project["symlinks"]}
    today = {path for path, _ in project["files"]}
    commits = list(reversed(project["commits"]))
    last = {path: number for number, commit in enumerate(commits) for path in commit["files"]}
    born = {}
    for number, commit in enumerate(commits):
        for path in commit["files"]:
            born.setdefault(path, number if path in today and number % 3 == 0 else -1)
    importer = Importer(repository)
    tree = {}
    for path in today | set(last):
        if born.get(path, -1) == -1 and fits_fast(tree, path):
            add(tree, path)
    start = {path: ("120000", "target") if path in links else ("100644", "0") for path in tree if tree[path]}
    head = importer.commit([], start, whole=True)
    for number, commit in enumerate(commits):
        changes = {}
        for path in commit["files"]:
            if path not in today and last[path] == number:
                if path in tree:
                    changes[path] = None
                    del tree[path]
            elif path in tree or fits_fast(tree, path):
                add(tree, path)
                changes[path] = ("120000", f"target{number}") if path in links else ("100644", str(number))
        if commit.get("outside"):
            changes["outside the context"] = ("100644", str(number))
        head = importer.commit([head], changes)
    importer.finish()


def fits_fast(tree, path):
    parts = path.split("/")
    return not any(tree.get("/".join(parts[:i])) for i in range(1, len(parts))) and not tree.get(path, True) is False


def add(tree, path):
    tree[path] = True



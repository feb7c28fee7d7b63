"""A slow second opinion on `keyline replay`: for each commit both whole trees are listed, filtered by .dockerignore and
by what each COPY, ADD or bind mount names, and compared. Shares no code with keyline, reads a plain subset of Dockerfile
syntax, and knows nothing but the rules: names, modes and contents count, links are followed where BuildKit follows them.
"""
import functools
import re
import subprocess

REUSED, MAYBE, RERUN = ".", "?", "x"


def git(repository, *arguments):
    done = subprocess.run(["git", "-C", repository, *arguments], check=True, stdout=subprocess.PIPE)
    return done.stdout


# --- .dockerignore ----------------------------------------------------------------------------------------------------

def clean(path):
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def expression(pattern):
    """A pattern of .dockerignore as a regular expression over whole paths."""
    out, i = "", 0
    while i < len(pattern):
        c = pattern[i]
        if pattern.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif pattern.startswith("**", i):
            out, i = out + ".*", i + 2
        elif c == "*":
            out, i = out + "[^/]*", i + 1
        elif c == "?":
            out, i = out + "[^/]", i + 1
        elif c == "[":
            end = pattern.index("]", i)
            out, i = out + pattern[i:end + 1], end + 1
        else:
            out, i = out + re.escape(c), i + 1
    return re.compile(out + r"\Z", re.S)


class Ignore:
    def __init__(self, text):
        self.rules, self.known = [], {}
        for line in text.lstrip("\ufeff").splitlines():
            if line.startswith("#") or not line.strip():
                continue
            line = line.strip()
            exception = line.startswith("!")
            pattern = clean(line[1:].strip() if exception else line)
            if pattern:
                self.rules.append((expression(pattern), exception))

    def matches(self, path):
        """Per rule, whether it matches the path or a directory above."""
        if path in self.known:
            return self.known[path]
        above = self.matches(path.rsplit("/", 1)[0]) if "/" in path else [False] * len(self.rules)
        self.known[path] = [up or bool(rule.match(path)) for up, (rule, _) in zip(above, self.rules)]
        return self.known[path]

    def hides(self, path):
        hidden = False
        for matched, (_, exception) in zip(self.matches(path), self.rules):
            if matched:
                hidden = not exception
        return hidden


# --- Dockerfile -------------------------------------------------------------------------------------------------------

class Step:
    def __init__(self, line, keyword):
        self.line, self.keyword = line, keyword
        self.sources = []   # of the context
        self.unknown = False  # whether there are more, whose names hang on the platform of the build
        self.excludes = []
        self.stages = []    # that it takes files from, as (stage, by a mount)
        self.link = False
        self.parent = None


def instructions(text):
    lines = text.lstrip("\ufeff").splitlines()
    i = 0
    while i < len(lines):
        start = i
        line = lines[i].strip()
        i += 1
        if not line or line.startswith("#"):
            continue
        joined = line
        while joined.endswith("\\") and i < len(lines):
            joined = joined[:-1] + " "
            while i < len(lines) and (lines[i].strip().startswith("#") or not lines[i].strip()):
                i += 1
            if i < len(lines):
                joined += lines[i].strip()
                i += 1
        words = joined.split(None, 1)
        keyword, rest = words[0].upper(), words[1] if len(words) > 1 else ""
        if keyword in ("RUN", "COPY", "ADD"):
            for end in re.findall(r"<<-?[\"']?(\w+)[\"']?", rest):
                while i < len(lines) and lines[i].strip() != end:
                    i += 1
                i += 1
        yield start + 1, keyword, rest


def expand(text, values):
    def value(match):
        name = match.group(1) or match.group(2)
        if match.group(3) is not None and not values.get(name):
            return match.group(3)
        return values.get(name, "") or ""
    return re.sub(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))",
                  lambda m: value(_Match(m.group(1), m.group(3), m.group(2))), text)


class _Match:
    def __init__(self, *groups):
        self.groups = groups

    def group(self, i):
        return self.groups[i - 1]


PLATFORM = re.compile(r"\$\{?(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)\b")


def flags_of(rest):
    flags = []
    while rest.startswith("--"):
        words = rest.split(None, 1)
        name, _, value = words[0][2:].partition("=")
        flags.append((name, value))
        rest = words[1] if len(words) > 1 else ""
    return flags, rest


class Dockerfile:
    def __init__(self, text):
        self.steps, self.stages, self.names = [], [], {}
        for line, keyword, rest in instructions(text):
            if keyword == "FROM":
                self.begin_stage(rest)
            elif keyword == "ARG" and not self.stages:
                self.declare(self.globals_, rest)
            elif self.stages:
                self.read(line, keyword, rest)
        self.mark_reachable()

    globals_ = property(lambda self: self.__dict__.setdefault("_globals", {}))

    @staticmethod
    def declare(values, rest):
        for word in rest.split():
            name, equals, value = word.partition("=")
            if equals:
                values[name] = expand(value.strip("\"'"), values)

    def begin_stage(self, rest):
        _, rest = flags_of(rest)
        words = rest.split()
        base = expand(words[0], self.globals_)
        parent = self.names.get(base.lower())
        stage = {"base": parent, "needs": set(), "last": self.stages[parent]["last"] if parent is not None else None,
                 "values": dict(self.stages[parent]["values"]) if parent is not None else {}}
        if parent is not None:
            stage["needs"].add(parent)
        self.stages.append(stage)
        if len(words) == 3 and words[1].upper() == "AS":
            self.names[words[2].lower()] = len(self.stages) - 1

    def stage_named(self, name):
        if name.lower() in self.names:
            return self.names[name.lower()]
        return int(name) if name.isdigit() and int(name) < len(self.stages) - 1 else None

    def read(self, line, keyword, rest):
        stage = self.stages[-1]
        values = stage["values"]
        if keyword == "ARG":
            self.declare(values, rest)
            for word in rest.split():
                if "=" not in word and word in self.globals_:
                    values[word] = self.globals_[word]
            return
        if keyword == "ENV":
            if "=" in rest.split()[0]:
                for name, value in re.findall(r"(\w+)=(\"[^\"]*\"|\S*)", rest):
                    values[name] = expand(value.strip("\"'"), values)
            elif len(rest.split(None, 1)) == 2:
                name, value = rest.split(None, 1)
                values[name] = expand(value.strip("\"'"), values)
            return
        if keyword == "WORKDIR" and clean(expand(rest, values)) == "":
            return
        if keyword not in ("RUN", "COPY", "ADD", "WORKDIR"):
            return
        step = Step(line, keyword)
        step.parent, step.stage = stage["last"], len(self.stages) - 1
        flags, words = flags_of(rest)
        if keyword == "RUN":
            self.read_mounts(step, flags, stage, values)
        elif keyword != "WORKDIR":
            self.read_copy(step, flags, words, stage, values)
        self.steps.append(step)
        stage["last"] = len(self.steps) - 1

    def read_mounts(self, step, flags, stage, values):
        for name, value in flags:
            if name != "mount":
                continue
            fields = dict(field.partition("=")[::2] for field in value.split(","))
            if fields.get("type", "bind") not in ("bind", "cache"):
                continue
            origin = fields.get("from")
            if origin is None:
                if fields.get("type", "bind") == "bind":
                    step.sources.append(clean(expand(fields.get("source", fields.get("src", "")), values)) or ".")
                continue
            self.take_from(step, origin, stage, True)

    def take_from(self, step, origin, stage, by_mount):
        found = self.stage_named(origin)
        if found is not None:
            stage["needs"].add(found)
            step.stages.append((self.stages[found]["last"], by_mount))

    def read_copy(self, step, flags, words, stage, values):
        given = dict(flags)
        step.link = "link" in given and given["link"] != "false" and "chmod" not in given
        step.excludes = [value for name, value in flags if name == "exclude"]
        if "from" in given:
            return self.take_from(step, expand(given["from"], values), stage, False)
        if words.startswith("["):
            parts = re.findall(r"\"([^\"]*)\"", words)
        else:
            parts = words.split()
        for source in parts[:-1]:
            if PLATFORM.search(source):
                step.unknown = True
                continue
            source = expand(source, values)
            if not source.startswith("<<") and "://" not in source:
                step.sources.append(clean(source) or ".")

    def mark_reachable(self):
        wanted, todo = set(), [len(self.stages) - 1]
        while todo:
            stage = todo.pop()
            if stage not in wanted:
                wanted.add(stage)
                todo += self.stages[stage]["needs"]
        self.reachable = wanted


# --- trees ------------------------------------------------------------------------------------------------------------

@functools.lru_cache(maxsize=256)
def list_tree(repository, revision, directory):
    """Path -> (mode, object), directories with an empty object."""
    tree = {}
    for entry in git(repository, "ls-tree", "-r", "-t", "-z", "--full-tree", revision).split(b"\0"):
        if not entry:
            continue
        head, path = entry.split(b"\t", 1)
        mode, kind, name = head.decode().split()
        path = path.decode("utf-8", "surrogateescape")
        if directory:
            if not path.startswith(directory + "/"):
                continue
            path = path[len(directory) + 1:]
        tree[path] = ("d", "") if kind in ("tree", "commit") else (mode, name)
    return tree


class Context:
    def __init__(self, tree, ignore, targets):
        self.targets = targets
        self.entries = {}
        for path, entry in tree.items():
            if not ignore.hides(path):
                self.entries[path] = entry
                # What is brought back brings the directories above with it.
                while "/" in path:
                    path = path.rsplit("/", 1)[0]
                    self.entries.setdefault(path, ("d", ""))
        self.paths = sorted(self.entries)

    def follow(self, path):
        done, rest, links = "", path, 0
        while rest:
            name, _, rest = rest.partition("/")
            if name in ("", "."):
                continue
            if name == "..":
                done = done.rsplit("/", 1)[0] if "/" in done else ""
                continue
            following = f"{done}/{name}" if done else name
            entry = self.entries.get(following)
            if entry and entry[0] == "120000":
                links += 1
                if links > 255:
                    return None
                target = self.targets[entry[1]]
                if target.startswith("/"):
                    done = ""
                rest = f"{target}/{rest}" if rest else target
                continue
            done = following
        return done

    def under(self, root):
        """What lies at and below a real path, by its name there."""
        if root == "":
            return {path: self.entries[path] for path in self.paths}
        found = {path[len(root):]: self.entries[path] for path in self.paths if path.startswith(root + "/")}
        if root in self.entries:
            found[""] = self.entries[root]
        return found

    def digest(self, source, excludes):
        """What a source holds; without, and with what --exclude leaves out."""
        if re.search(r"[*?\[]", source):
            found = self.match(source)
        else:
            root = self.follow(source) if source != "." else ""
            found = self.under(root) if root is not None else {}
        excluded = Ignore("\n".join(excludes))
        kept = {}
        for name, entry in found.items():
            inner = name.split("\0")[-1].lstrip("/")
            if not (inner and excludes and excluded.hides(inner)):
                kept[name] = entry
        return kept, found

    def match(self, source):
        pattern = glob(source)
        literal = re.split(r"[*?\[]", source, 1)[0]
        directory = literal.rsplit("/", 1)[0] if "/" in literal else ""
        base = self.follow(directory) if directory else ""
        if base is None:
            return {}
        found, last = {}, None
        for path in self.paths:
            if base and not path.startswith(base + "/"):
                continue
            name = path[len(base) + 1:] if base else path
            if last is not None and name.startswith(last + "/"):
                continue
            whole = f"{directory}/{name}" if directory else name
            if not pattern.match(whole):
                continue
            root = path
            if self.entries[path][0] == "d":
                last = name
            else:
                root = self.follow(path)
            for below, entry in (self.under(root) if root is not None else {}).items():
                found[name + "\0" + below] = entry
        return found


def glob(source):
    """Wildcards as Go's path.Match has them."""
    out = ""
    for c in source:
        out += {"*": "[^/]*", "?": "[^/]"}.get(c, c if c in "[]-^" and "[" in source else re.escape(c))
    return re.compile(out + r"\Z", re.S)


# --- replay -----------------------------------------------------------------------------------------------------------

def propagate(dockerfile, own):
    """The outcome of each step, from those of its own files (cache-model 9.2)."""
    results, outcomes = [], []
    for index, step in enumerate(dockerfile.steps):
        outcome = own[index]
        order = REUSED + MAYBE + RERUN
        for taken, by_mount in step.stages:
            if taken is None or results[taken] == REUSED:
                continue
            same = taken == step.parent and not by_mount and not step.link
            outcome = max(outcome, results[taken] if same else MAYBE, key=order.index)
        chained = outcome
        if step.parent is not None:
            above = results[step.parent]
            if above != REUSED and any(by_mount and taken == step.parent for taken, by_mount in step.stages):
                above = MAYBE
            chained = max(outcome, above, key=order.index)
        outcomes.append(outcome if step.link else chained)
        results.append(chained)
    return outcomes


def replay(repository, dockerfile_text, ignore_text, directory, commits, with_link_changes=None):
    """Line -> what each of the last commits did to the step there, newest first. Also fills in, by commit, whether one
    of its changes is a link's."""
    dockerfile, ignore = Dockerfile(dockerfile_text), Ignore(ignore_text)
    history = [line.split() for line in
               git(repository, "rev-list", "--first-parent", "--parents", "-n", str(commits), "HEAD").decode().splitlines()]
    targets, digests = {}, {}

    def tree_of(commit):
        tree = list_tree(repository, commit, directory)
        for mode, name in tree.values():
            if mode == "120000" and name not in targets:
                targets[name] = git(repository, "cat-file", "blob", name).decode("utf-8", "surrogateescape")
        return tree

    def digests_of(commit):
        if commit not in digests:
            context = Context(tree_of(commit), ignore, targets)
            # Of a source that is not known, nobody knows more than that it is some part of all.
            digests[commit] = [[context.digest(source, step.excludes) for source in step.sources] +
                               [({}, context.entries)] * step.unknown for step in dockerfile.steps]
        return digests[commit]

    rows = [""] * len(dockerfile.steps)
    for commit, *parents in history:
        if not parents:
            continue
        after, links_after = digests_of(commit), links_of(tree_of(commit))
        before, links_before = digests_of(parents[0]), links_of(tree_of(parents[0]))
        digests.pop(commit)
        if with_link_changes is not None:
            with_link_changes.append(links_before != links_after)
        own = []
        for one, other in zip(before, after):
            if any(a[0] != b[0] for a, b in zip(one, other)):
                own.append(RERUN)
            else:
                own.append(MAYBE if one != other else REUSED)
        for i, outcome in enumerate(propagate(dockerfile, own)):
            rows[i] += outcome
    return {step.line: row for step, row in zip(dockerfile.steps, rows) if step.stage in dockerfile.reachable}


def links_of(tree):
    return {path: entry for path, entry in tree.items() if entry[0] == "120000"}

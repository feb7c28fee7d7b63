"""What is proved: fixtures and the examples of rules, as folders that can be built, and what keyline does with them."""
import dataclasses
import json
import re
import subprocess

HEADER = re.compile(r"-- (.*) --\n?")
CARETS = re.compile(r" *\^+( |$)")


@dataclasses.dataclass
class Case:
    name: str
    dockerfile: str = ""
    files: dict = dataclasses.field(default_factory=dict)  # the build context without the Dockerfile
    options: list = dataclasses.field(default_factory=list)  # as written behind `-- Dockerfile |`
    changes: list = dataclasses.field(default_factory=list)  # of `-- what if CHANGE --`

    def arguments(self):
        given = [option.removeprefix("build-arg ") for option in self.options if option.startswith("build-arg ")]
        return dict(each.split("=", 1) for each in given if "=" in each)

    def target(self):
        return next((option.removeprefix("target ") for option in self.options if option.startswith("target ")), None)

    def folder_name(self):
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())

    def write(self, folder, dockerfile):
        """The Dockerfile lies beside its context: an image that holds it would not be the same after a fix. The
        folders have unusual modes, which show when something else makes them first. Returns the folder."""
        (folder / "context").mkdir(parents=True)
        (folder / "context").chmod(0o700)
        (folder / "Dockerfile").write_text(dockerfile, encoding="utf-8")
        for path, text in self.files.items():
            place = folder / "context" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            for parent in place.relative_to(folder).parents[:-2]:
                (folder / parent).chmod(0o750)
            if path.endswith("/"):
                place.mkdir(exist_ok=True)
            else:
                place.write_text(text, encoding="utf-8")
        return folder


def read_archive(name, text):
    """The fixture format, as far as a build needs it."""
    case = Case(name)
    path = ""
    for line in text.splitlines(keepends=True):
        header = HEADER.fullmatch(line)
        if not header:
            if path == "Dockerfile":
                case.dockerfile += "" if CARETS.match(line) else line
            elif path:
                case.files[path] += line
            continue
        path, *options = header[1].split(" | ")
        if path.startswith("what if "):
            case.changes.append(path.removeprefix("what if "))
            path = ""
        elif path != "Dockerfile":
            case.files[path] = ""
        elif case.dockerfile:
            path = ""  # an edit or a golden
        else:
            case.options = options
    return case


def read_fixtures(folder):
    for path in sorted(folder.rglob("*.fixture")):
        try:
            yield read_archive(str(path.relative_to(folder).with_suffix("")), path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # those are about bytes, not about builds


class Keyline:
    def __init__(self, binary):
        self.binary = binary
        self.rules = {rule["id"]: rule for rule in json.loads(self._run("rules", "--format", "json"))}

    def examples(self):
        return [read_archive(f"example of {name}", rule["example"]["before"]) for name, rule in self.rules.items()]

    def safe_fixes(self, case, folder):
        """rule -> titles of its safe fixes for the Dockerfile in `folder`"""
        found = {}
        everything = [f"--rule={rule}=warning" for rule in self.rules]
        report = json.loads(self._run("check", "--format=json", "--fail-on=never", *everything,
                                      *self._build(case, folder)))
        for entry in report["files"][0].get("findings", []):
            if entry["fixes"] and entry["fixes"][0]["safety"] == "safe":
                found.setdefault(entry["rule"], []).append(entry["fixes"][0]["title"])
        return found

    def fix(self, case, folder, rule):
        """Applies the safe fixes of one rule to the Dockerfile in `folder`."""
        alone = [f"--rule={each}={'warning' if each == rule else 'off'}" for each in self.rules]
        self._run("fix", *alone, *self._build(case, folder))

    def _build(self, case, folder):
        flags = [str(folder / "Dockerfile"), f"--context={folder / 'context'}"]
        flags += [f"--build-arg={key}={value}" for key, value in case.arguments().items()]
        return flags + ([f"--target={case.target()}"] if case.target() else [])

    def _run(self, *arguments):
        return subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=True).stdout


@dataclasses.dataclass
class Stage:
    name: str
    base: str
    text: str


def stages_of(dockerfile):
    stages = []
    for line in dockerfile.splitlines():
        start = re.match(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", line, re.IGNORECASE)
        if start:
            stages.append(Stage(start[2] or str(len(stages)), start[1], ""))
        elif stages:
            stages[-1].text += line + "\n"
    return stages


def built_stages(before, after):
    """The stages that somebody builds, those that no other one is made of, where the fix changed what they are made of.
    "" is a last one without a name; another one without a name cannot be asked for."""
    stages = stages_of(before)
    number, used, changed = {}, set(), set()
    for place, (stage, fixed) in enumerate(zip(stages, stages_of(after))):
        needed = {number[name.lower()] for name in [stage.base, *sources_of(stage)] if name.lower() in number}
        used |= needed
        if stage != fixed or needed & changed:
            changed.add(place)
        number[stage.name.lower()] = number[str(place)] = place
    # A comment above the first stage belongs to all of them.
    changed = changed or set(number.values())
    last = len(stages) - 1
    return ["" if stage.name.isdigit() else stage.name for place, stage in enumerate(stages)
            if place in changed - used and (place == last or not stage.name.isdigit())]


def base_images(dockerfile):
    """All names of images, each with a tag."""
    stages = stages_of(dockerfile)
    own = {stage.name.lower() for stage in stages} | {"scratch"}
    named = {stage.base for stage in stages} | {name for stage in stages for name in sources_of(stage)}
    return {name if ":" in name else name + ":latest" for name in named
            if name.lower() not in own and re.fullmatch(r"[a-z][a-z0-9._/-]*(:[\w.-]+)?", name)}


def sources_of(stage):
    return re.findall(r"from=([^\s,]+)", stage.text)


def mount_targets(dockerfile):
    """Where cache mounts lie, without the slash in front."""
    mounts = re.findall(r"--mount=\S*type=cache\S*", dockerfile)
    targets = [re.search(r"(?:target|dst|destination)=([^,\s]+)", mount) for mount in mounts]
    return [target[1].strip("/") for target in targets if target]


def use_own_frontend(folder):
    """Takes the syntax line out of the Dockerfile, which would make the engine fetch an image; returns what is left."""
    text = re.sub(r"^# *syntax *=.*", "#", (folder / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    (folder / "Dockerfile").write_text(text, encoding="utf-8")
    return text

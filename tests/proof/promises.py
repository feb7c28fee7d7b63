"""What one rule does to one case, asked of the engine: the image before and after, and what the next build has to do."""
import dataclasses
import pathlib
import re

import cases

# What a rule promises of the builds that come after its fix. A rule with a safe fix that is not here fails the proof.
FEWER_STEPS, FEWER_DOWNLOADS, FRESH_LISTS, NO_CLASH, NOTHING_RUNS = range(5)
PROMISES = {
    "copy-before-install": FEWER_STEPS,
    "volatile-arg-early": FEWER_STEPS,
    "independent-step-after-copy": FEWER_STEPS,
    "owner-change-after-copy": FEWER_STEPS,
    "platform-arg-early": FEWER_STEPS,
    "missing-cache-mount": FEWER_DOWNLOADS,
    "docker-clean-empties-mount": FEWER_DOWNLOADS,
    "cache-mount-defeated": FEWER_DOWNLOADS,
    "cache-mount-unsafe-sharing": NO_CLASH,
    "update-without-install": FRESH_LISTS,
    "relative-workdir": NOTHING_RUNS,
    "unused-suppression": NOTHING_RUNS,
}
COUNTED = {FEWER_STEPS: "RUNs", FEWER_DOWNLOADS: "downloads", FRESH_LISTS: "lists refreshed"}

# The change of a case that names none, for a rule that promises fewer downloads. `--no-cache` would empty the mounts.
RUN_AGAIN = "each RUN once more"
FROM_LINE = re.compile(r"^( *FROM [^\\\n]*)$", re.IGNORECASE | re.MULTILINE)
PLATFORM = re.compile(r"build-arg TARGET(PLATFORM|OS|ARCH|VARIANT)$")


class Broken(Exception):
    """The engine says that a fix does not do what it promises."""


@dataclasses.dataclass
class Side:
    """The Dockerfile before the fix, or after it, in a folder of its own."""
    folder: pathlib.Path
    dockerfile: str
    name: str  # of its images and cache mounts
    images: dict = dataclasses.field(default_factory=dict)  # by stage


class Proof:
    def __init__(self, engine, case, rule, sides):
        self.engine, self.case = engine, case
        self.before, self.after = sides
        self.promise = PROMISES[rule]
        self.stages = cases.built_stages(self.before.dockerfile, self.after.dockerfile)
        # Reused from another case, a step fills no mount and says nothing.
        self.anew = self.promise in (FEWER_DOWNLOADS, NO_CLASH)

    def build_before(self):
        """Fails where the case is not made to be built."""
        return self._build_all(self.before)

    def build_after(self, changes):
        """The images are the same, but for what the rule says that its fixes change."""
        reports = self._build_all(self.after)
        for stage in self.stages:
            self._compare(stage, changes)
        return reports

    def show_promise(self, before_reports, after_reports):
        """What the case shows of it, which may be nothing."""
        if self.promise == NO_CLASH:
            clashes = [_said("clash", reports) for reports in (before_reports, after_reports)]
            if clashes[1] > 0:
                raise Broken(f"{clashes[1]} clashes after the fix")
            return [f"clashes {clashes[0]} -> 0"] if clashes[0] else []
        if self.promise == NOTHING_RUNS:
            # Some steps run in every build, whatever changed: WORKDIR on an empty image, for one.
            ran, anyway = _ran(after_reports), _ran(self._build_all(self.before))
            if ran > anyway:
                raise Broken(f"{ran} steps ran because of the fix alone")
            return ["the fix itself re-runs nothing"]
        asked = self.case.changes or ([RUN_AGAIN] if self.promise == FEWER_DOWNLOADS else [])
        return [shown for shown in map(self._show, asked) if shown]

    def _build_all(self, side):
        reports = []
        for stage in self.stages:
            reports.append(self._build(side, stage, anew=self.anew))
            side.images[stage] = self.engine.image(side.name)
        return reports

    def _build(self, side, stage, **options):
        options = {"arguments": self.case.arguments(), **options}
        return self.engine.build(side.folder, name=side.name, target=stage, mounts=side.name, **options)

    def _compare(self, stage, changes):
        before, after = self.before.images[stage], self.after.images[stage]
        places = [word.strip("/") for word in changes if word != "mounts"]
        mounts = cases.mount_targets(self.after.dockerfile) if "mounts" in changes else []
        differences = [f"config: {before.config} became {after.config}"] if before.config != after.config else []
        for path in sorted(before.files.keys() | after.files.keys()):
            one, other = before.files.get(path), after.files.get(path)
            if one == other or any(_lies_below(path, place) for place in places + mounts):
                continue
            if not _is_made_for_mount(path, before.files, after.files, mounts):
                differences.append(f"{path}: {one} became {other}")
        if differences:
            raise Broken("\n        ".join([f"the image of stage '{stage}' is another one:", *differences[:8]]))

    def _show(self, change):
        """Makes one change on both sides, and tells what the engine had to do for it."""
        counts, steps = [], []
        for side in (self.before, self.after):
            options = {"arguments": self.case.arguments()}
            restore = self._make(change, side, options)
            reports = [self._build(side, stage, **options) for stage in self.stages]
            restore()
            steps.append(_ran(reports))
            counts.append(sum(report.commands for report in reports) if self.promise == FEWER_STEPS else
                          _said("download" if self.promise == FEWER_DOWNLOADS else "refresh", reports))
        if counts == [0, 0]:
            return ""
        what = f"{change}: {COUNTED[self.promise]} {counts[0]} -> {counts[1]}"
        if self.promise == FEWER_STEPS:
            what += f", steps {steps[0]} -> {steps[1]}"
            # The COPY that two stages share in one build may be one step before the fix, and two cheap ones after it.
            kept = counts[1] < counts[0] and steps[1] <= steps[0]
        else:
            kept = counts[0] == 0 if self.promise == FRESH_LISTS else counts[1] < counts[0]
        if not kept:
            raise Broken(what)
        return what

    def _make(self, change, side, options):
        """Another change on each side, so that neither build can use what the other left. Returns how to undo it."""
        kind, _, what = change.partition(" ")
        if PLATFORM.match(change):
            options["platform"] = "linux/arm64"
            return lambda: None
        if kind == "build-arg":
            options["arguments"][what] = side.name
            return lambda: None
        file = side.folder / (f"context/{what}" if kind == "path" else "Dockerfile")
        text = file.read_text(encoding="utf-8")
        if change == RUN_AGAIN:
            edited = FROM_LINE.sub(rf"\1\nENV PROOF={side.name}", text)
        elif kind == "line":
            edited = _edited_line(text, self.before.dockerfile.splitlines()[int(what) - 1], side.name)
        else:
            edited = _edited_file(file, text, side.name)
        file.write_text(edited, encoding="utf-8")
        return lambda: file.write_text(text, encoding="utf-8")


def _ran(reports):
    return sum(report.ran for report in reports)


def _said(word, reports):
    return sum(len(report.said.get(word, [])) for report in reports)


def _lies_below(path, place):
    return path == place or path.startswith(place + "/")


def _is_made_for_mount(path, before, after, mounts):
    """Old engines leave the directories of a mount behind: harmless, unless they are in the way of their owner."""
    if (path in before and path in after) or not any(mount.startswith(path + "/") for mount in mounts):
        return False
    above = after.get(path.rpartition("/")[0])
    return path not in after or above is None or after[path].owner == above.owner


def _edited_file(file, text, mark):
    if file.suffix == ".json":
        return text.replace("{", f'{{ "edited": "{mark}"' + (", " if '"' in text else " "), 1)
    if file.suffix in (".xml", ".csproj"):
        return f"{text}<!-- {mark} -->\n"
    return text + ("# " if file.suffix in (".txt", ".toml", ".lock", ".sh", ".py", ".rb") else "// ") + mark + "\n"


def _edited_line(dockerfile, line, mark):
    """Adds a comment to the command that ends as `line` does: the fix may have put something in front of it."""
    def common_end(other):
        length = 0
        while length < min(len(line), len(other)) and line[-1 - length] == other[-1 - length]:
            length += 1
        return length
    lines = dockerfile.splitlines()
    place = max(range(len(lines)), key=lambda number: common_end(lines[number]))
    lines[place] += " # " + mark
    return "\n".join(lines) + "\n"


def is_for_this_engine(case):
    """Nothing to be fetched: no network but for the names of base images, which are made here."""
    text = case.dockerfile
    return not re.search(r"^\s*(ADD\s.*(https?://|git@)|FROM\s+(--\S+\s+)*(?!--)\S*[$@])", text, re.IGNORECASE | re.MULTILINE)


def subject(rule, title):
    """What has to be proved on its own: a rule, and for new mounts each tool."""
    tool = re.fullmatch(r"Add (?:a )?cache mounts? for (.+?)(?: to the .*)?", title)
    return f"{rule} ({tool[1]})" if tool else rule

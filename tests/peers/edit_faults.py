"""Judges the cache mounts that a repair added, whoever made it, by the text alone: no rule of either tool is asked.

What counts are the faults that can be seen in a Dockerfile without doubt; whether a mount is of use is another question.
"""
import re

MOUNT = re.compile(r"--mount=type=cache,(\S+)")
DEFAULTS = {  # variable: where the tool has its cache when it is not set
    "GOCACHE": "/root/.cache/go-build", "GOMODCACHE": "/go/pkg/mod", "PIP_CACHE_DIR": "/root/.cache/pip",
    "npm_config_cache": "/root/.npm", "NPM_CONFIG_CACHE": "/root/.npm", "CARGO_HOME": "/usr/local/cargo",
    "YARN_CACHE_FOLDER": "/usr/local/share/.cache/yarn", "UV_CACHE_DIR": "/root/.cache/uv",
}
APT_IMAGE = re.compile(r"(^|/)(debian|ubuntu|buildpack-deps|python|node|golang|rust|ruby|php|openjdk|gcc)(:(?!.*alpine)|$)")


def stages(text):
    """Each stage is (image, name, instructions); an instruction is (keyword, text on one line)."""
    escape = "`" if re.match(r"\s*#\s*escape\s*=\s*`", text) else "\\"
    found, pending, end = [], "", None
    for line in text.splitlines():
        if end is not None:
            pending += "\n" + line
            if line.strip() != end:
                continue
            end = None
        elif pending and line.lstrip().startswith("#"):
            continue
        elif not pending and (not line.strip() or line.lstrip().startswith("#")):
            continue
        else:
            continued = line.rstrip().endswith(escape)
            pending += (line.rstrip()[:-1] if continued else line) + " "
            if continued:
                continue
            heredoc = re.match(r"\s*(?:RUN|COPY|ADD)\b.*<<-?[\"']?(\w+)", pending, re.I)
            if heredoc:
                end = heredoc.group(1)
                continue
        words = pending.split(None, 1)
        pending = ""
        keyword, rest = words[0].upper(), words[1] if len(words) > 1 else ""
        if keyword == "FROM":
            parts = [word for word in rest.split() if not word.startswith("--")]
            found.append((parts[0] if parts else "", parts[2].lower() if len(parts) > 2 else "", []))
        elif found:
            found[-1][2].append((keyword, rest))
    return found


def targets(run):
    found = {}
    for mount in MOUNT.findall(run):
        keys = dict(part.split("=", 1) for part in mount.split(",") if "=" in part)
        target = keys.get("target") or keys.get("dst") or keys.get("destination") or ""
        if target:
            found[target.rstrip("/")] = keys
    return found


def chain(all_stages, index):
    """The instructions that a stage stands on, its base stages first, and the image at the bottom."""
    image, _, own = all_stages[index]
    for before in range(index):
        if all_stages[before][1] and all_stages[before][1] == image.lower():
            bottom, above = chain(all_stages, before)
            return bottom, above + own
    return image, own


def within(path, directory):
    return path == directory or path.startswith(directory + "/")


def faults_of(all_stages, index, at, target, keys):
    name = all_stages[index][1]
    run = all_stages[index][2][at][1]
    command = re.sub(r"--mount=\S+", "", run)
    image, above = chain(all_stages, index)
    above = above[:len(above) - len(all_stages[index][2]) + at]
    everything = " ".join(text for _, text in above) + run
    for _, _, instructions in all_stages[index + 1:]:
        for keyword, text in instructions:
            source = re.match(r"(?:--\S+\s+)*--from=(\S+)\s+(?:--\S+\s+)*(\S+)", text) if keyword == "COPY" else None
            if source and source.group(1).lower() in (name, str(index)) and within(source.group(2).rstrip("/"), target):
                yield "broken: a later stage copies what lies in the mount"
    if target == "/root/.nuget/packages" and "--no-restore" not in command:
        later = [text for _, text in all_stages[index][2][at + 1:]]
        if any("--no-restore" in text and target not in text for text in later):
            yield "broken: restored packages are gone when they are read"
    if re.fullmatch(r"\s*(sudo )?apt(-get)?( -\S+)* update( -\S+)*\s*", command) and target.startswith("/var/lib/apt"):
        yield "broken: lists for a later step lie in the mount"
    for removed in re.findall(r"rm\s+(?:-\w+\s+)+((?:[^\s;&|]+\s*)+)", command):
        for word in removed.split():
            path = re.sub(r"/?\*?$", "", word.replace("~", "/root"))
            if path.startswith("/") and path.count("/") > 1 and (within(path, target) or within(target, path)):
                yield "useless: the step empties the mount"
    if target.startswith("/var/cache/apt") and APT_IMAGE.search(image) and "docker-clean" not in everything:
        yield "useless: the hook docker-clean empties the mount"
    if target == "/var/cache/apk" and "/etc/apk/cache" not in everything:
        yield "useless: apk keeps no packages there"
    users = [text.split()[0] for keyword, text in above if keyword == "USER" and text.split()]
    user = users[-1].split(":")[0] if users else "root"
    if user not in ("root", "0") and "$" not in user:
        if target.startswith("/root/"):
            yield "useless: another user runs the step"
        elif "uid" not in keys and "mode" not in keys and "sudo" not in command:
            yield "broken: the mount belongs to root and another user runs the step"
    for keyword, text in above:
        for variable, default in DEFAULTS.items():
            value = re.search(rf"\b{variable}[= ]\"?([^\s\"]+)", text) if keyword == "ENV" else None
            if value and within(target, default) and not within(default, value.group(1)) and value.group(1) != default:
                yield "useless: a variable says the cache is elsewhere"


def edit_faults(before, after):
    """How many cache mounts `after` has that `before` has not, and what is wrong with each that is."""
    old = sum(len(targets(text)) for _, _, instructions in stages(before) for _, text in instructions)
    known = {target for _, _, instructions in stages(before) for _, text in instructions for target in targets(text)}
    all_stages = stages(after)
    new, faults = 0, []
    for index, (_, _, instructions) in enumerate(all_stages):
        for at, (keyword, text) in enumerate(instructions):
            if keyword != "RUN":
                continue
            for target, keys in targets(text).items():
                new += 1
                if target not in known:
                    faults += sorted(set(faults_of(all_stages, index, at, target, keys)))[:1]
    return max(0, new - old), faults

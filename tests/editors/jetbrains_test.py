#!/usr/bin/env python3
"""Holds editors/jetbrains/keyline to what LSP4IJ's loader of templates reads, and to the server.

usage: jetbrains_test.py KEYLINE SOURCE_FOLDER

The shapes below are written from the behaviour of LSP4IJ 0.20 (its LanguageServerTemplateManager and the installer's
task factories): it ignores files and keys that it does not know, so a slip of the pen is not said anywhere.
"""
import fnmatch
import json
import subprocess
import sys
from pathlib import Path

keyline, source = sys.argv[1], Path(sys.argv[2])
folder = source / "editors" / "jetbrains" / "keyline"
counts = {True: 0, False: 0}


def check(condition, name):
    counts[bool(condition)] += 1
    print(("ok - " if condition else "not ok - ") + name)


READ_FILES = {
    "template.json", "settings.json", "settings.schema.json", "initializationOptions.json", "experimental.json",
    "clientSettings.json", "installer.json", "workspaceFolderSettings.json", "README.md",
}
SYSTEMS = ("default", "windows", "mac", "unix")


class Shape:
    """What is wrong with a value, as a list of sentences."""

    def __init__(self):
        self.problems = []

    def say(self, place, words):
        self.problems.append(f"{place}: {words}")

    def members(self, place, value, required, optional):
        """True for an object with these members and no others."""
        if not isinstance(value, dict):
            self.say(place, "is no object")
            return False
        for name in required:
            if name not in value:
                self.say(place, f"lacks `{name}`")
        for name in value:
            if name not in required and name not in optional:
                self.say(place, f"`{name}` is not read")
        return True

    def is_a(self, place, value, kind):
        if not isinstance(value, kind):
            self.say(place, f"is no {kind.__name__}")


def template_problems(template):
    shape = Shape()
    optional = ["url", "dev", "workingDir", "env", "expandConfiguration", "disablePromotionFor", "languageMappings",
                "fileTypeMappings"]
    if not shape.members("template", template, ["id", "name", "programArgs"], optional):
        return shape.problems
    arguments = template.get("programArgs")
    if shape.members("programArgs", arguments, ["default"], SYSTEMS[1:]):
        for system, command in arguments.items():
            shape.is_a(f"programArgs.{system}", command, str)
    shape.is_a("expandConfiguration", template.get("expandConfiguration", False), bool)
    for mapping in template.get("languageMappings", []):
        shape.members("languageMappings", mapping, ["language", "languageId"], [])
    for mapping in template.get("fileTypeMappings", []):
        if not shape.members("fileTypeMappings", mapping, ["fileType", "languageId"], []):
            continue
        if shape.members("fileType", mapping.get("fileType"), [], ["name", "patterns"]):
            shape.is_a("patterns", mapping["fileType"].get("patterns", []), list)
    return shape.problems


def per_system(shape, place, value, kinds):
    """A value, or one for each system, or one for each architecture of each system."""
    if isinstance(value, dict):
        for name, inner in value.items():
            per_system(shape, f"{place}.{name}", inner, kinds)
    elif not isinstance(value, kinds):
        shape.say(place, "has a value that is not read")


TASKS = {
    "exec": (["command"], ["workingDir", "timeout", "ignoreStderr"]),
    "download": ([], ["url", "github", "maven", "output"]),
    "configureServer": (["command"], []),
    "showMessage": (["content"], ["actions"]),
}


def task_problems(shape, place, value):
    """`check`, `run`, `onSuccess` and `onFail` are one task each: {TYPE: {...}}."""
    if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in TASKS:
        return shape.say(place, f"is not one task of {', '.join(TASKS)}")
    kind, task = next(iter(value.items()))
    required, optional = TASKS[kind]
    if not shape.members(f"{place}.{kind}", task, required, optional + ["id", "name", "onSuccess", "onFail"]):
        return None
    if "command" in task:
        per_system(shape, f"{place}.{kind}.command", task["command"], (str, list) if kind == "exec" else str)
    if "timeout" in task:
        shape.is_a(f"{place}.timeout", task["timeout"], int)
    if "content" in task:
        shape.is_a(f"{place}.content", task["content"], (list if isinstance(task["content"], list) else str))
    for index, action in enumerate(task.get("actions", [])):
        task_problems(shape, f"{place}.actions[{index}]", action)
    for then in ("onSuccess", "onFail"):
        if then in task:
            task_problems(shape, f"{place}.{then}", task[then])
    return None


def installer_problems(installer):
    shape = Shape()
    if shape.members("installer", installer, [], ["id", "name", "executeOnStartServer", "properties", "check", "run"]):
        for name in ("check", "run"):
            if name in installer:
                task_problems(shape, name, installer[name])
    return shape.problems


CLIENT_SETTINGS = {
    "caseSensitive": bool, "lineCommentPrefix": str, "blockCommentPrefix": str, "blockCommentSuffix": str,
    "statementTerminatorCharacters": str, "uriSupport": dict, "completion": dict, "breadcrumbs": dict, "editor": dict,
    "format": dict, "references": dict, "workspaceSymbol": dict, "jsonRpc": dict,
}


def client_problems(settings):
    shape = Shape()
    if shape.members("clientSettings", settings, [], CLIENT_SETTINGS):
        for name, value in settings.items():
            shape.is_a(name, value, CLIENT_SETTINGS.get(name, object))
    return shape.problems


def read(name):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def none(problems, name):
    check(not problems, name + ("" if not problems else ": " + "; ".join(problems)))


# Language ids as LSP4IJ gives them by file name: of the first pattern that matches.
def language_of(template, name):
    for mapping in template["fileTypeMappings"]:
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in mapping["fileType"].get("patterns", [])):
            return mapping["languageId"]
    return None


def settings_problems(schema, value, place="settings"):
    """What of the settings the schema does not know; it knows objects, references and defaults."""
    problems = []
    root = schema

    def walk(part, value, place):
        if "$ref" in part:
            part = root["definitions"][part["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, dict) and part.get("type") == "object":
            known = part.get("properties", {})
            for name, inner in value.items():
                if name in known:
                    walk(known[name], inner, f"{place}.{name}")
                elif not isinstance(part.get("additionalProperties"), dict):
                    problems.append(f"{place}.{name} is not in the schema")
        elif "default" in part and value != part["default"]:
            problems.append(f"{place} is {value!r}, the default is {part['default']!r}")

    walk(schema, value, place)
    return problems


template = read("template.json")
none(sorted(path.name for path in folder.iterdir() if path.name not in READ_FILES), "LSP4IJ reads each file")
none(template_problems(template), "template.json is what LSP4IJ reads")
none(client_problems(read("clientSettings.json")), "clientSettings.json is what LSP4IJ reads")
none(installer_problems(read("installer.json")), "installer.json is what LSP4IJ reads")

# The checks themselves find what has gone wrong in templates before.
check(template_problems({"id": "x", "name": "x", "programArgs": "x --stdio"}), "a command as plain text is found")
check(template_problems({**template, "languageMapping": []}), "a misspelt key is found")
check(installer_problems({"check": {"exec": {"command": "x"}, "onSuccess": {}}}), "a follow-up outside its task is found")
check(client_problems({"caseSensitive": "no"}), "a setting of the wrong type is found")

for name, language in {
    "Dockerfile": "dockerfile", "Dockerfile.web": "dockerfile", "web.dockerfile": "dockerfile",
    "Containerfile": "dockerfile", "web.containerfile": "dockerfile", "Dockerfile-dev": "dockerfile",
    ".dockerignore": "dockerignore", "web.dockerignore": "dockerignore", "compose.yaml": None,
}.items():
    check(language_of(template, name) == language, f"{name} is {language}: {language_of(template, name)}")

# Two patterns match; the server tells by the name, whatever it is called.
check(language_of(template, "Dockerfile.dockerignore") is not None, "Dockerfile.dockerignore is served")
check({each["languageId"] for each in template["languageMappings"]} == {"dockerfile"}, "JetBrains' own language is served")

none(settings_problems(read("settings.schema.json"), read("settings.json")), "settings.json holds the defaults of its schema")
check(read("settings.schema.json") == json.loads((source / "editors" / "keyline.schema.json").read_text()),
      "its schema is the server's")

command = template["programArgs"]["default"].split()
check(command[0] == "keyline", "the program is keyline")
helped = subprocess.run([keyline, *command[1:], "--help"], capture_output=True, text=True, timeout=120, check=False)
check(helped.returncode == 0, f"and it takes `{' '.join(command[1:])}`")
check_command = read("installer.json")["check"]["exec"]["command"]["default"]
ran = subprocess.run([keyline, *check_command[1:]], capture_output=True, text=True, timeout=120, check=False)
check(ran.returncode == 0 and ran.stdout.startswith("keyline ") and not ran.stderr, "the installer's check works")

print(f"{counts[True]} passed, {counts[False]} failed")
sys.exit(0 if counts[False] == 0 else 1)

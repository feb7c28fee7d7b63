#include "analysis/knowledge/dockerfile_language.h"

#include <algorithm>
#include <array>

namespace keyline::analysis {

namespace {

constexpr FlagFact owner{"chown", "<user>[:<group>]", "", "Who owns the files in the image; names or numbers."};
constexpr FlagFact mode{"chmod", "<mode>", "0644 0755 u=rwX,go=rX", "Permissions of the files in the image."};
constexpr FlagFact link{"link", "", "", "Makes a layer of its own that does not depend on the steps above."};
constexpr FlagFact excludes{"exclude", "<pattern>", "", "Leaves out what matches, as `.dockerignore` does."};

constexpr std::array add_flags{
    owner,
    mode,
    link,
    FlagFact{"checksum", "sha256:<hash>", "", "Refuses the download unless it has this digest."},
    FlagFact{"keep-git-dir", "<bool>", "true false", "Keeps `.git` of a repository that is added."},
    FlagFact{"unpack", "<bool>", "true false", "Whether archives are unpacked, also downloaded ones."},
    excludes,
};
constexpr std::array copy_flags{
    FlagFact{"from", "<stage|context|image>", "", "Takes the files from there instead of the build context."},
    owner,
    mode,
    link,
    FlagFact{"parents", "", "", "Keeps the directories in front of each source; `/./` says where they begin."},
    excludes,
};
constexpr std::array from_flags{
    FlagFact{"platform", "<os>/<architecture>", "$BUILDPLATFORM $TARGETPLATFORM linux/amd64 linux/arm64 linux/arm/v7",
             "Which platform's image to start from."},
};
constexpr std::array healthcheck_flags{
    FlagFact{"interval", "<duration>", "30s 1m 5m", "Time between two checks (30s)."},
    FlagFact{"timeout", "<duration>", "3s 10s 30s", "After which a check has failed (30s)."},
    FlagFact{"start-period", "<duration>", "5s 30s 1m", "During which failures do not count (0s)."},
    FlagFact{"start-interval", "<duration>", "1s 5s", "Time between two checks during the start period (5s)."},
    FlagFact{"retries", "<number>", "1 3 5", "Failures in a row that make the container unhealthy (3)."},
};
constexpr std::array run_flags{
    FlagFact{"mount", "type=<type>,...", "", "Lends the command a directory: a cache, files of the build, a secret."},
    FlagFact{"network", "<kind>", "default none host", "Which network the command has."},
    FlagFact{"security", "<kind>", "sandbox insecure", "Whether the command runs without the sandbox."},
    FlagFact{"device", "<name>", "", "Gives the command a device of the builder (CDI)."},
};

constexpr std::array<std::string_view, 2> add_forms{"[OPTIONS]|<src>...|<dest>", R"(["<src>",...|"<dest>"])"};
constexpr std::array<std::string_view, 1> arg_forms{"<name>[=<default>]..."};
constexpr std::array<std::string_view, 2> command_forms{R"(["<program>",|"<parameter>"...])", "<command>..."};
constexpr std::array<std::string_view, 1> env_forms{"<key>=<value>..."};
constexpr std::array<std::string_view, 1> expose_forms{"<port>[/<protocol>]..."};
constexpr std::array<std::string_view, 1> from_forms{"[--platform=<platform>]|<image>|AS|<name>"};
constexpr std::array<std::string_view, 2> healthcheck_forms{"[OPTIONS]|CMD|<command>...", "NONE"};
constexpr std::array<std::string_view, 1> maintainer_forms{"<name>"};
constexpr std::array<std::string_view, 1> onbuild_forms{"<INSTRUCTION>|<arguments>..."};
constexpr std::array<std::string_view, 2> run_forms{"[OPTIONS]|<command>...",
                                                    R"([OPTIONS]|["<program>",|"<parameter>"...])"};
constexpr std::array<std::string_view, 1> shell_forms{R"(["<program>",|"<parameter>"...])"};
constexpr std::array<std::string_view, 1> signal_forms{"<signal>"};
constexpr std::array<std::string_view, 1> user_forms{"<user>[:<group>]"};
constexpr std::array<std::string_view, 2> volume_forms{"<path>...", R"(["<path>",...])"};
constexpr std::array<std::string_view, 1> workdir_forms{"<path>"};

constexpr std::string_view image_only = "Changes the image's configuration only: no step re-runs because of it.";

constexpr std::array facts{
    InstructionFact{Keyword::add, "Adds files, archives, downloads or a git repository to the image.",
                    "Counts by names, contents, modes and owners of the files; a download by what the server sends.",
                    add_forms, add_flags},
    InstructionFact{Keyword::arg, "Declares a variable that a build may set.",
                    "From here on its value is part of every RUN of the stage, used or not.", arg_forms},
    InstructionFact{Keyword::cmd, "What a container runs unless told otherwise.", image_only, command_forms},
    InstructionFact{Keyword::copy, "Copies files of the build context, of a stage or of an image.",
                    "Counts by names, contents, modes and owners of the files, not by times; with `--link` it does not "
                    "depend on the steps above.",
                    add_forms, copy_flags},
    InstructionFact{Keyword::entrypoint, "The program that a container is.", image_only, command_forms},
    InstructionFact{Keyword::env, "Sets variables for the steps below and for containers.",
                    "Part of every later RUN of the stage; a COPY depends on it only when it expands it.", env_forms},
    InstructionFact{Keyword::expose, "Says on which ports a container listens.", image_only, expose_forms},
    InstructionFact{Keyword::from, "Starts a stage from an image, or from a stage above.",
                    "Everything in the stage depends on the image's digest, or on the whole stage it stands on.",
                    from_forms, from_flags},
    InstructionFact{Keyword::healthcheck, "How to find out whether a container works.", image_only, healthcheck_forms,
                    healthcheck_flags},
    InstructionFact{Keyword::label, "Adds metadata to the image.", image_only, env_forms},
    InstructionFact{Keyword::maintainer, "Names an author; a LABEL says it better.", image_only, maintainer_forms},
    InstructionFact{Keyword::onbuild, "An instruction for builds that start from this image.",
                    "No step here; it becomes one of the builds that start from this stage.", onbuild_forms},
    InstructionFact{
        Keyword::run, "Runs a command and keeps what it changes as a layer.",
        "Counts by its text, the variables in scope, user, working directory and shell, and the step above; "
        "never by what it downloads or finds in a cache mount.",
        run_forms, run_flags},
    InstructionFact{Keyword::shell, "The shell for the commands below that are written as text.",
                    "Part of every later RUN in shell form.", shell_forms},
    InstructionFact{Keyword::stopsignal, "The signal that asks a container to stop.", image_only, signal_forms},
    InstructionFact{Keyword::user, "Who runs the steps below and the container.",
                    "Part of every later RUN, and the owner of later WORKDIRs.", user_forms},
    InstructionFact{Keyword::volume, "Paths whose content lives outside the container.", image_only, volume_forms},
    InstructionFact{Keyword::workdir, "The working directory of what follows; it is created if need be.",
                    "A step of its own, and part of every later RUN.", workdir_forms},
};

constexpr std::array mounts{
    MountKey{"type", "bind cache secret ssh tmpfs", "bind cache secret ssh tmpfs", "What is lent; bind unless given."},
    MountKey{"target", "bind cache secret ssh tmpfs", "", "Where the command sees it."},
    MountKey{"source", "bind cache", "", "A path in the build context, or in what `from` names."},
    MountKey{"from", "bind cache", "", "A stage, a named context or an image to take it from."},
    MountKey{"id", "cache secret ssh", "", "Its name; caches of one name are one, whatever their targets."},
    MountKey{"sharing", "cache", "shared locked private", "Whether builds may use it at the same time."},
    MountKey{"readonly", "bind cache", "true false", "Keeps the command from writing."},
    MountKey{"readwrite", "bind cache", "true false", "Lets the command write; what it writes to a bind is dropped."},
    MountKey{"required", "secret ssh", "true false", "Fails the build when it was not passed."},
    MountKey{"env", "secret", "", "The variable that holds the secret, instead of a file."},
    MountKey{"uid", "cache secret ssh", "", "The numeric owner; root unless given."},
    MountKey{"gid", "cache secret ssh", "", "The numeric group; root unless given."},
    MountKey{"mode", "cache secret ssh", "0755 0700 0400", "Octal permissions."},
    MountKey{"size", "tmpfs", "", "At most so many bytes."},
};

constexpr std::array arguments{
    PredefinedArgument{"TARGETPLATFORM", "The platform that is built for, `linux/arm64`.", true},
    PredefinedArgument{"TARGETOS", "Its operating system, `linux`.", true},
    PredefinedArgument{"TARGETOSVERSION", "Its version of the operating system; of Windows only.", true},
    PredefinedArgument{"TARGETARCH", "Its architecture, `arm64`.", true},
    PredefinedArgument{"TARGETVARIANT", "Its variant, `v7` of arm.", true},
    PredefinedArgument{"TARGETSTAGE", "The stage that is built.", true},
    PredefinedArgument{"BUILDPLATFORM", "The platform of the builder.", true},
    PredefinedArgument{"BUILDOS", "Its operating system.", true},
    PredefinedArgument{"BUILDOSVERSION", "Its version of the operating system.", true},
    PredefinedArgument{"BUILDARCH", "Its architecture.", true},
    PredefinedArgument{"BUILDVARIANT", "Its variant.", true},
    PredefinedArgument{"HTTP_PROXY", "Reaches every RUN and no cache key, unless an ARG declares it."},
    PredefinedArgument{"HTTPS_PROXY", "Reaches every RUN and no cache key, unless an ARG declares it."},
    PredefinedArgument{"FTP_PROXY", "Reaches every RUN and no cache key, unless an ARG declares it."},
    PredefinedArgument{"NO_PROXY", "Reaches every RUN and no cache key, unless an ARG declares it."},
    PredefinedArgument{"ALL_PROXY", "Reaches every RUN and no cache key, unless an ARG declares it."},
    PredefinedArgument{"SOURCE_DATE_EPOCH", "Seconds since 1970 that the image's times are set to."},
    PredefinedArgument{"BUILDKIT_CACHE_MOUNT_NS", "A namespace for the ids of cache mounts."},
    PredefinedArgument{"BUILDKIT_CONTEXT_KEEP_GIT_DIR", "Keeps `.git` when the context is a repository."},
    PredefinedArgument{"BUILDKIT_INLINE_CACHE", "`1` writes cache metadata into the image."},
    PredefinedArgument{"BUILDKIT_MULTI_PLATFORM", "Builds several platforms whatever the output is."},
    PredefinedArgument{"BUILDKIT_SANDBOX_HOSTNAME", "The host name that a RUN sees."},
    PredefinedArgument{"BUILDKIT_SYNTAX", "The frontend to read the Dockerfile with."},
};

constexpr std::array directives{
    DirectiveFact{"syntax", "docker/dockerfile:1", "The frontend that reads the file; `1` is the newest 1.x."},
    DirectiveFact{"escape", "`", "The character that continues lines; for paths of Windows."},
    DirectiveFact{"check", "skip=", "Which of BuildKit's own checks are skipped, and whether they fail the build."},
};

}  // namespace

std::span<const InstructionFact> instruction_facts() { return facts; }

const InstructionFact* instruction_fact(Keyword keyword) {
  const auto found =
      std::find_if(facts.begin(), facts.end(), [&](const auto& each) { return each.keyword == keyword; });
  return found == facts.end() ? nullptr : &*found;
}

const FlagFact* flag_fact(Keyword keyword, std::string_view name) {
  const InstructionFact* fact = instruction_fact(keyword);
  if (fact == nullptr) return nullptr;
  const auto found =
      std::find_if(fact->flags.begin(), fact->flags.end(), [&](const FlagFact& flag) { return flag.name == name; });
  return found == fact->flags.end() ? nullptr : &*found;
}

std::span<const MountKey> mount_keys() { return mounts; }
std::span<const PredefinedArgument> predefined_arguments() { return arguments; }

const PredefinedArgument* predefined_argument(std::string_view name) {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(), [&](const auto& each) { return each.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

std::span<const DirectiveFact> directive_facts() { return directives; }

}  // namespace keyline::analysis

#include "analysis/builds/build_command.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "analysis/builds/per_build.h"
#include "analysis/syntax/shell.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

constexpr std::array<std::string_view, 6> engines{"docker", "podman", "nerdctl", "buildah", "depot", "finch"};

// Flags that stand alone; every other one takes a value.
constexpr std::array<std::string_view, 16> switches{
    "--no-cache", "--pull",  "--push",     "--load", "--quiet", "-q",     "--rm",     "--force-rm",
    "--squash",   "--check", "--compress", "-D",     "--debug", "--lint", "--layers", "--disable-content-trust"};

bool is_switch(std::string_view flag) { return std::find(switches.begin(), switches.end(), flag) != switches.end(); }

// "docker", "/usr/bin/docker", "$(DOCKER)", "${DOCKER_CMD}".
bool is_engine(const ShellWord& word) {
  const std::string_view name = base_name(word.text);
  if (std::find(engines.begin(), engines.end(), name) != engines.end()) return true;
  if (word.literal || name.empty() || name.front() != '$') return false;
  const auto names = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
  return names("DOCKER") || names("PODMAN") || names("CONTAINER_ENGINE") || names("CONTAINER_TOOL");
}

// The first word behind `docker [FLAG...] [buildx|image|builder] build`, or nothing.
std::optional<std::size_t> behind_build(const std::vector<ShellWord>& words, std::size_t program) {
  std::size_t at = program + 1;
  if (base_name(words[program].text) == "docker-buildx") return std::nullopt;
  const auto skip_flags = [&] {
    while (at < words.size() && words[at].text.starts_with('-')) {
      const std::string& flag = words[at].text;
      const bool takes_value = flag == "-H" || flag == "--host" || flag == "-c" || flag == "--context" ||
                               flag == "--config" || flag == "-l" || flag == "--log-level" || flag == "--builder";
      at += takes_value ? 2 : 1;
    }
  };
  skip_flags();
  while (at < words.size() && (words[at].text == "buildx" || words[at].text == "image" || words[at].text == "builder"))
    ++at, skip_flags();
  if (at >= words.size()) return std::nullopt;
  const std::string& verb = words[at].text;
  if (verb != "build" && verb != "bud" && verb != "b") return std::nullopt;
  if (verb == "b" && (at == program + 1 || words[at - 1].text != "buildx")) return std::nullopt;
  return at + 1;
}

class CommandReader {
 public:
  CommandReader(const CommandText& commands, std::string directory)
      : commands_(commands), directory_(std::move(directory)) {}

  Build read(const ShellCommand& command, std::size_t first) {
    build_.span = place(command.span);
    for (std::size_t at = 0; at < first; ++at)
      if (!command.words[at].text.starts_with('-'))
        build_.name += (build_.name.empty() ? "`" : " ") + command.words[at].text;
    build_.name += '`';
    std::optional<BuildText> context;
    bool only_words = false;
    for (std::size_t at = first; at < command.words.size(); ++at) {
      const ShellWord& word = command.words[at];
      if (only_words || !word.text.starts_with('-') || word.text == "-") {
        if (!context) context = text_of(word, 0);
        continue;
      }
      if (word.text == "--") {
        only_words = true;
        continue;
      }
      const std::size_t equals = word.text.starts_with("--") ? word.text.find('=') : std::string::npos;
      const std::string flag = word.text.substr(0, equals);
      if (equals != std::string::npos) {
        take(flag, text_of(word, equals + 1));
      } else if (is_switch(flag) || is_bundle_of_switches(flag)) {
        take(flag, BuildText{.text = "true", .span = place(word.span)});
      } else if (!flag.starts_with("--") && flag.size() > 2) {
        take(flag.substr(0, 2), text_of(word, 2));  // -fDockerfile
      } else if (at + 1 < command.words.size()) {
        take(flag, text_of(command.words[++at], 0));
      }
    }
    set_paths(build_, directory_, context.value_or(BuildText{}), std::move(file_), false);
    return std::move(build_);
  }

 private:
  // Several in one word: -qD.
  static bool is_bundle_of_switches(std::string_view flag) {
    return !flag.starts_with("--") && flag.size() > 2 && std::all_of(flag.begin() + 1, flag.end(), [](char letter) {
      return is_switch(std::string{'-', letter});
    });
  }

  Span place(Span span) const { return {commands_.place(span.begin), commands_.place(span.end)}; }

  // What the word says from byte `from` of its unquoted text on.
  BuildText text_of(const ShellWord& word, std::size_t from) const {
    BuildText made{.span = place(word.span)};
    const std::string text = word.text.substr(std::min(from, word.text.size()));
    made.text = text;
    if (word.literal) return made;
    made.text = expanded(text, made);
    if (!made.complete) made.per_build = part_per_build(made.text);
    return made;
  }

  // Puts in the variables that the file sets itself; others are left as written.
  std::string expanded(std::string_view text, BuildText& made) const {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] != '$' && text[i] != '`') {
        result += text[i++];
        continue;
      }
      const std::size_t end = end_of_expansion(text, i);
      const std::string expansion(text.substr(i, end - i));
      const std::optional<std::string> value = commands_.value ? commands_.value(expansion) : std::nullopt;
      const std::optional<std::string> fallback = value ? std::nullopt : default_of(expansion);
      if (value) {
        result += *value;
      } else {
        if (fallback) {
          result += *fallback;
        } else {
          result += expansion;
          made.complete = false;
        }
        made.open.push_back(expansion);
      }
      i = std::max(end, i + 1);
    }
    return result;
  }

  // "${VERSION:-1.2}" -> "1.2"
  static std::optional<std::string> default_of(std::string_view expansion) {
    if (!expansion.starts_with("${") || !expansion.ends_with('}')) return std::nullopt;
    std::string_view value = expansion.substr(end_of_variable_name(expansion, 2));
    if (value.starts_with(':')) value.remove_prefix(1);
    if (!value.starts_with('-') || value.find_first_of("$`") != std::string_view::npos) return std::nullopt;
    value = value.substr(1, value.size() - 2);
    return std::string(value);
  }

  static std::size_t end_of_expansion(std::string_view text, std::size_t at) {
    if (text[at] == '`') return std::min(text.find('`', at + 1), text.size() - 1) + 1;
    if (at + 1 < text.size() && (text[at + 1] == '{' || text[at + 1] == '(')) {
      const char open = text[at + 1];
      const char close = open == '{' ? '}' : ')';
      int depth = 0;
      for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == open) ++depth;
        if (text[i] == close && --depth == 0) return i + 1;
      }
      return text.size();
    }
    return end_of_variable_name(text, at + 1);
  }

  void take(const std::string& flag, BuildText value) {
    if (flag == "-f" || flag == "--file") {
      file_ = std::move(value);
    } else if (flag == "--target") {
      build_.target = std::move(value);
    } else if (flag == "--build-arg") {
      take_argument(value);
    } else if (flag == "--build-context") {
      const std::size_t equals = value.text.find('=');
      if (equals == std::string::npos) return;
      std::string name = value.text.substr(0, equals);
      value.text.erase(0, equals + 1);
      build_.contexts.push_back({std::move(name), std::move(value)});
    } else if (flag == "--cache-from" || flag == "--cache-to") {
      CacheBackend backend = read_cache_backend(value.text, value.span);
      backend.understood = backend.understood && value.complete;
      (flag == "--cache-to" ? build_.cache_to : build_.cache_from).push_back(std::move(backend));
    } else if (flag == "--platform") {
      build_.platforms.push_back(std::move(value));
    } else if (flag == "--secret") {
      const std::size_t id = value.text.find("id=");
      if (id != std::string::npos)
        build_.secrets.push_back(value.text.substr(id + 3, value.text.find(',', id) - id - 3));
    } else if (flag == "--no-cache" && value.text != "false") {
      build_.no_cache = value.span;
    } else if (flag == "--no-cache-filter") {
      build_.no_cache_filter.push_back(std::move(value));
    }
  }

  void take_argument(BuildText value) {
    const std::size_t equals = value.text.find('=');
    BuildArgument argument{value.text.substr(0, equals), value.span, std::nullopt};
    if (equals != std::string::npos) {
      value.text.erase(0, equals + 1);
      argument.value = std::move(value);
    }
    build_.arguments.push_back(std::move(argument));
  }

  const CommandText& commands_;
  std::string directory_;
  Build build_;
  BuildText file_;
};

}  // namespace

std::string CacheBackend::option(std::string_view name) const {
  for (const auto& [key, value] : options)
    if (key == name) return value;
  return {};
}

CacheBackend read_cache_backend(std::string_view text, Span span) {
  CacheBackend backend{.type = "registry", .span = span};
  if (text.find('=') == std::string_view::npos) {
    backend.options.emplace_back("ref", text);
    return backend;
  }
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, comma);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos)
      backend.understood = false;
    else if (part.substr(0, equals) == "type")
      backend.type = part.substr(equals + 1);
    else
      backend.options.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (backend.type.find('$') != std::string::npos) backend.understood = false;
  return backend;
}

bool is_remote_context(std::string_view context) {
  return context.find("://") != std::string_view::npos || context.starts_with("git@") ||
         context.starts_with("github.com/");
}

void set_paths(Build& build, std::string_view directory, BuildText context, BuildText file, bool file_in_context) {
  if (context.text == "-") {
    build.context_kind = BuildContextKind::input;
  } else if (is_remote_context(context.text)) {
    build.context_kind = BuildContextKind::remote;
  } else if (!is_absolute(context.text)) {
    context.text = join_path(directory, context.text.empty() ? "." : context.text);
  }
  const bool in_context = file.text.empty() || file_in_context;
  // What comes through a pipe is an archive with everything, or the Dockerfile itself.
  if (file.text.empty() && build.context_kind != BuildContextKind::input) {
    file.text = "Dockerfile";
    file.complete = context.complete;
  }
  if (build.context_kind == BuildContextKind::directory && !is_absolute(file.text)) {
    file.text = in_context ? join_path(context.text, file.text) : join_path(directory, file.text);
    file.complete = file.complete && (!in_context || context.complete);
  }
  build.context = std::move(context);
  build.dockerfile = std::move(file);
}

std::vector<Build> builds_of_commands(const CommandText& commands) {
  std::string directory = ".";
  return builds_of_commands(commands, directory);
}

std::vector<Build> builds_of_commands(const CommandText& commands, std::string& directory) {
  std::vector<Build> builds;
  for (const ShellCommand& command : parse_shell(commands.text).commands) {
    const std::size_t program = program_word(command);
    if (program >= command.words.size()) continue;
    const ShellWord& name = command.words[program];
    if (name.text == "cd" && command.words.size() == program + 2 && !command.subshell && !command.conditional) {
      const ShellWord& to = command.words[program + 1];
      directory = is_absolute(to.text) ? clean_path(to.text) : join_path(directory, to.text);
      continue;
    }
    if (!is_engine(name)) continue;
    const std::optional<std::size_t> first = behind_build(command.words, program);
    if (!first) continue;
    Build build = CommandReader(commands, directory).read(command, *first);
    build.repeated = command.depth > 0 && command.conditional;
    builds.push_back(std::move(build));
  }
  return builds;
}

}  // namespace keyline::analysis

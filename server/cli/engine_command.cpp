#include "server/cli/engine_command.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;
using Engine = EngineBuild::Engine;
using Words = std::span<const std::string>;

bool among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::optional<Engine> engine_named(std::string_view word) {
  word = word.substr(word.rfind('/') + 1);
  if (word == "docker") return Engine::docker;
  if (word == "podman") return Engine::podman;
  if (word == "nerdctl") return Engine::nerdctl;
  return std::nullopt;
}

// Before the subcommand. All other options there take a value.
bool is_global_switch(std::string_view option) {
  return among(option, {"-D", "--debug", "--tls", "--tlsverify", "-r", "--remote", "--syslog", "--noout", "--trace",
                        "--transient-store", "--debug-full", "--insecure-registry", "--experimental"});
}

// Of the build itself. All other options take a value, in the next word or behind "=".
bool is_switch(Engine engine, std::string_view option) {
  if (engine == Engine::podman &&
      among(option, {"--all-platforms", "--created-annotation", "--disable-compression", "--identity-label",
                     "--inherit-annotations", "--inherit-labels", "--layers", "--no-hostname", "--no-hosts",
                     "--omit-history", "--pull-always", "--pull-never", "--rewrite-timestamp", "--save-stages",
                     "--sbom", "--skip-unused-stages", "--squash-all", "--stdin", "--tls-verify"})) {
    return true;
  }
  return among(option, {"--check", "--compress", "--debug", "--disable-content-trust", "--force-rm", "--help", "--load",
                        "--no-cache", "--pull", "--push", "--quiet", "--rm", "--squash"});
}

bool is_short_switch(Engine engine, char option) {
  return option == 'q' || option == 'h' || (option == 'D' && engine == Engine::docker);
}

struct Option {
  std::string name;  // "--file"; one letter names keep one hyphen
  std::string value;
};

class EngineCommandReader {
 public:
  explicit EngineCommandReader(Words words) : words_(words) {}

  Result<EngineBuild> read() {
    if (!find_engine()) return fail("only docker, podman and nerdctl commands are understood");
    if (Result<void> found = find_build(); !found) return Unexpected(found.error());
    bool options_end = false;
    for (; !words_.empty();) {
      const std::string word = take();
      if (!options_end && word == "--") {
        options_end = true;
      } else if (options_end || word == "-" || !word.starts_with('-')) {
        if (!build_.context.empty()) return fail("more than one build context is given");
        build_.context = word;
      } else {
        read_option(word);
      }
    }
    if (!problem_.empty()) return fail(problem_);
    return std::move(build_);
  }

 private:
  static Unexpected fail(std::string reason) { return Unexpected({std::move(reason)}); }

  std::string take() {
    std::string word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }
  std::string take_value() { return words_.empty() ? std::string() : take(); }

  // Behind `sudo -E` and the like.
  bool find_engine() {
    while (!words_.empty()) {
      const std::string word = take();
      if (const std::optional<Engine> engine = engine_named(word)) {
        build_.engine = *engine;
        return true;
      }
      const bool prefix = among(word, {"sudo", "doas", "env", "time", "nice", "nohup", "command"});
      if (!prefix && !word.starts_with('-') && word.find('=') == std::string::npos) return false;
    }
    return false;
  }

  std::string next_command() {
    while (!words_.empty()) {
      const std::string word = take();
      if (!word.starts_with('-')) return word;
      const bool complete = is_global_switch(word) || word.find('=') != std::string::npos;
      if (!complete) take_value();
    }
    return {};
  }

  Result<void> find_build() {
    std::string command = next_command();
    if (among(command, {"compose", "stack"})) return fail("what Compose builds is not known here");
    if (among(command, {"buildx", "image", "builder"})) command = next_command();
    if (command == "bake") return fail("what Bake builds is not known here");
    if (command == "build" || command == "b") return {};
    return fail("the command is no build");
  }

  void read_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (word.starts_with("--")) {
      Option option{word.substr(0, equals), equals == std::string::npos ? "" : word.substr(equals + 1)};
      const bool bare_switch = equals == std::string::npos && is_switch(build_.engine, option.name);
      if (equals == std::string::npos && !bare_switch) option.value = take_value();
      return apply(option, bare_switch);
    }
    // -qf Dockerfile, -fDockerfile, -f=Dockerfile
    for (std::size_t at = 1; at < word.size(); ++at) {
      const std::string name{'-', word[at]};
      if (is_short_switch(build_.engine, word[at])) {
        apply({name, ""}, true);
        continue;
      }
      std::string value = word.substr(at + 1);
      if (value.empty()) {
        value = take_value();
      } else if (value.front() == '=') {
        value.erase(0, 1);
      }
      return apply({name, std::move(value)}, false);
    }
  }

  void apply(const Option& option, bool bare_switch) {
    const bool on = bare_switch || option.value == "true" || option.value == "1";
    const std::string& name = option.name;
    if (name == "-f" || name == "--file") {
      if (!build_.file.empty() && build_.engine == Engine::podman) problem_ = "several Dockerfiles are given";
      build_.file = option.value;
    } else if (name == "--target") {
      build_.target = option.value;
    } else if (name == "--build-arg") {
      build_.build_arguments.push_back(option.value);
    } else if (name == "--build-arg-file") {
      problem_ = "--build-arg-file is not understood";
    } else if (name == "--platform") {
      build_.platform += (build_.platform.empty() ? "" : ",") + option.value;
    } else if (name == "--build-context") {
      const std::size_t equals = option.value.find('=');
      if (equals != std::string::npos) {
        build_.named_contexts[option.value.substr(0, equals)] = option.value.substr(equals + 1);
      }
    } else if (name == "--progress") {
      build_.progress = option.value;
    } else if (name == "-q" || name == "--quiet") {
      build_.quiet = on;
    } else if (name == "-h" || name == "--help" || (name == "--check" && on) ||
               (among(name, {"--call", "--print"}) && option.value != "build")) {
      problem_ = "the command builds nothing";
    }
  }

  Words words_;
  EngineBuild build_;
  std::string problem_;
};

}  // namespace

Result<EngineBuild> read_engine_command(const std::vector<std::string>& words) {
  return EngineCommandReader(words).read();
}

}  // namespace keyline::server

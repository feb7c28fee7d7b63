#include "server/cli/build_flags.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/lsp/context_loader.h"
#include "server/settings/settings.h"

namespace keyline::server {

namespace {

using protocol::Result;
using protocol::Unexpected;

// As `docker build` reads it: a bare name takes its value from the environment and is nothing when that has none.
Result<void> add_build_argument(const std::string& text, analysis::BuildOptions& options) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty()) return Unexpected({fmt::format("--build-arg {}: expected NAME=VALUE or NAME", text)});
  if (equals != std::string::npos) {
    options.arguments[name] = text.substr(equals + 1);
  } else if (const char* value = std::getenv(name.c_str())) {
    options.arguments[name] = value;
  }
  return {};
}

Result<void> add_named_context(const std::string& text, analysis::BuildOptions& options) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return Unexpected({fmt::format("--build-context {}: expected NAME=VALUE", text)});
  options.named_contexts[text.substr(0, equals)] = text.substr(equals + 1);
  return {};
}

Result<void> add_rule_severity(const std::string& text, analysis::RuleSettings& rules) {
  const std::size_t equals = text.find('=');
  const std::string id = text.substr(0, equals);
  if (!analysis::find_rule(id)) {
    return Unexpected({fmt::format("--rule {}: there is no rule `{}`; `keyline rules` lists them", text, id)});
  }
  const std::optional<analysis::Severity> severity =
      equals == std::string::npos ? std::nullopt : severity_from(std::string_view(text).substr(equals + 1));
  if (!severity)
    return Unexpected({fmt::format("--rule {}: expected {}=off, information, warning or error", text, id)});
  rules.severities[id] = *severity;
  return {};
}

}  // namespace

void add_build_flags(Options& declared, BuildFlags& flags) {
  declared.text("--context", flags.context, "DIR", "The build context (default: found from the Dockerfile's place)");
  declared.text("--target", flags.target, "STAGE", "The stage to build (default: the last one)");
  declared.text("--platform", flags.platform, "OS/ARCH", "The platform to build for, like linux/arm64");
  declared.repeated("--build-arg", flags.build_arguments, "NAME=VALUE",
                    "A build argument; NAME alone takes it from the environment");
  declared.repeated("--build-context", flags.named_contexts, "NAME=VALUE",
                    "A named context: a directory, or an image as docker-image://NAME");
}

void add_rule_flag(Options& declared, BuildFlags& flags) {
  declared.repeated("--rule", flags.rules, "ID=SEVERITY",
                    "Another severity for a rule: off, information, warning or error");
}

Result<Build> read_build_flags(const BuildFlags& flags) {
  Build build;
  if (!flags.context.empty()) {
    std::error_code error;
    if (!std::filesystem::is_directory(flags.context, error)) {
      return Unexpected({fmt::format("--context {}: not a directory", visible(flags.context))});
    }
    build.context = flags.context;
  }
  build.options.target = flags.target;
  build.options.platform = flags.platform;
  for (const std::string& argument : flags.build_arguments) {
    if (const Result<void> added = add_build_argument(argument, build.options); !added)
      return Unexpected(added.error());
  }
  for (const std::string& named : flags.named_contexts) {
    if (const Result<void> added = add_named_context(named, build.options); !added) return Unexpected(added.error());
  }
  for (const std::string& rule : flags.rules) {
    if (const Result<void> added = add_rule_severity(rule, build.rules); !added) return Unexpected(added.error());
  }
  return build;
}

Result<LoadedDockerfile> load_dockerfile(const std::string& path, const Build& build, Contents contents,
                                         ListingCache* listings) {
  const bool from_stdin = path == "-";
  Result<std::string> text = from_stdin ? read_standard_input() : read_text_file(path);
  if (!text) return Unexpected(text.error());
  LoadedDockerfile loaded;
  loaded.inputs.text = std::make_shared<const std::string>(*std::move(text));
  loaded.inputs.build = build.options;
  loaded.inputs.rules = build.rules;

  ContextQuery query;
  query.dockerfile = absolute_path(from_stdin ? "Dockerfile" : path);
  query.setting = build.context ? absolute_path(*build.context) : "";
  query.text = loaded.inputs.text;
  query.build = build.options;
  query.overrides = build.ignore_files;
  if (listings != nullptr) query.build_files = listings->build_files();
  const FoundContext found = found_context(query);
  loaded.context_root = found.directory;
  const auto load = [&] { return load_found_context(query, found, {}); };
  loaded.inputs.context =
      listings == nullptr ? load() : listings->of(found.directory, query.dockerfile, found.builds, load);
  loaded.found = found;
  if (contents == Contents::hashed) {
    DiskProgress progress;
    loaded.inputs.context = hash_context_on_disk(query, loaded.inputs.context, progress, {});
    loaded.inputs.named_contexts = load_named_contexts(query, {});
  }
  return loaded;
}

void report_fault(const std::string& path, const std::string& message) {
  write_error(fmt::format("keyline: {}: {}\n", visible(path), visible(message)));
}

}  // namespace keyline::server

#include "server/history/recorded_build.h"

#include <utility>

namespace keyline::server {

BuildIdentity RecordedBuild::identity() const {
  BuildIdentity identity{dockerfile, context.path, target, platform, {}, {}};
  for (const auto& argument : arguments) identity.arguments.push_back(argument.first);
  for (const auto& named : named_contexts) identity.named_contexts.push_back(named.first);
  return identity;
}

analysis::BuildOptions RecordedBuild::options() const {
  analysis::BuildOptions options;
  options.target = target;
  options.platform = platform;
  options.arguments = arguments;
  options.digests = images;
  for (const auto& [name, named] : named_contexts) options.named_contexts[name] = named.value;
  return options;
}

RecordedContext::RecordedContext(RecordedDirectory directory, std::string_view dockerfile)
    : directory_(std::move(directory)), dockerignore_(directory_.dockerignore) {
  const std::string root = directory_.path.ends_with('/') ? directory_.path : directory_.path + '/';
  if (dockerfile.starts_with(root)) dockerfile_path_ = dockerfile.substr(root.size());
}

}  // namespace keyline::server

#include "server/history/known_builds.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "server/history/build_inputs.h"
#include "server/history/step_times.h"

namespace keyline::server {

std::shared_ptr<const analysis::BuildState> state_of(const RecordedBuild& build) {
  analysis::NamedContexts contexts;
  for (const auto& [name, named] : build.named_contexts) {
    if (named.directory) contexts[name] = std::make_shared<RecordedContext>(*named.directory, std::string_view());
  }
  return std::make_shared<analysis::BuildState>(std::make_shared<const std::string>(build.text),
                                                std::make_shared<RecordedContext>(build.context, build.dockerfile),
                                                build.options(), std::move(contexts));
}

std::shared_ptr<const analysis::BuildHistory> known_builds(HistoryStore& store, const std::string& dockerfile,
                                                           const std::string& context,
                                                           const analysis::BuildOptions& options) {
  // Reading one build costs about as much as looking at the build directory once.
  constexpr std::size_t most = 5;
  BuildIdentity identity;
  identity.dockerfile = recorded_file_name(dockerfile);
  identity.context = recorded_directory_name(context);
  identity.target = options.target;
  identity.platform = options.platform;
  for (const auto& [name, value] : options.arguments) identity.arguments.push_back(name);
  for (const auto& [name, value] : options.named_contexts) identity.named_contexts.push_back(name);
  std::vector<RecordedBuild> builds = store.builds(identity, most);
  // A build with other arguments says less, but more than nothing.
  if (builds.empty()) builds = store.builds_of(identity.dockerfile, most);
  if (builds.empty()) return nullptr;
  std::vector<std::shared_ptr<const analysis::BuildState>> states;
  states.reserve(builds.size());
  for (const RecordedBuild& build : builds) states.push_back(state_of(build));
  return std::make_shared<analysis::BuildHistory>(std::move(states), times_of(builds));
}

std::string KnownBuilds::stamp() const {
  struct stat status {};
  if (::stat(file_.c_str(), &status) != 0) return "";
  return fmt::format("{} {} {}.{}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::shared_ptr<const analysis::BuildHistory> KnownBuilds::of(const std::string& dockerfile, const std::string& context,
                                                              const analysis::BuildOptions& options) {
  const std::string stamp = this->stamp();
  Answer& answer = answers_[dockerfile];
  if (answer.stamp == stamp && answer.context == context && answer.options == options) return answer.history;
  HistoryStore store(file_);
  answer = {stamp, context, options, stamp.empty() ? nullptr : known_builds(store, dockerfile, context, options)};
  return answer.history;
}

}  // namespace keyline::server

#include "server/cli/recording.h"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "server/cli/terminal.h"
#include "server/cli/text_file.h"
#include "server/history/build_inputs.h"
#include "server/history/known_builds.h"
#include "server/history/store.h"

namespace keyline::server {

using protocol::Result;
using protocol::Unexpected;

Result<RecordedBuild> read_inputs(const std::string& file, const Build& build) {
  const Result<std::string> text = read_text_file(file);
  if (!text) return Unexpected({fmt::format("{}: {}", visible(file), text.error().message)});
  ContextQuery query;
  query.dockerfile = absolute_path(file);
  query.text = std::make_shared<const std::string>(*text);
  query.build = build.options;
  query.setting = build.context ? absolute_path(*build.context) : "";
  return read_build_inputs(query, {});
}

Result<void> remember(RecordedBuild& build, BuildLog log) {
  const std::optional<std::string> file = default_history_file();
  if (!file) return Unexpected({"neither XDG_CACHE_HOME nor HOME says where builds are remembered"});
  build.steps = std::move(log.steps);
  build.images = std::move(log.images);
  place_steps(build);
  HistoryStore store(*file);
  Result<void> added = remember(store, build);
  while (const std::optional<std::string> problem = store.take_problem()) {
    if (added || *problem != added.error().message) write_error(fmt::format("keyline: {}\n", visible(*problem)));
  }
  return added;
}

void add_known_builds(LoadedDockerfile& loaded, const std::string& file) {
  const std::optional<std::string> history = default_history_file();
  if (!history || file == "-") return;
  HistoryStore store(*history);
  loaded.inputs.history = known_builds(store, absolute_path(file), loaded.context_root, loaded.inputs.build);
  while (const std::optional<std::string> problem = store.take_problem())
    write_error(fmt::format("keyline: {}\n", visible(*problem)));
}

}  // namespace keyline::server

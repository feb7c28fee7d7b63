#include "server/history/build_inputs.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "analysis/model/model.h"
#include "analysis/syntax/parser.h"
#include "analysis/text/line_index.h"
#include "server/environment/directory.h"
#include "server/environment/disk_context.h"
#include "server/history/progress_log.h"
#include "server/lsp/context_loader.h"

namespace keyline::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_dockerignore = std::size_t{4} << 20U;
constexpr std::size_t largest_dockerfile = std::size_t{64} << 20U;

RecordedDirectory recorded(const DiskContext& found) {
  RecordedDirectory directory;
  directory.path = recorded_directory_name(found.directory());
  directory.dockerignore_file = found.dockerignore_file();
  directory.unknown_reason = found.unknown_reason();
  directory.entries = found.entries();
  if (!directory.dockerignore_file.empty()) {
    directory.dockerignore =
        read_small_file(working_directory(), directory.dockerignore_file, largest_dockerignore, OpenFile::Links::follow)
            .text.value_or("");
  }
  return directory;
}

RecordedDirectory read_context(const ContextQuery& query, const std::stop_token& stop) {
  DiskProgress progress;
  const auto context = hash_context_on_disk(query, load_context_from_disk(query, stop), progress, stop);
  if (const auto* on_disk = dynamic_cast<const DiskContext*>(context.get())) return recorded(*on_disk);
  RecordedDirectory unknown;
  unknown.path = recorded_directory_name(context_directory(query));
  unknown.unknown_reason = "the build context was not read";
  return unknown;
}

RecordedNamedContext read_named_context(const ContextQuery& query, const std::string& value,
                                        const std::stop_token& stop) {
  RecordedNamedContext named{value, std::nullopt};
  if (const auto found = load_named_context(query, value, stop)) named.directory = recorded(*found);
  return named;
}

}  // namespace

RecordedBuild read_build_inputs(const ContextQuery& query, std::stop_token stop) {
  RecordedBuild build;
  build.dockerfile = recorded_file_name(query.dockerfile);
  build.text = *query.text;
  build.context = read_context(query, stop);
  for (const auto& [name, value] : query.build.named_contexts) {
    build.named_contexts[name] = read_named_context(query, value, stop);
  }
  build.target = query.build.target;
  build.platform = query.build.platform;
  build.arguments = query.build.arguments;
  return build;
}

protocol::Result<void> remember(HistoryStore& store, RecordedBuild& build) {
  build.finished_at =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return store.add(build);
}

std::string record_build_now(const std::string& store_file, ContextQuery query) {
  SmallFile saved = read_small_file(working_directory(), query.dockerfile, largest_dockerfile, OpenFile::Links::follow);
  if (!saved.text) return fmt::format("{}: {}; nothing is recorded", query.dockerfile, error_text(saved.error));
  query.text = std::make_shared<const std::string>(*std::move(saved.text));
  // A builder reads files, not editors.
  query.overrides.clear();
  query.open_texts.clear();
  query.previous = nullptr;
  RecordedBuild build = read_build_inputs(query, {});
  HistoryStore store(store_file);
  const protocol::Result<void> added = remember(store, build);
  if (!added) return added.error().message;
  return fmt::format("Recorded the build of {}: {} files and folders in the context.", query.dockerfile,
                     build.context.entries.size());
}

std::string recorded_directory_name(const std::string& directory) {
  std::error_code error;
  const fs::path real = fs::canonical(directory, error);
  return error ? fs::path(directory).lexically_normal().string() : real.string();
}

std::string recorded_file_name(const std::string& file) {
  const fs::path path(file);
  return (fs::path(recorded_directory_name(path.parent_path().string())) / path.filename()).string();
}

void place_steps(RecordedBuild& build) {
  if (build.steps.empty()) return;
  const analysis::SyntaxTree tree = analysis::parse(std::make_shared<const std::string>(build.text));
  const analysis::Model model = analysis::build_model(tree, build.options());
  const analysis::LineIndex lines(build.text);
  for (MeasuredStep& measured : build.steps) {
    const StepPlace place = place_of_step(measured.name);
    if (place.number == 0) continue;
    for (analysis::StepId id = 0; id < model.steps.size(); ++id) {
      const StepPlace other = place_of_step(analysis::step_label(model, id));
      if (other.number != place.number) continue;
      // Whether the only stage is named depends on what else BuildKit has to do.
      if (other.stage != place.stage && model.stages.size() != 1) continue;
      measured.line = lines.line_at(model.steps[id].span.begin) + 1;
      break;
    }
  }
}

}  // namespace keyline::server

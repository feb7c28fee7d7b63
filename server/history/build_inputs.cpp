#include "server/history/build_inputs.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "analysis/model/model.h"
#include "analysis/syntax/parser.h"
#include "analysis/text/line_index.h"
#include "server/environment/directory.h"
#include "server/environment/disk_context.h"
#include "server/history/progress_log.h"

namespace keyline::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_dockerignore = std::size_t{4} << 20U;

RecordedDirectory read_directory(const std::string& directory, const std::string& dockerfile,
                                 const std::stop_token& stop) {
  DiskContextRequest request;
  request.directory = directory;
  request.dockerfile = dockerfile;
  const std::shared_ptr<const DiskContext> found = load_disk_context(request, stop);
  RecordedDirectory recorded;
  recorded.path = recorded_directory_name(directory);
  recorded.dockerignore_file = found->dockerignore_file();
  recorded.unknown_reason = found->unknown_reason();
  recorded.entries = found->entries();
  if (!recorded.dockerignore_file.empty()) {
    recorded.dockerignore =
        read_small_file(working_directory(), recorded.dockerignore_file, largest_dockerignore, OpenFile::Links::follow)
            .text.value_or("");
  }
  return recorded;
}

RecordedNamedContext read_named_context(const std::string& value, const std::stop_token& stop) {
  RecordedNamedContext named{value, std::nullopt};
  std::error_code error;
  const fs::path directory = fs::absolute(value, error);
  if (!error && fs::is_directory(directory, error)) named.directory = read_directory(directory.string(), "", stop);
  return named;
}

}  // namespace

RecordedBuild read_build_inputs(const BuildRequest& request, std::stop_token stop) {
  RecordedBuild build;
  build.dockerfile = recorded_file_name(request.dockerfile);
  build.text = request.text;
  build.context = read_directory(request.context, request.dockerfile, stop);
  for (const auto& [name, value] : request.named_contexts) {
    build.named_contexts[name] = read_named_context(value, stop);
  }
  build.target = request.target;
  build.platform = request.platform;
  build.arguments = request.arguments;
  return build;
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
  analysis::BuildOptions options;
  options.target = build.target;
  options.platform = build.platform;
  options.arguments = build.arguments;
  for (const auto& [name, named] : build.named_contexts) options.named_contexts[name] = named.value;
  const analysis::Model model = analysis::build_model(tree, options);
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

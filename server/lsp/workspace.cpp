#include "server/lsp/workspace.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "analysis/cache/invalidation.h"
#include "protocol/uri.h"
#include "server/features/features.h"
#include "server/lsp/analyses.h"
#include "server/lsp/contexts.h"
#include "server/lsp/convert.h"
#include "server/lsp/workspace_diagnostics.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;

// More than a list in an editor is good for; the next letter makes it shorter.
constexpr std::size_t most_symbols = 2'000;

// So many are worth a message of their own.
constexpr std::size_t partial_symbols = 250;

// What a survey needs to know, without the session.
struct Survey {
  std::function<std::vector<std::string>(const std::vector<std::string>&, std::stop_token)> find;
  std::function<std::optional<StampedText>(const std::string&, const std::string&)> read;
  std::vector<std::string> folders;
  analysis::BuildOptions options;
  analysis::Encoding encoding = analysis::Encoding::utf16;
  std::shared_ptr<const WorkspaceFiles> previous;
  std::stop_token stop;
};

// The steps that certainly run again with another value of the argument.
std::vector<RekeyedStep> rekeyed_by(const analysis::Snapshot& snapshot, std::string_view argument,
                                    analysis::Encoding encoding) {
  const analysis::Model& model = snapshot.model;
  const auto effects = analysis::invalidate(model, analysis::change_of_argument(model, argument));
  std::vector<RekeyedStep> steps;
  for (analysis::StepId id = 0; id < effects.size(); ++id) {
    const analysis::Op op = model.steps[id].op;
    if (effects[id].effect != analysis::Effect::always || (op != analysis::Op::exec && op != analysis::Op::file))
      continue;
    const analysis::Span line =
        snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(model.steps[id].span.begin));
    steps.push_back(
        {to_range(snapshot.lines, snapshot.text(), line, encoding), analysis::step_name(model, snapshot.tree, id)});
  }
  return steps;
}

DockerfilePlaces places_of(const analysis::Snapshot& snapshot, analysis::Encoding encoding) {
  DockerfilePlaces places{analysis::names_of(snapshot.tree), {}, {}, {}, {}};
  const auto range_of = [&](const analysis::DockerfileName& name) {
    return to_range(snapshot.lines, snapshot.text(), name.span, encoding);
  };
  for (const auto& each : places.names.stages) places.stages.push_back(range_of(each));
  for (const auto& each : places.names.arguments) {
    places.arguments.push_back(range_of(each));
    places.rekeyed.push_back(rekeyed_by(snapshot, each.name, encoding));
  }
  if (!snapshot.model.stages.empty()) places.last_stage = snapshot.model.stages.back().name;
  return places;
}

WorkspaceFile read_dockerfile(const Survey& survey, const std::string& path, StampedText read) {
  analysis::Snapshot snapshot;
  snapshot.inputs.text = read.text;
  snapshot.lines = analysis::LineIndex(*read.text);
  snapshot.tree = analysis::parse(read.text);
  snapshot.model = analysis::build_model(snapshot.tree, survey.options);
  return {std::move(read.stamp), features::stage_symbols(snapshot, protocol::path_to_uri(path), survey.encoding),
          features::base_images(snapshot.model), places_of(snapshot, survey.encoding)};
}

// On the disk lane.
Event look_around(const Survey& survey) {
  auto files = std::make_shared<WorkspaceFiles>();
  for (const std::string& path : survey.find(survey.folders, survey.stop)) {
    if (survey.stop.stop_requested()) break;
    std::shared_ptr<const WorkspaceFile> known;
    if (survey.previous) {
      const auto found = survey.previous->by_path.find(path);
      if (found != survey.previous->by_path.end()) known = found->second;
    }
    std::optional<StampedText> read = survey.read(path, known ? known->stamp : "");
    if (!read) continue;
    if (read->text) known = std::make_shared<const WorkspaceFile>(read_dockerfile(survey, path, *std::move(read)));
    if (known) files->by_path.emplace(path, std::move(known));
  }
  return WorkspaceSurveyed{std::move(files)};
}

void add_symbols(const std::vector<lsp::SymbolInformation>& stages, std::string_view query,
                 lsp::WorkspaceSymbolRequest::Result& symbols) {
  for (const lsp::SymbolInformation& stage : stages) {
    if (symbols.size() < most_symbols && features::is_meant(stage.name, query)) symbols.push_back(stage);
  }
}

// Stages of open documents as they were when they were last analysed, then those of files that are not open.
lsp::WorkspaceSymbolRequest::Result symbols_for(const Session& session, std::string_view query) {
  lsp::WorkspaceSymbolRequest::Result symbols;
  for (const auto& [path, document] : session.documents.all()) {
    if (document.snapshot)
      add_symbols(features::stage_symbols(*document.snapshot, document.uri, session.traits->encoding), query, symbols);
  }
  if (!session.workspace.files) return symbols;
  for (const auto& [path, file] : session.workspace.files->by_path) {
    if (!session.documents.all().contains(path)) add_symbols(file->stages, query, symbols);
  }
  return symbols;
}

bool same_paths(const WorkspaceFiles& one, const WorkspaceFiles& other) {
  const auto path = [](const auto& each) -> const std::string& { return each.first; };
  return std::ranges::equal(one.by_path, other.by_path, {}, path, path);
}

// All at once, or where the client gave a token in parts: what was sent with it is not sent again.
void answer_symbols(Session& session, const SymbolRequest& asked) {
  const std::optional<PendingRequest> request = session.requests.take(asked.ticket);
  if (!request) return;
  lsp::WorkspaceSymbolRequest::Result symbols = symbols_for(session, asked.query);
  if (asked.partial) {
    for (std::size_t begin = 0; begin < symbols.size(); begin += partial_symbols) {
      const std::span part = std::span(symbols).subspan(begin, std::min(partial_symbols, symbols.size() - begin));
      session.client.report_progress(*asked.partial,
                                     protocol::encode(lsp::WorkspaceSymbolRequest::Result(part.begin(), part.end())));
    }
    symbols.clear();
  }
  session.client.reply(request->id, protocol::encode(symbols));
}

}  // namespace

void survey_workspace(Session& session) {
  Workspace& workspace = session.workspace;
  if (workspace.surveying) return;
  const bool can_look = session.surroundings.find_dockerfiles && session.surroundings.read_text;
  if (!can_look || session.folders.empty() || !workspace.stale) return workspace_surveyed(session, workspace.files);
  workspace.surveying = true;
  // A client that does not say what changed leaves everything in doubt.
  workspace.stale = !session.traits->registers_watched_files;
  Survey survey{session.surroundings.find_dockerfiles,
                session.surroundings.read_text,
                session.folders,
                build_options(*session.settings),
                session.traits->encoding,
                workspace.files,
                workspace.stop.get_token()};
  session.scheduler.run(Lane::disk, [survey = std::move(survey)] { return look_around(survey); });
}

void workspace_surveyed(Session& session, std::shared_ptr<const WorkspaceFiles> files) {
  Workspace& workspace = session.workspace;
  workspace.surveying = false;
  if (!files) files = std::make_shared<const WorkspaceFiles>();
  const bool others = !workspace.files || !same_paths(*workspace.files, *files);
  workspace.files = std::move(files);
  for (const SymbolRequest& asked : std::exchange(workspace.symbol_requests, {})) answer_symbols(session, asked);
  load_projects(session, others);
  workspace_known(session);
}

void workspace_changed(Session& session) {
  session.workspace.stale = true;
  pull_workspace_later(session);
}

void ask_symbols(Session& session, const protocol::Id& id, const lsp::WorkspaceSymbolParams& params) {
  PendingRequest request{id, {}, "", {}, true};
  request.question.without_document = protocol::encode(lsp::WorkspaceSymbolRequest::Result{});
  session.workspace.symbol_requests.push_back(
      {session.requests.add(std::move(request)), params.query, params.partialResultToken});
  survey_workspace(session);
}

std::vector<KnownDockerfile> known_dockerfiles(const Session& session) {
  std::vector<KnownDockerfile> known;
  for (const auto& [path, document] : session.documents.all()) {
    if (document.kind != DocumentKind::dockerfile || !document.snapshot) continue;
    DockerfilePlaces places = places_of(*document.snapshot, session.traits->encoding);
    known.push_back({path, document.uri, std::make_shared<const DockerfilePlaces>(std::move(places))});
  }
  if (!session.workspace.files) return known;
  for (const auto& [path, file] : session.workspace.files->by_path) {
    if (!session.documents.all().contains(path))
      known.push_back({path, protocol::path_to_uri(path), {file, &file->places}});
  }
  return known;
}

std::vector<std::string> workspace_images(const Session& session) {
  std::set<std::string> images;
  const auto add = [&](const std::vector<std::string>& more) { images.insert(more.begin(), more.end()); };
  for (const auto& [path, document] : session.documents.all()) {
    if (document.snapshot) add(features::base_images(document.snapshot->model));
  }
  if (session.workspace.files) {
    for (const auto& [path, file] : session.workspace.files->by_path) add(file->images);
  }
  return {images.begin(), images.end()};
}

}  // namespace keyline::server

#include "server/lsp/contexts.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "protocol/uri.h"
#include "server/lsp/analyses.h"
#include "server/lsp/build_project.h"
#include "server/lsp/context_loader.h"
#include "server/lsp/disk_progress.h"
#include "server/lsp/pricing.h"
#include "server/lsp/workspace.h"

namespace keyline::server {
namespace {

// A checkout or an install changes thousands of files; their events come in within this time of each other.
constexpr Clock::Duration quiet_time{100};
// A build takes longer than this, and whoever ran one looks at the editor a moment later.
constexpr Clock::Duration history_interval{2000};

// The second half of a load, in the same lane.
void start_hashing(Session& session, Document& document) {
  document.context_loading = true;
  document.disk_progress = std::make_shared<DiskProgress>();
  disk_work_began(session);
  session.scheduler.run(Lane::disk,
                        [hash = session.surroundings.hash_context, known = session.surroundings.known_builds,
                         query = query_for(session, document), listing = document.listing,
                         progress = document.disk_progress, named = session.surroundings.named_contexts,
                         stop = document.disk_stop.get_token(), opening = document.opening]() -> Event {
                          return ContentsHashed{query.dockerfile,
                                                opening,
                                                hash(query, listing, *progress, stop),
                                                context_sources(query),
                                                named ? named(query, stop) : analysis::NamedContexts(),
                                                known ? known(query) : nullptr};
                        });
}

void take_context(Document& document, std::shared_ptr<const analysis::BuildContext> context) {
  if (!context || context == document.context) return;
  document.context = std::move(context);
  document.dirty = document.news = true;
}

void finish_load(Session& session, Document& document) {
  document.context_loading = false;
  document.disk_progress = nullptr;
  if (document.context_stale) load_context(session, document);
  disk_work_ended(session);
  settle(session);
  // What the other Dockerfiles are called and start from is worth knowing once the disk has no more urgent work.
  if (!session.workspace.files && !document.context_loading) survey_workspace(session);
}

// The document that asked; null when it was closed since.
Document* asker(Session& session, const std::string& path, std::uint64_t opening) {
  Document* document = session.documents.find_path(path);
  if (document != nullptr && document->opening == opening) return document;
  disk_work_ended(session);
  return nullptr;
}

void hash_again(Session& session, Document& document) {
  if (!document.hashed_sources) return;
  if (document.context_loading) {
    document.context_stale = true;
  } else {
    document.disk_stop = {};
    start_hashing(session, document);
  }
}

ProjectQuery project_query_for(const Session& session, const Document& document) {
  ProjectQuery query;
  query.path = document.path;
  query.text = document.text;
  query.build = build_options(*session.settings);
  query.folders = session.folders;
  for (const auto& [path, other] : session.documents.all()) query.open_texts.emplace(path, other.text);
  if (session.workspace.files) {
    for (const auto& [path, file] : session.workspace.files->by_path) query.dockerfiles.push_back(path);
  }
  return query;
}

bool is_in_project(const Session& session, const Document& document) {
  return protocol::is_file_uri(document.uri) && session.surroundings.load_project;
}

// It is a short look at few files, and no progress is shown: it stops with the session alone.
void load_project(Session& session, Document& document) {
  if (!is_in_project(session, document)) return;
  document.context_stale = document.context_loading;
  if (document.context_loading) return;
  document.context_loading = true;
  session.scheduler.run(Lane::disk,
                        [load = session.surroundings.load_project, query = project_query_for(session, document),
                         stop = session.workspace.stop.get_token(), opening = document.opening]() -> Event {
                          return ProjectLoaded{query.path, opening, load(query, stop)};
                        });
}

}  // namespace

ContextQuery query_for(const Session& session, const Document& document) {
  ContextQuery query;
  query.dockerfile = document.path;
  query.text = std::make_shared<const std::string>(document.text);
  query.build = build_options(*session.settings);
  query.folders = session.folders;
  query.setting = session.settings->context;
  query.previous = document.context;
  query.for_ignore_file = document.kind == DocumentKind::dockerignore;
  for (const auto& [path, other] : session.documents.all()) {
    if (other.kind == DocumentKind::dockerignore) query.overrides.emplace(path, other.text);
    query.open_texts.emplace(path, other.text);
  }
  return query;
}

void load_context(Session& session, Document& document) {
  if (document.kind == DocumentKind::build_file) return load_project(session, document);
  const bool has_folder = is_analyzed(document.kind) && protocol::is_file_uri(document.uri);
  if (!has_folder || !session.surroundings.load_context) return;
  document.context_stale = document.context_loading;
  if (document.context_loading) return;
  document.context_loading = true;
  document.disk_stop = {};
  disk_work_began(session);
  session.scheduler.run(Lane::disk,
                        [load = session.surroundings.load_context, query = query_for(session, document),
                         stop = document.disk_stop.get_token(), opening = document.opening]() -> Event {
                          return ContextLoaded{query.dockerfile, opening, load(query, stop)};
                        });
}

void load_contexts(Session& session) {
  const bool files_changed = std::exchange(session.files_changed, false);
  for (auto& [path, document] : session.documents.all()) {
    // What a .dockerignore could hide does not depend on what it says.
    if (files_changed || document.kind == DocumentKind::dockerfile) load_context(session, document);
  }
}

void contexts_changed(Session& session) {
  session.files_changed = true;
  session.scheduler.start_timer(Timer::context, quiet_time);
  prices_stale(session);
}

void ignore_text_changed(Session& session) { session.scheduler.start_timer(Timer::context, quiet_time); }

void ignore_file_opened_or_closed(Session& session, const std::string& path) {
  ignore_text_changed(session);
  bool any = false;
  for (auto& [other, document] : session.documents.all()) {
    if (document.kind != DocumentKind::dockerfile || context_ignore_file(document) != path) continue;
    document.dirty = any = true;
  }
  if (any && session.traits->refreshes_diagnostics) session.client.refresh_diagnostics();
}

std::string context_ignore_file(const Document& document) {
  return document.context ? document.context->ignore_file().path : std::string();
}

void context_loaded(Session& session, ContextLoaded loaded) {
  Document* document = asker(session, loaded.path, loaded.opening);
  if (document == nullptr) return;
  const bool has_contents = session.surroundings.hash_context && document->kind == DocumentKind::dockerfile &&
                            loaded.context && loaded.context->complete();
  if (!has_contents) {
    document->hashed_sources.reset();
    take_context(*document, std::move(loaded.context));
    return finish_load(session, *document);
  }
  document->listing = std::move(loaded.context);
  if (!document->hashed_sources) {
    take_context(*document, document->listing);
    settle(session);
  }
  start_hashing(session, *document);
}

void contents_hashed(Session& session, ContentsHashed hashed) {
  Document* document = asker(session, hashed.path, hashed.opening);
  if (document == nullptr) return;
  document->hashed_sources = std::move(hashed.sources);
  if (hashed.history != document->history) {
    document->history = std::move(hashed.history);
    document->dirty = document->news = true;
  }
  if (hashed.named_contexts != document->named_contexts) {
    document->named_contexts = std::move(hashed.named_contexts);
    document->dirty = document->news = true;
  }
  take_context(*document, std::move(hashed.context));
  finish_load(session, *document);
}

void project_loaded(Session& session, ProjectLoaded loaded) {
  Document* document = asker(session, loaded.path, loaded.opening);
  if (document == nullptr || !loaded.project) return;
  document->project = std::move(loaded.project);
  document->dirty = true;
  finish_load(session, *document);
}

void build_file_opened(Session& session, Document& document) {
  if (!is_in_project(session, document)) document.project = std::make_shared<const BuildProject>();
  survey_workspace(session);
}

void load_projects(Session& session, bool other_dockerfiles) {
  for (auto& [path, document] : session.documents.all()) {
    if (document.kind == DocumentKind::build_file && (other_dockerfiles || !document.project))
      load_project(session, document);
  }
}

void dockerfile_changed(Session& session, std::string_view path) {
  for (auto& [other, document] : session.documents.all()) {
    if (document.dockerfiles.contains(path)) document.dirty = true;
  }
}

void hash_contexts(Session& session) {
  for (auto& [path, document] : session.documents.all()) hash_again(session, document);
}

void own_text_changed(Session& session, const Document& document) {
  if (!document.context || document.context->dockerfile_path().empty()) return;
  const analysis::ContextEntry* own = find_entry(*document.context, document.context->dockerfile_path());
  if (own != nullptr && own->content) session.scheduler.start_timer(Timer::texts, quiet_time);
}

void sources_known(Session& session, Document& document) {
  if (!document.hashed_sources || !document.is_current()) return;
  if (!std::ranges::includes(*document.hashed_sources, context_sources(document.snapshot->model))) {
    hash_again(session, document);
  }
}

void watch_history(Session& session) {
  if (!session.surroundings.history_stamp) return;
  session.scheduler.run(Lane::disk,
                        [look = session.surroundings.history_stamp]() -> Event { return HistoryLooked{look()}; });
}

void history_looked(Session& session, const std::string& stamp) {
  const bool changed = session.history_stamp && *session.history_stamp != stamp;
  session.history_stamp = stamp;
  if (changed) hash_contexts(session);
  session.scheduler.start_timer(Timer::history, history_interval);
}

bool may_matter(std::string_view path) {
  static constexpr std::array<std::string_view, 6> noisy{"/.git/",         "/.hg/",         "/.svn/",
                                                         "/node_modules/", "/__pycache__/", "/.venv/"};
  return std::ranges::none_of(noisy, [&](std::string_view part) { return path.find(part) != std::string_view::npos; });
}

}  // namespace keyline::server

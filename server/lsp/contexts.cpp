#include "server/lsp/contexts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/uri.h"
#include "server/lsp/analyses.h"

namespace keyline::server {
namespace {

// A checkout or an install changes thousands of files; their events come in within this time of each other.
constexpr Clock::Duration quiet_time{100};

ContextQuery query_for(Session& session, const Document& document) {
  ContextQuery query;
  query.dockerfile = document.path;
  query.text = std::make_shared<const std::string>(document.text);
  query.build = build_options(*session.settings);
  query.folders = session.folders;
  query.setting = session.settings->context;
  query.previous = document.context;
  for (const auto& [path, other] : session.documents.all()) {
    if (other.kind == DocumentKind::dockerignore) query.overrides.emplace(path, other.text);
  }
  return query;
}

}  // namespace

void load_context(Session& session, Document& document) {
  const bool has_folder = document.kind == DocumentKind::dockerfile && protocol::is_file_uri(document.uri);
  if (!has_folder || !session.surroundings.load_context) return;
  document.context_stale = document.context_loading;
  if (document.context_loading) return;
  document.context_loading = true;
  session.scheduler.run(Lane::disk,
                        [load = session.surroundings.load_context, query = query_for(session, document),
                         stop = session.ending.get_token(), opening = document.opening]() -> Event {
                          return ContextLoaded{query.dockerfile, opening, load(query, stop)};
                        });
}

void load_contexts(Session& session) {
  for (auto& [path, document] : session.documents.all()) load_context(session, document);
}

void contexts_changed(Session& session) { session.scheduler.start_timer(Timer::context, quiet_time); }

void context_loaded(Session& session, ContextLoaded loaded) {
  Document* document = session.documents.find_path(loaded.path);
  if (document == nullptr || document->opening != loaded.opening) return;
  document->context_loading = false;
  if (loaded.context && loaded.context != document->context) {
    document->context = std::move(loaded.context);
    document->dirty = true;
    if (session.traits->refreshes_hints && session.settings->inlay_hints) session.client.refresh_hints();
    if (session.traits->refreshes_lenses && session.settings->code_lens) session.client.refresh_lenses();
  }
  if (document->context_stale) load_context(session, *document);
  settle(session);
}

bool may_matter(std::string_view path) {
  static constexpr std::array<std::string_view, 6> noisy{"/.git/",         "/.hg/",         "/.svn/",
                                                         "/node_modules/", "/__pycache__/", "/.venv/"};
  return std::ranges::none_of(noisy, [&](std::string_view part) { return path.find(part) != std::string_view::npos; });
}

}  // namespace keyline::server

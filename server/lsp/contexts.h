#pragma once
// The build directory of each open Dockerfile: listed and then hashed on the disk lane, again when files changed, never
// twice at once for one document. Until the first listing is there a document is analysed without one, and with the
// listing until contents are known; from then on a listing alone does not replace what is known. Likewise what stands
// around each open build file, but such a file waits for that: what the rest of a project does not say is a finding.
// Main thread only.

#include <string_view>

#include "server/lsp/session.h"

namespace keyline::server {

// Of a build file: its project.
void load_context(Session& session, Document& document);
void load_contexts(Session& session);
// Something on disk changed: load again once it has been quiet for a moment.
void contexts_changed(Session& session);
// The text of a .dockerignore is another one, or where its text is taken from: the same for the Dockerfiles.
void ignore_text_changed(Session& session);
// A .dockerignore was opened or closed: what is wrong with its lines is told there, or in the Dockerfiles again.
void ignore_file_opened_or_closed(Session& session, const std::string& path);
// The path of the .dockerignore that the document's context takes its patterns from; "" when there is none.
std::string context_ignore_file(const Document& document);
void context_loaded(Session& session, ContextLoaded loaded);
void contents_hashed(Session& session, ContentsHashed hashed);
// Its project is loaded when the workspace's Dockerfiles are known.
void build_file_opened(Session& session, Document& document);
void project_loaded(Session& session, ProjectLoaded loaded);
// To be called when they are: for build files that wait for that, and for all where there are others than before.
void load_projects(Session& session, bool other_dockerfiles);
// A Dockerfile's text is another one, or is on disk again: the open build files that name it are analysed again.
void dockerfile_changed(Session& session, std::string_view path);

// Contents anew, for the listing there is: an editor's text is another one.
void hash_contexts(Session& session);
// To be called when a document's text is another one.
void own_text_changed(Session& session, const Document& document);
// To be called with each new snapshot: are these the files that were hashed?
void sources_known(Session& session, Document& document);

// Forecasts follow what is remembered: looks now and then, off the main thread, whether a build was recorded by
// whomever.
void watch_history(Session& session);
void history_looked(Session& session, const std::string& stamp);

// What the disk lane needs to know of a document.
ContextQuery query_for(const Session& session, const Document& document);

// Whether a change of this file can matter to any build: not what version control and package managers keep for
// themselves.
bool may_matter(std::string_view path);

}  // namespace keyline::server

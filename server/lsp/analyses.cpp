#include "server/lsp/analyses.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

#include <spdlog/spdlog.h>

#include "server/features/features.h"
#include "server/features/ignore_file.h"
#include "server/lsp/contexts.h"
#include "server/lsp/convert.h"
#include "server/lsp/pricing.h"
#include "server/lsp/workspace.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;
using protocol::ErrorCode;

bool is_open(const Session& session, const std::string& path) {
  return !path.empty() && session.documents.all().contains(path);
}

analysis::Inputs inputs_of(const Session& session, const Document& document) {
  analysis::Inputs inputs;
  inputs.text = std::make_shared<const std::string>(document.text);
  inputs.context = document.context;
  inputs.named_contexts = document.named_contexts;
  inputs.history = document.history;
  inputs.build = build_options(*session.settings);
  inputs.rules = session.settings->rules;
  inputs.fixes = false;
  // What is wrong with a line of .dockerignore is said on that line where it can be.
  if (is_open(session, context_ignore_file(document)))
    inputs.rules.severities[std::string(analysis::dead_pattern_rule)] = analysis::Severity::off;
  return inputs;
}

// A letter in such a file costs less than waking a thread does; the first reading of it costs a few milliseconds.
constexpr std::size_t small_to_analyse = std::size_t{16} << 10U;
// So does a question about a text that was analysed before: most look at one place, and an outline takes no longer.
constexpr std::size_t small_to_ask = std::size_t{128} << 10U;

Effort effort_for(const std::string& text, const analysis::BuildContext* context, std::size_t small_text) {
  constexpr std::size_t few_entries = 4096;
  const bool small = text.size() <= small_text && (context == nullptr || context->entries().size() <= few_entries);
  return small ? Effort::brief : Effort::any;
}

analysis::IgnoreInputs ignore_inputs_of(const Session& session, const Document& document) {
  return {std::make_shared<const std::string>(document.text), document.context, session.settings->rules};
}

BuildFileInputs build_file_inputs_of(const Session& session, const Document& document) {
  BuildFileInputs inputs{
      document.path, std::make_shared<const std::string>(document.text), document.project, {}, session.settings->rules};
  for (const auto& [path, other] : session.documents.all()) {
    if (other.kind == DocumentKind::dockerfile && other.snapshot) inputs.open.emplace(path, other.snapshot);
  }
  return inputs;
}

// On the analysis lane.
Event analyze_ignore_and_write(const std::shared_ptr<AnalysisRun>& run) {
  run->ignore = analysis::analyze_ignore_file(*run->ignore_inputs, run->stop.get_token());
  if (run->ignore && !run->traits->pulls_diagnostics && !run->stop.stop_requested()) {
    const IgnoreView view{*run->ignore, run->uri, run->version, *run->traits};
    run->publication = write_publish({run->uri, run->version, features::ignore_diagnostics(view)});
  }
  return AnalysisFinished{run};
}

Event analyze_and_write(const std::shared_ptr<AnalysisRun>& run) {
  if (run->stop.stop_requested()) return AnalysisFinished{run};
  if (run->ignore_inputs) return analyze_ignore_and_write(run);
  if (run->build_file_inputs) {
    CheckedBuildFile checked = check_open_build_file(*run->build_file_inputs);
    run->snapshot = std::move(checked.snapshot);
    run->dockerfiles = std::move(checked.dockerfiles);
  } else {
    run->snapshot = analysis::analyze(run->inputs, run->previous.get(), run->stop.get_token());
  }
  run->previous.reset();
  if (run->snapshot && !run->traits->pulls_diagnostics && !run->stop.stop_requested()) {
    const View view{*run->snapshot,        run->uri, run->version,     *run->traits, *run->settings,
                    run->stop.get_token(), {},       run->prices.get()};
    run->publication = write_publish({run->uri, run->version, features::diagnostics(view)});
  }
  return AnalysisFinished{run};
}

void start_run(Session& session, Document& document) {
  auto run = std::make_shared<AnalysisRun>();
  run->path = document.path;
  run->uri = document.uri;
  run->version = document.version;
  run->revision = document.revision;
  if (document.kind == DocumentKind::dockerignore)
    run->ignore_inputs = ignore_inputs_of(session, document);
  else if (document.kind == DocumentKind::build_file)
    run->build_file_inputs = build_file_inputs_of(session, document);
  else
    run->inputs = inputs_of(session, document);
  run->previous = document.snapshot;
  run->traits = session.traits;
  run->settings = session.settings;
  run->prices = prices_of(session, document);
  document.run = run;
  document.dirty = false;
  const Effort effort = effort_for(document.text, document.context.get(), small_to_analyse);
  session.scheduler.run(
      Lane::analysis, [run = std::move(run)] { return analyze_and_write(run); }, effort);
}

// What a worker needs to answer, without the session.
struct AnswerWork {
  Ticket ticket = 0;
  protocol::Id id;
  std::function<Answer(const View&)> ask;
  std::function<Answer(const IgnoreView&)> ask_ignore;
  bool follows_text = false;
  std::stop_token stop;
  std::string uri;
  std::int32_t version = 0;
  std::shared_ptr<const analysis::Snapshot> snapshot;
  std::shared_ptr<const analysis::IgnoreSnapshot> ignore;
  std::shared_ptr<AnalysisRun> run;  // when set, the snapshot is what this run has left
  std::shared_ptr<const ClientTraits> traits;
  std::shared_ptr<const Settings> settings;
  std::shared_ptr<const analysis::KnownPrices> prices;
  std::vector<OpenIgnoreFile> ignore_files;
  std::vector<OpenDockerfile> dockerfiles;
};

// Nothing when there is no snapshot.
std::optional<Answer> ask_worker(const AnswerWork& work) {
  if (work.ask_ignore) {
    const analysis::IgnoreSnapshot* ignore = work.run ? work.run->ignore.get() : work.ignore.get();
    if (ignore == nullptr) return std::nullopt;
    return work.ask_ignore({*ignore, work.uri, work.version, *work.traits, work.dockerfiles});
  }
  const analysis::Snapshot* snapshot = work.run ? work.run->snapshot.get() : work.snapshot.get();
  if (snapshot == nullptr) return std::nullopt;
  return work.ask({*snapshot, work.uri, work.version, *work.traits, *work.settings, work.stop, work.ignore_files,
                   work.prices.get()});
}

Event answer(const AnswerWork& work) {
  AnswerReady ready{work.ticket, "", ""};
  if (work.stop.stop_requested()) return ready;
  try {
    std::optional<Answer> given = ask_worker(work);
    if (!given) {
      if (!work.follows_text)
        ready.body = protocol::write_response(
            work.id, protocol::failure(ErrorCode::content_modified, "the document has changed"));
      return ready;
    }
    ready.body = protocol::write_response(work.id, given->result);
    ready.message = std::move(given->message);
  } catch (const std::exception& fault) {
    ready.body = protocol::write_response(work.id, protocol::failure(ErrorCode::internal_error, fault.what()));
  }
  return ready;
}

// The run or the snapshot that answers a question about the present text; false when there is none yet.
bool find_source(const Document& document, bool needs_context, AnswerWork& work) {
  // The first look at the build directory is waited for; while a later one is under way, the one before will do.
  const auto is_enough = [&](const std::shared_ptr<const analysis::BuildContext>& context) {
    if (!needs_context) return true;
    return context == document.context && (context != nullptr || !document.context_loading);
  };
  if (document.is_current() &&
      is_enough(document.ignore ? document.ignore->inputs.everything : document.snapshot->inputs.context)) {
    work.snapshot = document.snapshot;
    work.ignore = document.ignore;
    return true;
  }
  if (document.run && document.run->revision == document.revision &&
      is_enough(document.run->ignore_inputs ? document.run->ignore_inputs->everything : document.run->inputs.context)) {
    work.run = document.run;
    return true;
  }
  return false;
}

std::vector<OpenIgnoreFile> open_ignore_files(const Session& session) {
  std::vector<OpenIgnoreFile> open;
  for (const auto& [path, document] : session.documents.all()) {
    if (document.kind == DocumentKind::dockerignore)
      open.push_back({path, document.uri, document.version, document.text});
  }
  return open;
}

// Those whose context takes its patterns from this file.
std::vector<OpenDockerfile> dockerfiles_under(const Session& session, const Document& ignore_file) {
  std::vector<OpenDockerfile> open;
  if (ignore_file.kind != DocumentKind::dockerignore) return open;
  for (const auto& [path, document] : session.documents.all()) {
    if (document.snapshot && context_ignore_file(document) == ignore_file.path)
      open.push_back({document.uri, document.snapshot});
  }
  return open;
}

void start_questions(Session& session, const Document& document) {
  for (const Ticket ticket : session.requests.waiting_for(document.path)) {
    PendingRequest& request = *session.requests.find(ticket);
    AnswerWork work;
    work.ticket = ticket;
    work.id = request.id;
    work.ask = request.question.ask;
    if (document.kind == DocumentKind::dockerignore) work.ask_ignore = request.question.ask_ignore;
    work.follows_text = request.question.follows_text;
    work.stop = request.stop.get_token();
    work.uri = document.uri;
    work.version = document.version;
    work.traits = session.traits;
    work.settings = session.settings;
    work.prices = prices_of(session, document);
    work.ignore_files = open_ignore_files(session);
    work.dockerfiles = dockerfiles_under(session, document);
    const bool needs_context = work.ask_ignore ? request.question.ignore_needs_context : request.question.needs_context;
    if (!find_source(document, needs_context, work)) continue;
    const Lane lane = request.question.lane;
    // What a run leaves may be read behind it in its own lane; the disk lane waits until it is finished.
    if (work.run && lane != Lane::analysis) continue;
    request.is_running = true;
    const std::size_t small_text = work.run ? small_to_analyse : small_to_ask;
    const Effort effort =
        lane == Lane::disk ? Effort::any : effort_for(document.text, document.context.get(), small_text);
    session.scheduler.run(
        lane, [work = std::move(work)] { return answer(work); }, effort);
  }
}

Answer ask_build_file(const Session& session, const Document& document, const Question& question) {
  const auto kind = analysis::build_file_kind(document.path).value_or(analysis::BuildFileKind::compose);
  const analysis::BuildFile file = analysis::read_build_file(kind, document.text);
  const std::vector<KnownDockerfile> dockerfiles = known_dockerfiles(session);
  return question.ask_build_file(
      {document.text, document.lines, document.uri, document.path, kind, file, *session.traits, dockerfiles});
}

void settle(Session& session, Document& document) {
  if (!is_analyzed(document.kind)) return;
  const bool waits = document.kind == DocumentKind::build_file && !document.project;
  if (document.dirty && !document.run && !waits) start_run(session, document);
  start_questions(session, document);
}

bool is_asked_about(const Question& question, DocumentKind kind) {
  switch (kind) {
    case DocumentKind::dockerfile:
      return true;
    case DocumentKind::dockerignore:
      return question.ask_ignore != nullptr;
    case DocumentKind::build_file:
      return question.covers_build_files;
    case DocumentKind::other:
      break;
  }
  return false;
}

void publish(Session& session, Document& document, AnalysisRun& run) {
  const std::size_t digest = std::hash<std::string>{}(run.publication);
  if (std::exchange(document.published, digest) == digest) return;
  session.client.publish_written(document.uri, std::move(run.publication));
}

bool same_findings(const analysis::Snapshot& one, const analysis::Snapshot& other) {
  return std::ranges::equal(one.findings, other.findings, [](const auto& left, const auto& right) {
    return left.rule == right.rule && left.severity == right.severity && left.span == right.span &&
           left.message == right.message;
  });
}

// To be called before the run's snapshot takes the place of the last one.
void build_file_checked(Session& session, Document& document, const AnalysisRun& run) {
  // Nobody has edited it, so a client that pulls does not know that there is something new.
  const bool unexpected = document.snapshot && document.snapshot_revision == run.revision &&
                          !same_findings(*document.snapshot, *run.snapshot);
  if (unexpected && session.traits->refreshes_diagnostics) session.client.refresh_diagnostics();
  document.dockerfiles = run.dockerfiles;
  const auto was_read = [&](const std::string& path) { return document.project->dockerfiles.contains(path); };
  if (!std::ranges::all_of(document.dockerfiles, was_read)) load_context(session, document);
}

// Not before there is something new to be told: until then a question is answered from what was known, and a client
// that was sent for it early would keep that.
void send_for_news(Session& session, Document& document) {
  if (document.dirty || !std::exchange(document.news, false)) return;
  if (session.traits->refreshes_diagnostics) session.client.refresh_diagnostics();
  if (session.traits->refreshes_hints) session.client.refresh_hints();
  if (session.traits->refreshes_lenses) session.client.refresh_lenses();
}

}  // namespace

analysis::BuildOptions build_options(const Settings& settings) {
  analysis::BuildOptions options;
  options.target = settings.target;
  options.arguments = settings.build_arguments;
  options.named_contexts = settings.named_contexts;
  return options;
}

void settle(Session& session) {
  for (auto& [path, document] : session.documents.all()) settle(session, document);
}

void finish_run(Session& session, AnalysisRun& run) {
  Document* document = session.documents.find_path(run.path);
  if (document == nullptr || document->run.get() != &run) return;
  const std::shared_ptr<AnalysisRun> finished = std::move(document->run);
  document->run = nullptr;
  if (run.snapshot || run.ignore) {
    if (run.revision == document->revision && !run.publication.empty()) publish(session, *document, run);
    if (document->kind == DocumentKind::build_file) build_file_checked(session, *document, run);
    // Letting go of a large snapshot takes a moment: the client has its answer by then.
    document->snapshot = run.snapshot;
    document->ignore = run.ignore;
    document->snapshot_revision = run.revision;
    send_for_news(session, *document);
    if (document->kind == DocumentKind::dockerfile) {
      sources_known(session, *document);
      findings_known(session, *document);
      dockerfile_changed(session, document->path);
    }
  }
  settle(session, *document);
  if (document->kind != DocumentKind::dockerfile) return;
  for (auto& [path, other] : session.documents.all()) {
    if (other.kind == DocumentKind::build_file) settle(session, other);
  }
}

void text_changed(Session& session, Document& document) {
  stop_run(document);
  for (const Ticket ticket : session.requests.waiting_for(document.path)) {
    if (session.requests.find(ticket)->question.follows_text) continue;
    const std::optional<PendingRequest> request = session.requests.take(ticket);
    session.client.reply_fault(request->id, ErrorCode::content_modified, "the document has changed");
  }
}

void forget(Session& session, Document& document) {
  stop_run(document);
  document.disk_stop.request_stop();
  for (const Ticket ticket : session.requests.all_for(document.path)) {
    std::optional<PendingRequest> request = session.requests.take(ticket);
    request->stop.request_stop();
    session.client.reply(request->id, std::move(request->question.without_document));
  }
  if (is_analyzed(document.kind)) {
    const bool pulls = session.traits->pulls_diagnostics;
    if (!pulls) session.client.publish_written(document.uri, write_publish({document.uri, std::nullopt, {}}));
  }
}

void stop_run(Document& document) {
  if (document.run) document.run->stop.request_stop();
}

void ask(Session& session, const protocol::Id& id, Question question) {
  Document* document = session.documents.find(question.uri);
  if (document != nullptr && document->kind == DocumentKind::build_file && question.ask_build_file) {
    session.client.reply(id, ask_build_file(session, *document, question).result);
    return;
  }
  if (document == nullptr || !is_asked_about(question, document->kind)) {
    session.client.reply(id, std::move(question.without_document));
    return;
  }
  session.requests.add({id, std::move(question), document->path, {}, false});
  start_questions(session, *document);
}

void cancel(Session& session, const protocol::Id& id) {
  std::optional<PendingRequest> request = session.requests.take(id);
  if (!request) return;
  request->stop.request_stop();
  session.client.reply_fault(id, ErrorCode::request_cancelled, "cancelled");
}

void finish_answer(Session& session, AnswerReady answer) {
  if (answer.body.empty()) {
    PendingRequest* request = session.requests.find(answer.ticket);
    if (request == nullptr) return;
    request->is_running = false;
    if (const Document* document = session.documents.find_path(request->path)) start_questions(session, *document);
    return;
  }
  if (!session.requests.take(answer.ticket)) return;
  session.client.send_written(std::move(answer.body));
  if (!answer.message.empty()) { session.client.show_message(lsp::MessageType::info, std::move(answer.message)); }
}

}  // namespace keyline::server

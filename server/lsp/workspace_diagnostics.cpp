#include "server/lsp/workspace_diagnostics.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "protocol/uri.h"
#include "server/features/features.h"
#include "server/lsp/analyses.h"
#include "server/lsp/contexts.h"
#include "server/lsp/pricing.h"
#include "server/lsp/workspace.h"

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;

// A checkout or a formatter changes many files; one look at all of them will do.
constexpr Clock::Duration quiet_time{500};
// So much is worth a message of its own.
constexpr std::size_t partial_size = std::size_t{64} << 10U;

// What the disk lane needs to check one file, without the session.
struct Check {
  Ticket ticket = 0;
  ContextQuery query;
  std::function<std::optional<StampedText>(const std::string&, const std::string&)> read;
  std::function<std::shared_ptr<const analysis::BuildContext>(const ContextQuery&, ListingCache&, std::stop_token)>
      load;
  std::shared_ptr<ListingCache> listings;
  std::shared_ptr<const ClientTraits> traits;
  std::shared_ptr<const Settings> settings;
  std::string known;  // the client's result id
  std::stop_token stop;
  // Of a document that is open: it was analysed already.
  std::shared_ptr<const analysis::Snapshot> snapshot;
  std::shared_ptr<const analysis::KnownPrices> prices;
  std::string uri;
  std::optional<std::int32_t> version;
};

std::shared_ptr<const analysis::Snapshot> analyze_file(Check& check) {
  std::optional<StampedText> read = check.read(check.query.dockerfile, "");
  if (!read || !read->text) return nullptr;
  check.query.text = read->text;
  analysis::Inputs inputs;
  inputs.text = read->text;
  if (check.load) inputs.context = check.load(check.query, *check.listings, check.stop);
  inputs.build = check.query.build;
  inputs.rules = check.settings->rules;
  inputs.fixes = false;
  if (inputs.context && check.query.overrides.contains(inputs.context->ignore_file().path))
    inputs.rules.severities[std::string(analysis::dead_pattern_rule)] = analysis::Severity::off;
  return analysis::analyze(std::move(inputs), nullptr, check.stop);
}

// `{"kind":...}` as a report of the workspace, which says which document it is about.
std::string with_document(std::string report, const std::string& uri, std::optional<std::int32_t> version) {
  report.pop_back();
  report += R"(,"uri":)";
  protocol::json_text::write_string(report, uri);
  return report + fmt::format(R"(,"version":{}}})", version ? std::to_string(*version) : "null");
}

// On the disk lane.
Event check_file(Check check) {
  WorkspaceFileChecked checked{check.ticket, check.uri, "", "", false};
  try {
    if (!check.snapshot) check.snapshot = analyze_file(check);
    if (!check.snapshot) return checked;
    const View view{*check.snapshot, check.uri, check.version.value_or(0), *check.traits, *check.settings,
                    check.stop,      {},        check.prices.get()};
    features::DiagnosticReport report = features::report_on(features::diagnostics(view), check.known);
    checked.report = with_document(std::move(report.text), check.uri, check.version);
    checked.result_id = std::move(report.id);
    checked.is_full = report.is_full;
  } catch (const std::exception& fault) { spdlog::error("{}: {}", check.query.dockerfile, fault.what()); }
  return checked;
}

void tell_progress(Session& session, WorkspacePull& pull) {
  if (!pull.progress || pull.total == 0) return;
  lsp::WorkDoneProgressReport report;
  const std::size_t done = pull.total - pull.left.size();
  report.message = fmt::format("{} of {} Dockerfiles", done, pull.total);
  report.percentage = static_cast<std::uint32_t>(done * 100 / pull.total);
  if (std::exchange(pull.shown, *report.percentage) == *report.percentage) return;
  session.client.report_progress(*pull.progress, protocol::encode(report));
}

void end_progress(Session& session, WorkspacePull& pull) {
  if (pull.progress) session.client.report_progress(*pull.progress, protocol::encode(lsp::WorkDoneProgressEnd{}));
  pull.progress.reset();
}

// What was found and not sent yet.
protocol::JsonText report_of(const WorkspacePull& pull) {
  return protocol::JsonText(fmt::format(R"({{"items":[{}]}})", pull.reports));
}

void send_part(Session& session, WorkspacePull& pull) {
  if (!pull.partial || pull.reports.empty()) return;
  session.client.report_progress(*pull.partial, report_of(pull));
  pull.reports.clear();
}

void add_report(WorkspacePull& pull, std::string_view report) {
  if (!pull.reports.empty()) pull.reports += ',';
  pull.reports += report;
}

// What the client shows about files that are gone.
void clear_gone_files(Session& session, WorkspacePull& pull) {
  for (auto known = pull.known.begin(); known != pull.known.end();) {
    const std::string path = protocol::uri_to_path(known->first);
    if (session.workspace.files->by_path.contains(path) || session.documents.find_path(path) != nullptr) {
      ++known;
      continue;
    }
    add_report(pull, with_document(R"({"items":[],"kind":"full"})", known->first, std::nullopt));
    pull.any_news = true;
    known = pull.known.erase(known);
  }
}

void check_next(Session& session) {
  WorkspacePull& pull = *session.workspace_pull;
  Check check;
  check.ticket = pull.ticket;
  const std::string path = std::move(pull.left.back());
  pull.left.pop_back();
  check.uri = protocol::path_to_uri(path);
  check.query.dockerfile = path;
  if (const Document* open = session.documents.find_path(path)) {
    check.uri = open->uri;
    check.version = open->version;
    check.snapshot = open->is_current() ? open->snapshot : nullptr;
    check.prices = prices_of(session, *open);
    // It is being analysed, and asked about by itself.
    if (!check.snapshot) return session.scheduler.post(WorkspaceFileChecked{pull.ticket, check.uri, "", "", false});
  }
  check.query.build = build_options(*session.settings);
  check.query.folders = session.folders;
  check.query.setting = session.settings->context;
  for (const auto& [other, document] : session.documents.all()) {
    if (document.kind == DocumentKind::dockerignore) check.query.overrides.emplace(other, document.text);
  }
  check.read = session.surroundings.read_text;
  check.load = session.surroundings.load_shared_context;
  check.listings = pull.listings;
  check.traits = session.traits;
  check.settings = session.settings;
  if (const auto known = pull.known.find(check.uri); known != pull.known.end()) check.known = known->second;
  check.stop = pull.stop.get_token();
  session.scheduler.run(Lane::disk, [check = std::move(check)]() mutable { return check_file(std::move(check)); });
}

// All files are checked: the answer, or a wait for something that is worth one.
void finish_round(Session& session) {
  WorkspacePull& pull = *session.workspace_pull;
  const bool can_wait = session.traits->registers_watched_files && !session.folders.empty();
  if (pull.any_news || !can_wait) return end_workspace_pull(session);
  send_part(session, pull);
  end_progress(session, pull);
  pull.reports.clear();
  pull.listings.reset();
  pull.again = pull.is_held = true;
  if (std::exchange(pull.is_behind, false)) pull_workspace_later(session);
}

}  // namespace

void pull_workspace(Session& session, const protocol::Id& id, const lsp::WorkspaceDiagnosticParams& params) {
  end_workspace_pull(session);
  PendingRequest request{id, {}, "", {}, true};
  WorkspacePull& pull = session.workspace_pull.emplace();
  pull.ticket = session.requests.add(std::move(request));
  pull.partial = params.partialResultToken;
  pull.progress = params.workDoneToken;
  for (const lsp::PreviousResultId& previous : params.previousResultIds) pull.known[previous.uri] = previous.value;
  if (pull.progress) {
    lsp::WorkDoneProgressBegin begin;
    begin.title = "Checking Dockerfiles";
    begin.cancellable = true;
    begin.percentage = 0;
    session.client.report_progress(*pull.progress, protocol::encode(begin));
  }
  survey_workspace(session);
}

void workspace_known(Session& session) {
  if (!session.workspace_pull || session.workspace_pull->is_held || session.workspace_pull->listings) return;
  WorkspacePull& pull = *session.workspace_pull;
  pull.listings = std::make_shared<ListingCache>();
  clear_gone_files(session, pull);
  for (const auto& [path, file] : session.workspace.files->by_path) pull.left.push_back(path);
  std::reverse(pull.left.begin(), pull.left.end());
  pull.total = pull.left.size();
  if (pull.left.empty())
    finish_round(session);
  else
    check_next(session);
}

void workspace_file_checked(Session& session, WorkspaceFileChecked checked) {
  if (!session.workspace_pull || session.workspace_pull->ticket != checked.ticket) return;
  WorkspacePull& pull = *session.workspace_pull;
  if (!checked.report.empty() && (checked.is_full || !pull.again)) {
    add_report(pull, checked.report);
    pull.any_news = pull.any_news || checked.is_full;
    pull.known[checked.uri] = std::move(checked.result_id);
  }
  tell_progress(session, pull);
  if (pull.reports.size() >= partial_size) send_part(session, pull);
  if (pull.left.empty())
    finish_round(session);
  else
    check_next(session);
}

void pull_workspace_later(Session& session) {
  if (session.workspace_pull) session.scheduler.start_timer(Timer::workspace, quiet_time);
}

void pull_workspace_again(Session& session) {
  if (!session.workspace_pull) return;
  // A round under way may have passed what changed.
  session.workspace_pull->is_behind = !session.workspace_pull->is_held;
  if (session.workspace_pull->is_behind) return;
  session.workspace_pull->is_held = false;
  survey_workspace(session);
}

void end_workspace_pull(Session& session) {
  if (!session.workspace_pull) return;
  WorkspacePull pull = *std::exchange(session.workspace_pull, std::nullopt);
  pull.stop.request_stop();
  end_progress(session, pull);
  send_part(session, pull);
  if (const std::optional<PendingRequest> request = session.requests.take(pull.ticket))
    session.client.reply(request->id, report_of(pull));
}

void drop_cancelled_pull(Session& session) {
  if (!session.workspace_pull || session.requests.find(session.workspace_pull->ticket) != nullptr) return;
  session.workspace_pull->partial.reset();
  end_workspace_pull(session);
}

bool cancel_workspace_progress(Session& session, const lsp::ProgressToken& token) {
  if (!session.workspace_pull || session.workspace_pull->progress != token) return false;
  end_workspace_pull(session);
  return true;
}

}  // namespace keyline::server

#include "server/lsp/disk_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace keyline::server {
namespace {

namespace lsp = protocol::lsp;

constexpr Clock::Duration patience{1000};
constexpr Clock::Duration report_interval{250};

bool is_loading(const Session& session) {
  const auto& documents = session.documents.all();
  return std::any_of(documents.begin(), documents.end(), [](const auto& each) { return each.second.context_loading; });
}

bool is_pricing(const Session& session) {
  const auto& documents = session.documents.all();
  return std::any_of(documents.begin(), documents.end(), [](const auto& each) { return each.second.pricing; });
}

bool is_working(const Session& session) { return is_loading(session) || is_pricing(session); }

struct Sums {
  std::uint64_t files_done = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes = 0;
};

// Of what the files of build directories contain; once that is known, of the commits that prices take.
Sums sums_of(const Session& session) {
  Sums sums;
  const bool loading = is_loading(session);
  for (const auto& [path, document] : session.documents.all()) {
    const std::shared_ptr<DiskProgress>& progress =
        loading ? (document.context_loading ? document.disk_progress : nullptr) : document.price_progress;
    if (!progress) continue;
    sums.files_done += progress->files_done;
    sums.files += progress->files;
    sums.bytes_done += progress->bytes_done;
    sums.bytes += progress->bytes;
  }
  return sums;
}

std::optional<std::string> message_for(const Session& session, const Sums& sums) {
  if (sums.files == 0) return std::nullopt;
  return fmt::format("{} of {} {}", sums.files_done, sums.files, is_loading(session) ? "files" : "commits");
}

// A file may have grown since it was listed.
std::optional<std::uint32_t> percentage_of(const Sums& sums) {
  if (sums.bytes == 0) return std::nullopt;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(100, sums.bytes_done * 100 / sums.bytes));
}

}  // namespace

void disk_work_began(Session& session) {
  DiskReport& report = session.disk_report;
  if (!session.traits->shows_progress || report.state != DiskReport::State::hidden) return;
  report.state = DiskReport::State::waiting;
  session.scheduler.start_timer(Timer::progress, patience);
}

void disk_work_ended(Session& session) {
  DiskReport& report = session.disk_report;
  if (report.state == DiskReport::State::hidden || is_working(session)) return;
  if (report.state == DiskReport::State::shown) {
    session.client.report_progress(report.token, protocol::encode(lsp::WorkDoneProgressEnd{}));
  }
  // A token that was asked for and not begun is settled when the answer comes.
  if (report.state != DiskReport::State::asked) report.state = DiskReport::State::hidden;
  session.scheduler.stop_timer(Timer::progress);
}

void show_disk_work(Session& session) {
  DiskReport& report = session.disk_report;
  if (report.state == DiskReport::State::waiting) {
    report.state = DiskReport::State::asked;
    session.client.create_progress(++report.token);
  } else if (report.state == DiskReport::State::shown) {
    const Sums sums = sums_of(session);
    lsp::WorkDoneProgressReport progress;
    progress.message = message_for(session, sums);
    progress.percentage = percentage_of(sums);
    // While the directory is still being listed there is nothing to tell.
    if (progress.message) session.client.report_progress(report.token, protocol::encode(progress));
    session.scheduler.start_timer(Timer::progress, report_interval);
  }
}

void progress_created(Session& session, bool accepted) {
  DiskReport& report = session.disk_report;
  if (report.state != DiskReport::State::asked) return;
  report.state = DiskReport::State::hidden;
  if (!accepted || !is_working(session)) return;
  report.state = DiskReport::State::shown;
  const Sums sums = sums_of(session);
  lsp::WorkDoneProgressBegin begin;
  begin.title = is_loading(session) ? "Reading the build directory" : "Reading the history";
  begin.cancellable = is_loading(session);
  begin.message = message_for(session, sums);
  begin.percentage = percentage_of(sums).value_or(0);
  session.client.report_progress(report.token, protocol::encode(begin));
  session.scheduler.start_timer(Timer::progress, report_interval);
}

void cancel_progress(Session& session, const lsp::WorkDoneProgressCancelParams& params) {
  if (params.token != lsp::ProgressToken(session.disk_report.token)) return;
  for (auto& [path, document] : session.documents.all()) document.disk_stop.request_stop();
}

}  // namespace keyline::server

#include "analysis/context/listing.h"

#include <algorithm>
#include <utility>

#include "analysis/text/check.h"

namespace keyline::analysis {

namespace {

template <typename Entry>
std::vector<Entry> sorted(std::vector<Entry> entries) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return entries;
}

}  // namespace

Listing::Listing(const Dockerignore& dockerignore) : dockerignore_(dockerignore) {}

Dockerignore::Verdict Listing::judge(std::string_view path, Dockerignore::Parents& own) const {
  static const Dockerignore::Parents root;
  return dockerignore_.match(path, depth_ == 0 ? root : frames_[depth_ - 1].state, own);
}

Listing::Frame& Listing::open_frame() {
  if (depth_ == frames_.size()) frames_.emplace_back();
  return frames_[depth_++];
}

bool Listing::enter(ContextEntry directory) {
  const Dockerignore::Verdict verdict = judge(directory.path, scratch_);
  if (verdict.ignored && !dockerignore_.may_reinclude_below(directory.path)) {
    hide(directory, verdict);
    return false;
  }
  Frame& frame = open_frame();
  std::swap(frame.state, scratch_);
  frame.holds = verdict.ignored;
  if (verdict.ignored) {
    frame.held = std::move(directory);
    frame.pattern = *verdict.pattern;
    frame.hidden_before = hidden_.size();
  } else {
    send(std::move(directory));
  }
  return true;
}

void Listing::leave() {
  KEYLINE_ASSERT(depth_ > 0);
  const Frame& frame = frames_[--depth_];
  if (!frame.holds) return;
  hidden_.resize(frame.hidden_before);
  hide(frame.held, {.ignored = true, .pattern = frame.pattern});
}

void Listing::add(ContextEntry entry) {
  const Dockerignore::Verdict verdict = judge(entry.path, scratch_);
  if (verdict.ignored) {
    hide(entry, verdict);
  } else {
    send(std::move(entry));
  }
}

void Listing::hide(const ContextEntry& entry, Dockerignore::Verdict verdict) {
  hidden_.push_back({.path = entry.path, .kind = entry.kind, .pattern = verdict.pattern.value_or(0)});
}

void Listing::send(ContextEntry entry) {
  for (std::size_t i = 0; i < depth_; ++i) {
    if (std::exchange(frames_[i].holds, false)) entries_.push_back(std::move(frames_[i].held));
  }
  entries_.push_back(std::move(entry));
}

std::vector<ContextEntry> Listing::take_entries() { return sorted(std::move(entries_)); }

std::vector<HiddenEntry> Listing::take_hidden() { return sorted(std::move(hidden_)); }

}  // namespace keyline::analysis

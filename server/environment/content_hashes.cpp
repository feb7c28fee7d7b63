#include "server/environment/content_hashes.h"

#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "server/environment/directory.h"
#include "server/environment/parallel.h"
#include "server/environment/stat_cache.h"

namespace keyline::server {

namespace {

using analysis::ContentHash;
using analysis::ContextEntry;
using analysis::EntryKind;

// Small enough for a core's own cache, large enough that system calls do not count.
constexpr std::size_t block_size = std::size_t{256} << 10U;

ContentHash to_content(const XXH128_hash_t& hash) { return {hash.high64, hash.low64}; }

// What one thread reads with.
class BlockReader {
 public:
  // Hashes an open file; `read_block` hears of every block and says whether to go on.
  std::optional<ContentHash> hash(int fd, const std::function<bool(std::size_t)>& read_block) {
    if (block_.empty()) block_.resize(block_size);
    // A short block is the last one. Should it not be, the caller sees by the file's size.
    std::size_t length = fill(fd);
    if (failed_ || !read_block(length)) return std::nullopt;
    if (length < block_size) return to_content(XXH3_128bits(block_.data(), length));
    XXH3_state_t* state = state_.get();
    XXH3_128bits_reset(state);
    while (length > 0) {
      XXH3_128bits_update(state, block_.data(), length);
      length = fill(fd);
      if (failed_ || !read_block(length)) return std::nullopt;
    }
    return to_content(XXH3_128bits_digest(state));
  }

 private:
  struct FreeState {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };

  std::size_t fill(int fd) {
    failed_ = false;
    while (true) {
      const ssize_t length = read(fd, block_.data(), block_.size());
      if (length >= 0) return static_cast<std::size_t>(length);
      if (errno == EINTR) continue;
      failed_ = true;
      return 0;
    }
  }

  std::vector<char> block_;
  std::unique_ptr<XXH3_state_t, FreeState> state_{XXH3_createState()};
  bool failed_ = false;
};

}  // namespace

class ContentHasher {
 public:
  ContentHasher(std::shared_ptr<DiskContext> context, const HashRequest& request, const std::stop_token& stop)
      : request_(request),
        stop_(stop),
        context_(std::move(context)),
        cache_(request.cache_folder, context_->directory()),
        readers_(disk_threads) {}

  HashedContext run() {
    look_up();
    if (missing_.empty()) {
      cache_.touch();
    } else {
      read_missing();
      remember();
    }
    take_open_texts();
    return {context_, files_done_, files_done_ == missing_.size()};
  }

 private:
  struct Missing {
    std::size_t entry;
    bool settled = false;  // its hash may be remembered
  };

  bool is_wanted(std::size_t entry) const { return request_.wanted.empty() || request_.wanted[entry]; }

  void look_up() {
    std::vector<ContextEntry>& entries = context_->entries_;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      ContextEntry& entry = entries[i];
      entry.content.reset();
      if (entry.kind != EntryKind::file || !entry.readable) continue;
      if (!is_wanted(i)) continue;
      if (const ContentHash* known = cache_.find(StatCache::path_key(entry.path), context_->stamps_[i])) {
        entry.content = *known;
      } else {
        missing_.push_back({i});
        bytes_ += entry.size;
      }
    }
  }

  void read_missing() {
    root_ = OpenFile::directory(working_directory(), context_->directory_, OpenFile::Links::follow);
    for_each_index(missing_.size(), disk_threads, [this](std::size_t worker, std::size_t index) {
      if (stop_.stop_requested()) return;
      read_file(worker, missing_[index]);
      ++files_done_;
      if (worker == 0) tell_progress();
    });
  }

  // The file as it is now counts, which may be another one than was listed; but it has to hold still.
  void read_file(std::size_t worker, Missing& missing) {
    ContextEntry& entry = context_->entries_[missing.entry];
    FileStamp& stamp = context_->stamps_[missing.entry];
    const OpenFile file = OpenFile::to_read(root_.fd(), entry.path, OpenFile::Links::refuse);
    const std::optional<FileStatus> before = file ? status_of(file) : std::nullopt;
    if (!before || before->kind != FileKind::regular) return;
    const std::int64_t began = file_time_now();
    std::uint64_t bytes = 0;
    const std::optional<ContentHash> content = readers_[worker].hash(file.fd(), [&](std::size_t length) {
      bytes += length;
      bytes_done_ += length;
      if (worker == 0 && length == block_size) tell_progress();
      return !stop_.stop_requested();
    });
    const std::optional<FileStatus> after = content ? status_of(file) : std::nullopt;
    if (!after || after->stamp != before->stamp || after->size != bytes) return;
    entry.content = content;
    entry.size = after->size;
    entry.mode = after->mode;
    stamp = after->stamp;
    missing.settled = std::max(stamp.modified, stamp.changed) + request_.restless < began;
  }

  void tell_progress() const {
    if (request_.progress) request_.progress({files_done_, missing_.size(), bytes_done_, bytes_});
  }

  // What is not read this time is remembered still, if it is what it was.
  void remember() {
    std::vector<bool> is_restless(context_->entries_.size());
    for (const Missing& missing : missing_) is_restless[missing.entry] = !missing.settled;
    std::vector<RememberedContent> records;
    records.reserve(context_->entries_.size());
    std::size_t fresh = 0;
    for (std::size_t i = 0; i < context_->entries_.size(); ++i) {
      const ContextEntry& entry = context_->entries_[i];
      if (entry.kind != EntryKind::file || is_restless[i]) continue;
      const std::uint64_t key = StatCache::path_key(entry.path);
      const ContentHash* known = cache_.find(key, context_->stamps_[i]);
      if (!known && !entry.content) continue;
      fresh += known ? 0 : 1;
      records.push_back({key, context_->stamps_[i], known ? *known : *entry.content});
    }
    if (fresh > 0) cache_.replace(std::move(records));
  }

  void take_open_texts() {
    for (const auto& [path, text] : request_.open_texts) {
      const std::string within = path_within(context_->directory_, path);
      const auto& entries = context_->entries_;
      const ContextEntry* found = within.empty() ? nullptr : find_entry(*context_, within);
      if (!found || found->kind != EntryKind::file) continue;
      const auto index = static_cast<std::size_t>(found - entries.data());
      if (!is_wanted(index)) continue;
      ContextEntry& entry = context_->entries_[index];
      entry.content = analysis::hash_content(text);
      entry.size = text.size();
    }
  }

  const HashRequest& request_;
  const std::stop_token& stop_;
  std::shared_ptr<DiskContext> context_;
  StatCache cache_;
  OpenFile root_;
  std::vector<BlockReader> readers_;  // one for each worker
  std::vector<Missing> missing_;      // what has to be read
  std::uint64_t bytes_ = 0;
  std::atomic<std::size_t> files_done_ = 0;
  std::atomic<std::uint64_t> bytes_done_ = 0;
};

HashedContext hash_contents(std::shared_ptr<DiskContext> listed, const HashRequest& request,
                            const std::stop_token& stop) {
  if (listed.use_count() > 1) listed = std::make_shared<DiskContext>(*listed);
  return ContentHasher(std::move(listed), request, stop).run();
}

}  // namespace keyline::server

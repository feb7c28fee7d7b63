#include "analysis/cache/content.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "analysis/cache/digest.h"
#include "analysis/context/dockerignore.h"
#include "analysis/context/source_match.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

void add_hash(Digest& digest, const ContentHash& hash) {
  digest.add(std::string_view(reinterpret_cast<const char*>(&hash), sizeof hash));
}

class ContentReader {
 public:
  // `match` is what the context has for `path`.
  ContentReader(const BuildContext& context, std::string_view path, SourceMatch match, SourceRules rules)
      : context_(context),
        entries_(context.entries()),
        path_(path),
        rules_(std::move(rules)),
        match_(std::move(match)) {
    std::string lines;
    for (const std::string& exclude : rules_.excludes) lines += exclude + '\n';
    excludes_ = Dockerignore(lines);
  }

  SourceContent read() {
    if (!match_.known) return unknown(context_.complete() ? "where a link in it leads" : context_.unknown_reason());
    if (match_.missing) return unknown(fmt::format("{}, which is not in the build context", path_));
    if (match_.whole_context) {
      add_text("tree");
      add_range(0, entries_.size(), {});
    } else if (match_.wildcard && !is_plain_match()) {
      add_text("matches");
      for (const std::uint32_t match : match_.matches) add_match(match);
    } else {
      add_root(match_.roots.front());
    }
    if (rules_.parents) add_parents();
    if (!missing_.empty()) return unknown(missing_);
    return {exact_.hex(), loose_.hex(), {}};
  }

 private:
  static SourceContent unknown(std::string missing) { return {{}, {}, std::move(missing)}; }

  // One match without anything below it, called what the pattern's end calls it, is found as if it had been named
  // (contenthash/checksum.go: Checksum).
  bool is_plain_match() const {
    if (match_.matches.size() != 1) return false;
    const std::string& found = entries_[match_.matches.front()].path;
    const auto [begin, end] = range_below(context_, found);
    return begin == end && base_name(found) == base_name(path_);
  }

  void add_text(std::string_view text) {
    exact_.add(text);
    loose_.add(text);
  }
  void add_mode(const ContextEntry& entry) {
    exact_.add(std::to_string(entry.mode));
    // The daemon does not look again at a directory whose mode alone changed (cache-model 4.2).
    if (entry.kind != EntryKind::directory) loose_.add(std::to_string(entry.mode));
  }

  // What a literal source names: a file's own name does not count, a directory's header does.
  void add_root(std::uint32_t root) {
    const ContextEntry& entry = entries_[root];
    if (entry.kind == EntryKind::directory) {
      add_text("directory");
      add_mode(entry);
      const auto [begin, end] = range_below(context_, entry.path);
      add_range(begin, end, entry.path);
    } else {
      add_entry(entry);
    }
  }

  void add_range(std::size_t begin, std::size_t end, std::string_view above) {
    const std::size_t skipped = above.empty() ? 0 : above.size() + 1;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string_view name = std::string_view(entries_[i].path).substr(skipped);
      exact_.add(name);
      const bool excluded = !rules_.excludes.empty() && excludes_.match(name).ignored;
      if (excluded) {
        add_exactly(entries_[i]);
        continue;
      }
      loose_.add(match_.wildcard ? base_name(name) : name);
      add_entry(entries_[i]);
    }
  }

  void add_match(std::uint32_t root) {
    const ContextEntry& entry = entries_[root];
    const std::string_view name = base_name(entry.path);
    exact_.add(matched_name(entry.path));
    loose_.add(name);
    if (entry.kind != EntryKind::directory) return add_found(entry);
    add_entry(entry);
    const auto [begin, end] = range_below(context_, entry.path);
    add_range(begin, end, entry.path);
  }

  // A match's name below the directories that the pattern spells out; those may be links, so it is cut from behind.
  std::string_view matched_name(std::string_view path) const {
    const std::size_t special = path_.find_first_of("*?[\\");
    std::size_t slash = path_.substr(0, special).rfind('/');
    std::size_t begin = path.size();
    while (begin != 0 && slash != path_.size()) {
      begin = path.rfind('/', begin - 1);
      if (begin == std::string_view::npos) return path;
      slash = std::min(path_.find('/', slash + 1), path_.size());
    }
    return path.substr(begin + 1);
  }

  // What an exclusion keeps out of the image may still count for some versions.
  void add_exactly(const ContextEntry& entry) {
    exact_.add(std::to_string(entry.mode)).add(entry.target);
    if (entry.content) add_hash(exact_, *entry.content);
  }

  void add_entry(const ContextEntry& entry) {
    switch (entry.kind) {
      case EntryKind::directory:
        add_text("directory");
        add_mode(entry);
        break;
      case EntryKind::symlink:
        add_link(entry);
        break;
      case EntryKind::file:
        add_text("file");
        add_mode(entry);
        if (entry.content) {
          add_hash(exact_, *entry.content);
          add_hash(loose_, *entry.content);
        } else if (missing_.empty()) {
          missing_ = fmt::format("the content of {}", entry.path);
        }
        break;
      case EntryKind::other:
        add_text("special");
        add_mode(entry);
        break;
    }
  }

  // Links inside a tree count by their text. Before 0.25, BuildKit followed those inside a wildcard's match instead.
  void add_link(const ContextEntry& entry) {
    add_text("link");
    exact_.add(entry.target);
    if (!match_.wildcard && rules_.excludes.empty()) {
      loose_.add(entry.target);
      return;
    }
    exact_.add(content_at(entry.path).exact);
  }

  // Of one entry, links followed; its name is no pattern.
  SourceContent content_at(const std::string& path) const {
    return ContentReader(context_, path, match_path(context_, path), {}).read();
  }

  // A link that a wildcard matches keeps its name and counts by what it leads to: the same as a file of that content.
  void add_found(const ContextEntry& entry) {
    const SourceContent target = content_at(entry.path);
    exact_.add(target.exact);
    loose_.add(target.loose);
    if (missing_.empty()) missing_ = target.missing;
  }

  void add_parents() {
    for (const std::uint32_t root : match_.roots) {
      std::string_view path = entries_[root].path;
      for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos; slash = path.rfind('/')) {
        path = path.substr(0, slash);
        if (const ContextEntry* parent = find_entry(context_, path)) exact_.add(std::to_string(parent->mode));
        add_text(path);
      }
    }
  }

  const BuildContext& context_;
  const std::vector<ContextEntry>& entries_;
  std::string_view path_;
  SourceRules rules_;
  SourceMatch match_;
  Dockerignore excludes_;
  Digest exact_, loose_;
  std::string missing_;
};

}  // namespace

SourceContent content_of(const BuildContext& context, std::string_view path, const SourceRules& rules) {
  return ContentReader(context, path, match_source(context, path), rules).read();
}

const SourceContent& ContentMemo::of(const BuildContext& context, std::string_view path, const SourceRules& rules) {
  std::string question = fmt::format("{} {} {}", static_cast<const void*>(&context), rules.parents, path);
  for (const std::string& exclude : rules.excludes) question += "\n" + exclude;
  const auto known = known_.find(question);
  if (known != known_.end()) return known->second;
  const auto before = before_ == nullptr ? KnownContents::const_iterator() : before_->find(question);
  const bool is_known = before_ != nullptr && before != before_->end();
  return known_.emplace(std::move(question), is_known ? before->second : content_of(context, path, rules))
      .first->second;
}

SourceContent content_of_file(std::uint32_t mode, const ContentHash& content) {
  Digest digest;
  digest.add("file").add(std::to_string(mode));
  add_hash(digest, content);
  return {digest.hex(), digest.hex(), {}};
}

}  // namespace keyline::analysis

#include "server/environment/git_revision.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/context/listed_context.h"
#include "server/environment/git_objects.h"

namespace keyline::server {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;
using protocol::Result;
using protocol::Unexpected;

constexpr std::size_t largest_text = std::size_t{4} << 20U;

ContextEntry entry_of(const GitEntry& entry) {
  ContextEntry next;
  next.path = entry.path;
  switch (entry.mode) {
    case GitMode::directory:
    case GitMode::submodule:  // an empty directory until somebody checks it out
      next.kind = EntryKind::directory;
      next.mode = 0755;
      break;
    case GitMode::symlink:
      next.kind = EntryKind::symlink;
      next.mode = 0777;
      break;
    case GitMode::executable:
      next.mode = 0755;
      break;
    case GitMode::file:
      next.mode = 0644;
      break;
  }
  return next;
}

class RevisionReader {
 public:
  RevisionReader(const GitObjects& git, std::string tree) : git_(git), tree_(std::move(tree)) {}

  // The text of a file; nothing when the revision has no such file.
  Result<std::optional<std::string>> text_at(const std::string& path) const {
    std::optional<std::string> text;
    const Result<void> read =
        git_.read({tree_ + ':' + path}, [&](std::size_t, std::string_view bytes) { text = std::string(bytes); });
    if (!read) return Unexpected(read.error());
    if (text && text->size() > largest_text) return Unexpected({fmt::format("{} is too large", path)});
    return text;
  }

  Result<std::vector<ContextEntry>> entries_in(const std::string& directory, RevisionContents contents) const {
    const Result<std::vector<GitEntry>> listed = git_.list(tree_, directory);
    if (!listed) return Unexpected(listed.error());
    std::vector<ContextEntry> entries;
    std::vector<std::string> objects;
    std::vector<std::size_t> places;  // of each object's entry
    for (const GitEntry& entry : *listed) {
      entries.push_back(entry_of(entry));
      if (entries.back().kind == EntryKind::directory) continue;
      if (contents == RevisionContents::names && entries.back().kind == EntryKind::file) {
        entries.back().content = analysis::hash_content(entry.object);
        continue;
      }
      objects.push_back(entry.object);
      places.push_back(entries.size() - 1);
    }
    const Result<void> read = git_.read(objects, [&](std::size_t index, std::string_view bytes) {
      ContextEntry& entry = entries[places[index]];
      entry.size = bytes.size();
      if (entry.kind == EntryKind::symlink)
        entry.target = bytes;
      else
        entry.content = analysis::hash_content(bytes);
    });
    if (!read) return Unexpected(read.error());
    return entries;
  }

 private:
  const GitObjects& git_;
  std::string tree_;
};

// The name that the Dockerfile has in its own build directory; "" when it lies elsewhere.
std::string name_in(const std::string& directory, const std::string& dockerfile) {
  if (directory.empty()) return dockerfile;
  return dockerfile.starts_with(directory + '/') ? dockerfile.substr(directory.size() + 1) : std::string();
}

}  // namespace

Result<RevisionFiles> read_revision(const RevisionRequest& request) {
  const Result<GitObjects> git = GitObjects::around(request.directory);
  if (!git) return Unexpected({fmt::format("{} is in no git repository ({})", request.directory, git.error().message)});
  Result<std::string> tree = git->tree_of(request.revision);
  if (!tree) return Unexpected(tree.error());
  const std::optional<std::string> directory = git->path_inside(request.directory);
  const std::optional<std::string> dockerfile = git->path_inside(request.dockerfile);
  if (!directory || !dockerfile) return Unexpected({"the Dockerfile and its context lie outside of the repository"});

  const RevisionReader reader(*git, *std::move(tree));
  Result<std::optional<std::string>> text = reader.text_at(*dockerfile);
  if (!text) return Unexpected(text.error());
  if (!*text) return Unexpected({fmt::format("{} has no file {}", request.revision, *dockerfile)});
  analysis::ListedContext::Source source;
  Result<std::vector<ContextEntry>> entries = reader.entries_in(*directory, request.contents);
  if (!entries) return Unexpected(entries.error());
  source.entries = *std::move(entries);
  source.dockerfile = name_in(*directory, *dockerfile);
  for (const std::string& name :
       {*dockerfile + ".dockerignore", directory->empty() ? ".dockerignore" : *directory + "/.dockerignore"}) {
    const Result<std::optional<std::string>> ignore = reader.text_at(name);
    if (!ignore) return Unexpected(ignore.error());
    if (!*ignore) continue;
    source.dockerignore = analysis::Dockerignore(**ignore);
    break;
  }
  return RevisionFiles{**std::move(text), std::make_shared<analysis::ListedContext>(std::move(source))};
}

}  // namespace keyline::server

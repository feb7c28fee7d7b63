#include "server/environment/git_revision.h"

#include <fmt/format.h>
#include <git2.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "analysis/context/listed_context.h"

namespace keyline::server {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;
using protocol::Result;
using protocol::Unexpected;

constexpr std::size_t most_entries = 1'000'000;
constexpr std::uint64_t largest_text = std::uint64_t{4} << 20U;

// libgit2 counts its users.
class Library {
 public:
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* value) const { Free(value); }
};
using Repository = std::unique_ptr<git_repository, Freer<git_repository, git_repository_free>>;
using Object = std::unique_ptr<git_object, Freer<git_object, git_object_free>>;
using Tree = std::unique_ptr<git_tree, Freer<git_tree, git_tree_free>>;
using Blob = std::unique_ptr<git_blob, Freer<git_blob, git_blob_free>>;
using TreeEntry = std::unique_ptr<git_tree_entry, Freer<git_tree_entry, git_tree_entry_free>>;

std::string last_error() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "git objects could not be read";
}

std::string_view bytes_of(const Blob& blob) {
  return {static_cast<const char*>(git_blob_rawcontent(blob.get())),
          static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
}

class RevisionReader {
 public:
  Result<void> open(const std::string& directory, const std::string& revision) {
    git_repository* repository = nullptr;
    if (git_repository_open_ext(&repository, directory.c_str(), 0, nullptr) != 0)
      return Unexpected({fmt::format("{} is in no git repository ({})", directory, last_error())});
    repository_.reset(repository);
    git_object* object = nullptr;
    if (git_revparse_single(&object, repository, revision.c_str()) != 0)
      return Unexpected({fmt::format("git knows no revision {} ({})", revision, last_error())});
    const Object found(object);
    git_object* tree = nullptr;
    if (git_object_peel(&tree, object, GIT_OBJECT_TREE) != 0)
      return Unexpected({fmt::format("{} is no commit or tree", revision)});
    root_.reset(reinterpret_cast<git_tree*>(tree));
    return {};
  }

  // A path from the repository's root; "" when it lies outside of the working tree.
  std::optional<std::string> inside(const std::string& path) const {
    const char* top = git_repository_workdir(repository_.get());
    if (top == nullptr) return std::nullopt;
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
    const std::filesystem::path root = std::filesystem::weakly_canonical(top, error);
    const std::string relative = real.lexically_relative(root).generic_string();
    if (relative.empty() || relative.starts_with("..")) return std::nullopt;
    return relative == "." ? std::string() : relative;
  }

  Blob blob_at(const std::string& path) const {
    git_tree_entry* entry = nullptr;
    if (path.empty() || git_tree_entry_bypath(&entry, root_.get(), path.c_str()) != 0) return nullptr;
    const TreeEntry found(entry);
    return blob_of(found.get());
  }

  Result<std::vector<ContextEntry>> list(const std::string& directory) {
    Tree below;
    const git_tree* tree = root_.get();
    if (!directory.empty()) {
      git_tree_entry* entry = nullptr;
      git_tree* found = nullptr;
      const bool known = git_tree_entry_bypath(&entry, root_.get(), directory.c_str()) == 0;
      const TreeEntry holder(entry);
      if (!known || git_tree_lookup(&found, repository_.get(), git_tree_entry_id(entry)) != 0)
        return Unexpected({fmt::format("the revision has no directory {}", directory)});
      below.reset(found);
      tree = found;
    }
    add_tree(tree, "");
    if (!fault_.empty()) return Unexpected({fault_});
    return std::move(entries_);
  }

 private:
  Blob blob_of(const git_tree_entry* entry) const {
    git_blob* blob = nullptr;
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB) return nullptr;
    if (git_blob_lookup(&blob, repository_.get(), git_tree_entry_id(entry)) != 0) return nullptr;
    return Blob(blob);
  }

  // As deep as paths are, which git bounds as the system does.
  void add_tree(const git_tree* tree, const std::string& above) {
    for (std::size_t i = 0; i < git_tree_entrycount(tree) && fault_.empty(); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
      if (entries_.size() >= most_entries) {
        fault_ = fmt::format("the revision has more than {} files", most_entries);
        return;
      }
      add_entry(entry, above + git_tree_entry_name(entry));
    }
  }

  void add_entry(const git_tree_entry* entry, const std::string& path) {
    ContextEntry next;
    next.path = path;
    const git_filemode_t mode = git_tree_entry_filemode(entry);
    if (mode == GIT_FILEMODE_TREE || mode == GIT_FILEMODE_COMMIT) {
      next.kind = EntryKind::directory;
      next.mode = 0755;
      entries_.push_back(std::move(next));
      git_tree* tree = nullptr;
      // A submodule is an empty directory until somebody checks it out.
      if (mode == GIT_FILEMODE_COMMIT) return;
      if (git_tree_lookup(&tree, repository_.get(), git_tree_entry_id(entry)) != 0) {
        fault_ = last_error();
        return;
      }
      const Tree holder(tree);
      add_tree(tree, path + '/');
      return;
    }
    const Blob blob = blob_of(entry);
    next.kind = mode == GIT_FILEMODE_LINK ? EntryKind::symlink : EntryKind::file;
    next.mode = mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0755 : mode == GIT_FILEMODE_LINK ? 0777 : 0644;
    if (blob != nullptr) {
      next.size = bytes_of(blob).size();
      if (next.kind == EntryKind::symlink)
        next.target = bytes_of(blob);
      else
        next.content = analysis::hash_content(bytes_of(blob));
    }
    entries_.push_back(std::move(next));
  }

  Repository repository_;
  Tree root_;
  std::vector<ContextEntry> entries_;
  std::string fault_;
};

}  // namespace

Result<RevisionFiles> read_revision(const RevisionRequest& request) {
  const Library library;
  RevisionReader reader;
  if (Result<void> opened = reader.open(request.directory, request.revision); !opened)
    return Unexpected(opened.error());
  const std::optional<std::string> directory = reader.inside(request.directory);
  const std::optional<std::string> dockerfile = reader.inside(request.dockerfile);
  if (!directory || !dockerfile) return Unexpected({"the Dockerfile and its context lie outside of the repository"});
  const Blob text = reader.blob_at(*dockerfile);
  if (text == nullptr) return Unexpected({fmt::format("{} has no file {}", request.revision, *dockerfile)});
  if (bytes_of(text).size() > largest_text) return Unexpected({fmt::format("{} is too large", *dockerfile)});

  analysis::ListedContext::Source source;
  Result<std::vector<ContextEntry>> entries = reader.list(*directory);
  if (!entries) return Unexpected(entries.error());
  source.entries = *std::move(entries);
  source.dockerfile = directory->empty()                          ? *dockerfile
                      : dockerfile->starts_with(*directory + '/') ? dockerfile->substr(directory->size() + 1)
                                                                  : std::string();
  Blob ignore = reader.blob_at(*dockerfile + ".dockerignore");
  if (ignore == nullptr) ignore = reader.blob_at(directory->empty() ? ".dockerignore" : *directory + "/.dockerignore");
  if (ignore != nullptr) source.dockerignore = analysis::Dockerignore(bytes_of(ignore).substr(0, largest_text));
  return RevisionFiles{std::string(bytes_of(text)), std::make_shared<analysis::ListedContext>(std::move(source))};
}

bool is_revision(const std::string& directory, const std::string& revision) {
  const Library library;
  return RevisionReader().open(directory, revision).has_value();
}

}  // namespace keyline::server

#include "server/environment/listing_cache.h"

#include <utility>

#include "server/environment/directory.h"
#include "server/environment/disk_context.h"

namespace keyline::server {

namespace {

// A listing as another Dockerfile in it sees it.
class SharedListing final : public analysis::BuildContext {
 public:
  SharedListing(std::shared_ptr<const analysis::BuildContext> listing, std::string dockerfile_path,
                analysis::BuildEvidence builds)
      : listing_(std::move(listing)), dockerfile_path_(std::move(dockerfile_path)), builds_(std::move(builds)) {}

  bool complete() const override { return listing_->complete(); }
  std::string unknown_reason() const override { return listing_->unknown_reason(); }
  const std::vector<analysis::ContextEntry>& entries() const override { return listing_->entries(); }
  const std::vector<analysis::HiddenEntry>& hidden() const override { return listing_->hidden(); }
  const analysis::Dockerignore& dockerignore() const override { return listing_->dockerignore(); }
  analysis::IgnoreFile ignore_file() const override { return listing_->ignore_file(); }
  std::optional<std::string_view> text(std::string_view path) const override { return listing_->text(path); }
  std::string_view dockerfile_path() const override { return dockerfile_path_; }
  const analysis::BuildEvidence& builds() const override { return builds_; }

 private:
  std::shared_ptr<const analysis::BuildContext> listing_;
  std::string dockerfile_path_;
  analysis::BuildEvidence builds_;
};

}  // namespace

std::shared_ptr<const analysis::BuildContext> ListingCache::of(const std::string& directory,
                                                               const std::string& dockerfile,
                                                               const analysis::BuildEvidence& builds,
                                                               const Load& load) {
  if (path_exists(dockerfile + ".dockerignore")) return load();
  std::shared_ptr<const analysis::BuildContext>& listing = known_[directory];
  if (!listing) listing = load();
  return std::make_shared<SharedListing>(listing, path_within(directory, dockerfile), builds);
}

}  // namespace keyline::server

#pragma once
// A build directory as a revision of a git repository has it: its objects are read (git_objects.h). What git does not
// keep (times, owners, empty directories, most mode bits) is as a fresh clone has it: files 0644 or 0755, directories
// 0755.

#include <cstdint>
#include <memory>
#include <string>

#include "analysis/context/build_context.h"
#include "protocol/result.h"

namespace keyline::server {

// What stands for the content of a file. The names of git's objects do where revisions are compared with each other
// only, and then no file has to be read.
enum class RevisionContents : std::uint8_t { bytes, names };

struct RevisionRequest {
  std::string revision;    // what git rev-parse takes: "HEAD~1", "v1.2", a commit
  std::string directory;   // absolute: the build directory in the working tree
  std::string dockerfile;  // absolute as well
  RevisionContents contents = RevisionContents::bytes;
};

struct RevisionFiles {
  std::string dockerfile;  // its text
  std::shared_ptr<const analysis::BuildContext> context;
};

protocol::Result<RevisionFiles> read_revision(const RevisionRequest& request);

}  // namespace keyline::server

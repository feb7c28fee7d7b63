#include "analysis/knowledge/image_directories.h"

#include "analysis/knowledge/package_managers.h"

namespace keyline::analysis {

namespace {

constexpr std::string_view ordinary = "/ /usr /usr/local /usr/local/bin /usr/local/sbin /opt /srv";

// The rest of what the File Hierarchy Standard puts below "/": links, directories of others, or other modes.
constexpr std::string_view of_the_system =
    "bin boot data dev etc home lib lib32 lib64 libx32 media mnt proc root run sbin sys tmp usr var";

}  // namespace

bool is_ordinary_directory(std::string_view path) {
  if (lists(ordinary, path)) return true;
  if (path.starts_with("/opt/") || path.starts_with("/srv/")) return true;
  return path.size() > 1 && !lists(of_the_system, path.substr(1, path.find('/', 1) - 1));
}

}  // namespace keyline::analysis

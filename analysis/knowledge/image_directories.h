#pragma once
// Directories of images: which a COPY --link may go to without changing them. It brings the directories on its way
// along as root's own with mode 755, and puts them in place of links. Plain facts, for rules/.

#include <string_view>

namespace keyline::analysis {

// Whether the directory at this clean, absolute path is no link in any image and belongs to root with mode 755, or is
// one that images do not have: those of an application, like /app.
bool is_ordinary_directory(std::string_view path);

}  // namespace keyline::analysis

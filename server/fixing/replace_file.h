#pragma once
// Gives a file on disk another content, whole or not at all: written beside it, flushed, and renamed over it. Mode and,
// where allowed, owner stay; a symlink stays one and its target is written. What is not a regular file, may not be
// written, or has changed since `expected` was read is refused, and then nothing on disk has changed.

#include <filesystem>
#include <string_view>

#include "protocol/result.h"

namespace keyline::server {

protocol::Result<void> replace_file(const std::filesystem::path& path, std::string_view expected,
                                    std::string_view content);

// Makes a file that is not there yet, as `rw-r--r--`. Whatever stands at the path already, a dangling link too, is left
// as it is, and that is a fault.
protocol::Result<void> create_file(const std::filesystem::path& path, std::string_view content);

}  // namespace keyline::server

#pragma once
// Reads the files a user names on the command line. Only regular files are read, without ever waiting for one: a FIFO,
// socket or device is an error in words, as is a file larger than the 16 MiB that BuildKit takes for a Dockerfile.

#include <filesystem>
#include <string>

#include "protocol/result.h"

namespace keyline::server {

// Symlinks are followed. The message names the fault without the path: "no such file", "is a directory".
protocol::Result<std::string> read_text_file(const std::filesystem::path& path);
// Until its end; anything may stand behind it.
protocol::Result<std::string> read_standard_input();

// From the working directory, without "." and ".."; links stay.
std::string absolute_path(const std::string& path);
// As a user would write an absolute path: from the working directory, where it lies below.
std::string shown_path(const std::string& path);

}  // namespace keyline::server

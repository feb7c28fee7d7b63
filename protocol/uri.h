#pragma once
// Document URIs <-> path text. A path text is an absolute path with forward slashes for `file:` URIs (`/a b/x`,
// `c:/x` with a small drive letter, `//host/share/x`), and the URI itself for every other scheme (`untitled:One`).
// Both functions are total and undo each other: path_to_uri(uri_to_path(u)) names the same document as u, and
// uri_to_path(path_to_uri(p)) == p for every path text p. Two spellings of one URI give equal path texts.

#include <string>
#include <string_view>

namespace keyline::protocol {

bool is_file_uri(std::string_view uri);

std::string uri_to_path(std::string_view uri);

// Also takes backslashes where the path begins like one of Windows.
std::string path_to_uri(std::string_view path);

}  // namespace keyline::protocol

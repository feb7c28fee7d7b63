#include "protocol/uri.h"

#include <string>
#include <string_view>

#include "tests/support/catch.h"

using keyline::protocol::is_file_uri;
using keyline::protocol::path_to_uri;
using keyline::protocol::uri_to_path;

TEST_CASE("Canonical URIs and path texts correspond one to one") {
  struct Case {
    std::string_view uri;
    std::string_view path;
  };
  const Case cases[] = {
      {"file:///", "/"},
      {"file:///home/me/Dockerfile", "/home/me/Dockerfile"},
      {"file:///a%20b/%C3%A9%25/x%2By", "/a b/\xc3\xa9%/x+y"},
      {"file:///a%23b%3Fc", "/a#b?c"},
      {"file:///%FF", "/\xff"},
      {"file:///-._~", "/-._~"},
      {"file:///c%3A/Users/me/Dockerfile", "c:/Users/me/Dockerfile"},
      {"file:///c%3A", "c:"},
      {"file:///c%3Aa", "/c:a"},
      {"file://server/share/Dockerfile", "//server/share/Dockerfile"},
      {"untitled:Untitled-1", "untitled:Untitled-1"},
      {"vscode-notebook-cell:/a%20b#c1", "vscode-notebook-cell:/a%20b#c1"},
      {"git:/home/me/Dockerfile?%7B%22ref%22%3A%22~%22%7D", "git:/home/me/Dockerfile?%7B%22ref%22%3A%22~%22%7D"},
      {"", ""},
  };
  for (const Case& test : cases) {
    CAPTURE(test.uri);
    CHECK(uri_to_path(test.uri) == test.path);
    CHECK(path_to_uri(test.path) == test.uri);
  }
}

TEST_CASE("Other spellings of a file URI give the same path text") {
  struct Case {
    std::string_view uri;
    std::string_view path;
  };
  const Case cases[] = {
      {"file:///c:/Users/me", "c:/Users/me"},
      {"file:///C%3a/Users/me", "c:/Users/me"},
      {"FILE:///home/%6De", "/home/me"},
      {"file:/home/me", "/home/me"},
      {"file://localhost/home/me", "/home/me"},
      {"file:///a b/\xc3\xa9", "/a b/\xc3\xa9"},
      {"file:///home/me#L3", "/home/me"},
      {"file:///100%/%zz/%4", "/100%/%zz/%4"},
      {"file:///a%00b", "/a%00b"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.uri);
    CHECK(uri_to_path(test.uri) == test.path);
  }
}

TEST_CASE("Paths as Windows writes them become URIs") {
  CHECK(path_to_uri("C:\\Users\\me") == "file:///c%3A/Users/me");
  CHECK(path_to_uri("\\\\server\\share\\x") == "file://server/share/x");
  CHECK(path_to_uri("/back\\slash") == "file:///back%5Cslash");
}

TEST_CASE("Every byte of a path survives the way to a URI and back") {
  for (int code = 1; code < 256; ++code) {
    const std::string path = "/x" + std::string(1, static_cast<char>(code)) + "41";
    CAPTURE(code);
    CHECK(uri_to_path(path_to_uri(path)) == path);
  }
}

TEST_CASE("Only the scheme decides whether a URI names a file") {
  CHECK(is_file_uri("file:///x"));
  CHECK(is_file_uri("File:/x"));
  CHECK_FALSE(is_file_uri("untitled:file:"));
  CHECK_FALSE(is_file_uri("files:///x"));
  CHECK_FALSE(is_file_uri(""));
}

// Hashing what a build directory contains, and remembering it. Times are set by hand; the clock that stamps files is
// only ever moved away from, by saying how long a file counts as restless.

#include "server/environment/content_hashes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "server/environment/disk_context.h"
#include "tests/support/catch.h"
#include "tests/support/nobody.h"
#include "tests/support/temporary_directory.h"

namespace keyline::tests {

namespace {

using analysis::ContentHash;
using analysis::hash_content;
using server::HashedContext;
using server::HashRequest;

// So long ago that everything written in a test is settled.
constexpr std::int64_t nothing_is_restless = -1'000'000'000'000;

struct Place {
  TemporaryDirectory files;
  TemporaryDirectory cache;

  HashRequest request() const {
    HashRequest request;
    request.cache_folder = cache.path("keyline/contents");
    request.restless = nothing_is_restless;
    return request;
  }
  HashRequest real_request() const {
    HashRequest real = request();
    real.restless = HashRequest().restless;
    return real;
  }
  HashedContext look(const HashRequest& request, std::stop_token stop = {}) const {
    server::DiskContextRequest listing;
    listing.directory = files.path();
    listing.dockerfile = files.path("Dockerfile");
    return server::hash_contents(server::load_disk_context(listing, {}), request, stop);
  }
  HashedContext look() const { return look(request()); }
};

std::optional<ContentHash> content(const HashedContext& hashed, std::string_view path) {
  const analysis::ContextEntry* entry = find_entry(*hashed.context, path);
  REQUIRE(entry != nullptr);
  return entry->content;
}

// Sets back what utimensat() can set back: everything but the change time.
void keep_modification_time(const std::string& path, const struct stat& before) {
  const timespec times[2] = {before.st_atim, before.st_mtim};
  REQUIRE(utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("Files of any length hash to what their text hashes to") {
  const Place place;
  const std::vector<std::size_t> sizes{0,        1, 240, 241, 4096, (256U << 10U) - 1, 256U << 10U, (256U << 10U) + 1,
                                       1'000'000};
  for (const std::size_t size : sizes) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
    place.files.write(std::to_string(size), text);
  }
  const HashedContext hashed = place.look();
  CHECK(hashed.complete);
  CHECK(hashed.files_read == sizes.size());
  for (const std::size_t size : sizes) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
    INFO(size);
    CHECK(content(hashed, std::to_string(size)) == hash_content(text));
  }
}

TEST_CASE("A second look reads nothing, also in another process") {
  const Place place;
  for (int i = 0; i < 40; ++i)
    place.files.write("d/" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'a'));
  const HashedContext first = place.look();
  CHECK(first.files_read == 40);
  const HashedContext second = place.look();
  CHECK(second.files_read == 0);
  for (std::size_t i = 0; i < first.context->entries().size(); ++i) {
    CHECK(second.context->entries()[i].content == first.context->entries()[i].content);
  }
  HashRequest forgetful = place.request();
  forgetful.cache_folder.clear();
  CHECK(place.look(forgetful).files_read == 40);
}

TEST_CASE("Only what is wanted is read, and what is not is remembered still") {
  const Place place;
  place.files.write("src/a", "1");
  place.files.write("src/b", "2");
  place.files.write("other", "3");
  CHECK(place.look().files_read == 3);
  place.files.write("src/new", "4");
  HashRequest request = place.request();
  request.wanted = {false, false, true, true, true};  // other, src, src/a, src/b, src/new
  const HashedContext some = place.look(request);
  CHECK(some.files_read == 1);
  CHECK(content(some, "src/a") == hash_content("1"));
  CHECK_FALSE(content(some, "other").has_value());
  CHECK(place.look().files_read == 0);
}

TEST_CASE("What was written a moment ago is read again") {
  const Place place;
  place.files.write("a", "1");
  HashRequest request = place.request();
  request.restless = 1'000'000'000'000'000;
  CHECK(place.look(request).files_read == 1);
  CHECK(place.look(request).files_read == 1);
  CHECK(place.look().files_read == 1);
  CHECK(place.look().files_read == 0);
}

TEST_CASE("A file that was written to is read again, whatever its size and time say") {
  const Place place;
  place.files.write("a", "1");
  struct stat before {};
  REQUIRE(stat(place.files.path("a").c_str(), &before) == 0);
  CHECK(content(place.look(place.real_request()), "a") == hash_content("1"));
  place.files.write("a", "2");
  keep_modification_time(place.files.path("a"), before);
  CHECK(content(place.look(place.real_request()), "a") == hash_content("2"));
}

TEST_CASE("A file that may not be read has no content") {
  const Place place;
  place.files.write("secret", "1");
  place.files.write("open", "1");
  REQUIRE(chmod(place.files.path("secret").c_str(), 0) == 0);
  const Nobody nobody;
  const HashedContext hashed = place.look();
  CHECK(hashed.complete);
  CHECK_FALSE(content(hashed, "secret").has_value());
  CHECK(content(hashed, "open") == hash_content("1"));
}

TEST_CASE("A time in the future is no reason to trust a file") {
  const Place place;
  place.files.write("a", "1");
  const timespec times[2] = {{0, UTIME_NOW}, {std::int64_t{1} << 32, 0}};
  REQUIRE(utimensat(AT_FDCWD, place.files.path("a").c_str(), times, 0) == 0);
  HashRequest request = place.request();
  request.restless = 0;
  CHECK(place.look(request).files_read == 1);
  CHECK(place.look(request).files_read == 1);
}

TEST_CASE("Another file of the same size and time is another file") {
  const Place place;
  place.files.write("a", "one");
  CHECK(place.look().files_read == 1);
  struct stat before {};
  REQUIRE(stat(place.files.path("a").c_str(), &before) == 0);
  place.files.write("b", "two");
  keep_modification_time(place.files.path("b"), before);
  REQUIRE(rename(place.files.path("b").c_str(), place.files.path("a").c_str()) == 0);
  const HashedContext again = place.look();
  CHECK(again.files_read == 1);
  CHECK(content(again, "a") == hash_content("two"));
}

TEST_CASE("A new mode is seen, and what is in the file with it") {
  const Place place;
  place.files.write("a", "1");
  CHECK(place.look().files_read == 1);
  REQUIRE(chmod(place.files.path("a").c_str(), 0755) == 0);
  const HashedContext again = place.look();
  CHECK(find_entry(*again.context, "a")->mode == 0755);
  CHECK(content(again, "a") == hash_content("1"));
}

TEST_CASE("Links are not followed and FIFOs not opened") {
  const Place place;
  const TemporaryDirectory elsewhere;
  elsewhere.write("secret", "1");
  place.files.write("file", "1");
  place.files.link("link", "file");
  place.files.link("folder", elsewhere.path());
  REQUIRE(mkfifo(place.files.path("fifo").c_str(), 0644) == 0);
  const HashedContext hashed = place.look();
  CHECK(hashed.complete);
  CHECK(hashed.files_read == 1);
  CHECK_FALSE(content(hashed, "link").has_value());
  CHECK_FALSE(content(hashed, "fifo").has_value());
  CHECK_FALSE(content(hashed, "folder").has_value());
}

TEST_CASE("What has become something else since it was listed has no content") {
  const Place place;
  place.files.write("fifo", "1");
  place.files.write("link", "1");
  place.files.write("gone", "1");
  place.files.write("grown", "1");
  place.files.write("stays", "1");
  server::DiskContextRequest listing;
  listing.directory = place.files.path();
  auto listed = server::load_disk_context(listing, {});
  for (const char* path : {"fifo", "link", "gone"}) REQUIRE(unlink(place.files.path(path).c_str()) == 0);
  REQUIRE(mkfifo(place.files.path("fifo").c_str(), 0644) == 0);
  place.files.link("link", "stays");
  place.files.write("grown", "12");
  const HashedContext hashed = server::hash_contents(std::move(listed), place.request(), {});
  CHECK(hashed.complete);
  for (const char* path : {"fifo", "link", "gone"}) CHECK_FALSE(content(hashed, path).has_value());
  // A file that is whole, though another one than was listed, counts as it is.
  CHECK(content(hashed, "grown") == hash_content("12"));
  CHECK(find_entry(*hashed.context, "grown")->size == 2);
  CHECK(content(hashed, "stays") == hash_content("1"));
}

TEST_CASE("A listing that somebody else holds is left as it is") {
  const Place place;
  place.files.write("a", "1");
  server::DiskContextRequest listing;
  listing.directory = place.files.path();
  const auto listed = server::load_disk_context(listing, {});
  const HashedContext hashed = server::hash_contents(listed, place.request(), {});
  CHECK_FALSE(find_entry(*listed, "a")->content.has_value());
  CHECK(content(hashed, "a") == hash_content("1"));
}

TEST_CASE("What was stopped is incomplete, and goes on from there") {
  const Place place;
  for (int i = 0; i < 10; ++i) place.files.write(std::to_string(i), std::to_string(i));
  HashRequest request = place.request();
  std::stop_source stop;
  std::vector<server::HashProgress> heard;
  request.progress = [&](const server::HashProgress& progress) {
    heard.push_back(progress);
    if (progress.files_done == 4) stop.request_stop();
  };
  const HashedContext part = place.look(request, stop.get_token());
  CHECK_FALSE(part.complete);
  CHECK(part.files_read == 4);
  REQUIRE(heard.size() == 4);
  CHECK(heard.back().files == 10);
  CHECK(heard.back().bytes == 10);
  CHECK(heard.back().bytes_done == 4);
  request.progress = {};
  const HashedContext rest = place.look(request);
  CHECK(rest.complete);
  CHECK(rest.files_read == 6);
  CHECK(content(rest, "9") == hash_content("9"));
}

TEST_CASE("What an editor holds is what the file contains") {
  const Place place;
  place.files.write("Dockerfile", "FROM a\n");
  place.files.write(".dockerignore", "x\n");
  HashRequest request = place.request();
  request.open_texts = {{place.files.path("Dockerfile"), "FROM ab\n"},
                        {place.files.path("never-saved"), ""},
                        {"/elsewhere/Dockerfile", ""}};
  const HashedContext hashed = place.look(request);
  CHECK(content(hashed, "Dockerfile") == hash_content("FROM ab\n"));
  CHECK(find_entry(*hashed.context, "Dockerfile")->size == 8);
  CHECK(content(hashed, ".dockerignore") == hash_content("x\n"));
  // It is not what is remembered.
  const HashedContext saved = place.look();
  CHECK(saved.files_read == 0);
  CHECK(content(saved, "Dockerfile") == hash_content("FROM a\n"));
}

TEST_CASE("Without a place to remember in, everything else works") {
  const Place place;
  place.files.write("a", "1");
  place.cache.write("file", "");
  HashRequest request = place.request();
  request.cache_folder = place.cache.path("file/contents");
  CHECK(content(place.look(request), "a") == hash_content("1"));
  CHECK(place.look(request).files_read == 1);
}

}  // namespace keyline::tests

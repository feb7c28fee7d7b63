#include "server/environment/listing_cache.h"

#include <memory>
#include <stop_token>
#include <string>

#include "server/environment/disk_context.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_directory.h"

namespace keyline::tests {

TEST_CASE("Dockerfiles of one directory share its listing, and each knows its own place in it") {
  TemporaryDirectory directory;
  directory.write("a.Dockerfile", "FROM a\n");
  directory.write("b.Dockerfile", "FROM b\n");
  directory.write("own.Dockerfile", "FROM c\n");
  directory.write("own.Dockerfile.dockerignore", "kept\n");
  directory.write("kept", "1");
  int loads = 0;
  server::ListingCache cache;
  const auto of = [&](const std::string& name) {
    const std::string dockerfile = directory.path(name);
    return cache.of(directory.path(), dockerfile, {}, [&] {
      ++loads;
      server::DiskContextRequest request;
      request.directory = directory.path();
      request.dockerfile = dockerfile;
      return server::load_disk_context(request, std::stop_token());
    });
  };
  const auto one = of("a.Dockerfile");
  const auto other = of("b.Dockerfile");
  CHECK(loads == 1);
  CHECK(&one->entries() == &other->entries());
  CHECK(one->dockerfile_path() == "a.Dockerfile");
  CHECK(other->dockerfile_path() == "b.Dockerfile");

  // Whoever has an ignore file of its own shares nothing.
  const auto own = of("own.Dockerfile");
  CHECK(loads == 2);
  CHECK(find_entry(*own, "kept") == nullptr);
  CHECK(find_entry(*other, "kept") != nullptr);
  CHECK(of("a.Dockerfile")->entries().size() == one->entries().size());
  CHECK(loads == 2);
}

}  // namespace keyline::tests

#include "analysis/assist/build_file_completion.h"

#include <memory>
#include <string>
#include <string_view>

#include "analysis/syntax/parser.h"
#include "tests/support/catch.h"

namespace keyline::tests {

namespace {

using analysis::BuildFileKind;
using analysis::Offset;

const std::string dockerfile =
    "ARG BASE=alpine\nFROM $BASE AS build\nARG VERSION=1\nFROM scratch AS prod\nARG VERSION\nARG COMMIT\n";

// `text` has a | where the cursor stands; the answer is what would be replaced, in brackets, and the labels.
std::string offered(BuildFileKind kind, std::string text) {
  const std::size_t cursor = text.find('|');
  REQUIRE(cursor != std::string::npos);
  text.erase(cursor, 1);
  const analysis::BuildFile file = analysis::read_build_file(kind, text);
  const analysis::DockerfileNames names = names_of(analysis::parse(std::make_shared<const std::string>(dockerfile)));
  const std::vector<std::string> dockerfiles{"Dockerfile", "docker/Dockerfile"};
  const analysis::Completions found =
      complete_build_file({kind, text, file}, static_cast<Offset>(cursor), &names, dockerfiles);
  std::string all = "[" + std::string(slice(text, found.replace)) + "]";
  for (std::size_t i = 0; i < found.items.size() && i < 4; ++i) all += " " + found.items[i].label;
  return all;
}

std::string compose(const std::string& text) { return offered(BuildFileKind::compose, text); }
std::string bake(const std::string& text) { return offered(BuildFileKind::bake, text); }

}  // namespace

TEST_CASE("what is offered in a compose file's build") {
  const std::string head = "services:\n  api:\n    build:\n      context: .\n";
  CHECK(compose(head + "      ta|") == "[ta] context dockerfile dockerfile_inline target");
  CHECK(compose(head + "      target: |") == "[] build prod");
  CHECK(compose(head + "      target: \"pr|od\"") == "[prod] build prod");
  CHECK(compose(head + "      args:\n        V|") == "[V] BASE VERSION COMMIT");
  CHECK(compose(head + "      args:\n        - V|=1\n") == "[V] BASE VERSION COMMIT");
  CHECK(compose(head + "      args:\n      - |\n") == "[] BASE VERSION COMMIT");
  CHECK(compose(head + "      dockerfile: d|") == "[d] Dockerfile docker/Dockerfile");
  CHECK(compose(head + "      cache_to:\n        - |") ==
        "[] type=gha,scope= type=registry,ref= type=local, type=s3,region=,bucket=,name=");
  CHECK(compose(head + "      cache_from: [a, |]") ==
        "[] type=gha,scope= type=registry,ref= type=local, type=s3,region=,bucket=,name=");
  CHECK(compose("services:\n  api:\n    ima|") == "[ima]");
  CHECK(compose("volumes:\n  build:\n    target: |") == "[]");
  CHECK(compose("|") == "[]");
}

TEST_CASE("what is offered in a bake target") {
  const std::string head = "group \"all\" { targets = [\"app\"] }\ntarget \"app\" {\n";
  CHECK(bake(head + "  ta|\n}\n") == "[ta] inherits context contexts dockerfile");
  CHECK(bake(head + "  target = \"|\"\n}\n") == "[] build prod");
  CHECK(bake(head + "  target = \"pr|\n}\n") == "[pr] build prod");
  CHECK(bake(head + "  args = {\n    COM|\n  }\n}\n") == "[COM] BASE VERSION COMMIT");
  CHECK(bake(head + "  args = {\n    A = \"1\"\n    |\n  }\n}\n") == "[] BASE VERSION COMMIT");
  CHECK(bake(head + "  args = {\n    A = \"|\"\n  }\n}\n") == "[]");
  CHECK(bake(head + "  inherits = [\"|\"]\n}\n") == "[] app");
  CHECK(bake(head + "  # |\n}\n") == "[] inherits context contexts dockerfile");
  CHECK(bake("group \"all\" {\n  targets = [\"app\", \"|\"]\n}\ntarget \"app\" {}\n") == "[] app");
  CHECK(bake("variable \"A\" {\n  default = \"|\"\n}\n") == "[]");
}

}  // namespace keyline::tests

#include "analysis/context/edited_context.h"

#include <memory>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/fake_context.h"

using keyline::analysis::BuildContext;
using keyline::analysis::with_dockerignore;
using keyline::tests::FakeContext;

namespace {

std::string paths(const BuildContext& context) {
  std::string all;
  for (const auto& entry : context.entries()) all += entry.path + " ";
  return all;
}

std::shared_ptr<const BuildContext> project() {
  return std::make_shared<FakeContext>(FakeContext::Files{
      {".dockerignore", "*.md\n"}, {"README.md", "#"}, {"package.json", "{}"}, {"web/package.json", "{}"}});
}

}  // namespace

TEST_CASE("an edited .dockerignore hides more, and the rest is known as before") {
  const auto after = with_dockerignore(project(), "*.md\nweb\n");
  CHECK(after->complete());
  CHECK(paths(*after) == ".dockerignore package.json ");
  CHECK(after->hidden().size() == 2);
  CHECK(after->text("package.json") == "{}");
  CHECK_FALSE(after->text("web/package.json").has_value());
  CHECK(after->ignore_file().exists);
}

TEST_CASE("what an edited .dockerignore shows has not been read") {
  const auto web_hidden = with_dockerignore(project(), "web\n");
  CHECK_FALSE(web_hidden->complete());
  CHECK_FALSE(
      with_dockerignore(with_dockerignore(project(), "*.md\nweb\n"), "*.md\nweb\n!web/package.json\n")->complete());
  const auto after = with_dockerignore(project(), "");
  CHECK_FALSE(after->complete());
  CHECK_FALSE(after->unknown_reason().empty());
}

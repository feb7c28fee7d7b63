// The comparison that `safe` fixes on real files are judged by: what it must see, and what each allowance lets pass.

#include <memory>
#include <string>

#include "tests/corpus/allowances.h"
#include "tests/corpus/image.h"
#include "tests/support/catch.h"

namespace keyline::tests {

namespace {

corpus::Image image(const std::string& text) {
  return corpus::image_of(*analysis::analyze(
      {.text = std::make_shared<const std::string>(text), .context = {}, .build = {}, .rules = {}}, nullptr, {}));
}

bool same(const std::string& before, const std::string& after, const corpus::Allowance& allowance = {}) {
  return corpus::differences(image(before), image(after), allowance).empty();
}

struct Pair {
  std::string before, after;
};

}  // namespace

TEST_CASE("layout, comments and stages that are not built are no difference") {
  CHECK(same("FROM a\nRUN x && y\n", "FROM a\n# why\nRUN x \\\n  # here\n  && y\n"));
  CHECK(same("FROM b AS other\nRUN z\nFROM a\nRUN x\n", "FROM a\nRUN x\n"));
  CHECK(same("FROM a\nCMD [\"x\"]\nCMD [\"y\"]\n", "FROM a\nCMD [\"y\"]\n"));
  CHECK(same("FROM a\nARG V=1\nLABEL v=$V\nRUN x\n", "FROM a\nRUN x\nARG V=1\nLABEL v=$V\n", {.arguments = true}));
}

TEST_CASE("without an allowance everything counts that a build does") {
  const std::string base =
      "FROM a AS s\nRUN one\nFROM a\nARG V=1\nENV E=1\nWORKDIR /w\nCOPY f g /d/\nRUN x y && z\n"
      "COPY --from=s /o /o\nCMD [\"c\"]\n";
  const auto with = [&](const std::string& old, const std::string& replacement) {
    std::string text = base;
    return text.replace(text.find(old), old.size(), replacement);
  };
  for (const std::string& other :
       {with("x y", "x"), with("&& z", "|| z"), with("E=1", "E=2"), with("V=1", "V=2"), with("/w", "/v"),
        with("f g", "g f"), with("f g", "f"), with("/d/", "/e/"), with("/o /o", "/o /p"), with("one", "two"),
        with("\"c\"", "\"d\""), with("COPY f", "COPY --chmod=755 f"), with("FROM a\nARG", "FROM b\nARG"),
        with("RUN x", "RUN --mount=type=cache,target=/c x"), with("RUN x", "RUN --network=none x"),
        with("WORKDIR", "USER u\nWORKDIR"),
        with("RUN x y && z\nCOPY --from=s /o /o", "COPY --from=s /o /o\nRUN x y && z"),
        with("CMD", "LABEL l=1\nCMD")}) {
    INFO(other);
    CHECK_FALSE(same(base, other));
  }
}

TEST_CASE("an allowance lets its own difference pass and no other") {
  const corpus::Allowance caches{.caches = true};
  const Pair mount{"FROM a\nRUN pip install --no-cache-dir x && rm -rf /root/.cache/pip /tmp/x\n",
                   "FROM a\nRUN --mount=type=cache,target=/root/.cache/pip pip install x && rm -rf /tmp/x\n"};
  CHECK(same(mount.before, mount.after, caches));
  CHECK_FALSE(same(mount.before, mount.after));
  CHECK_FALSE(same(mount.before, "FROM a\nRUN --mount=type=cache,target=/root/.cache/pip pip install x\n", caches));
  CHECK_FALSE(same("FROM a AS b\nRUN make\nFROM a\nCOPY --from=b /w/target/x /x\n",
                   "FROM a AS b\nRUN --mount=type=cache,target=/w/target make\nFROM a\nCOPY --from=b /w/target/x /x\n",
                   caches));
  // docker-clean may go where nothing of the stage is kept.
  const std::string hook = "rm -f /etc/apt/apt.conf.d/docker-clean; ";
  CHECK_FALSE(same("FROM a\nRUN x\n", "FROM a\nRUN " + hook + "x\n", caches));
  CHECK(same("FROM a AS b\nRUN x\nFROM c\nCOPY --from=b /x /x\n",
             "FROM a AS b\nRUN " + hook + "x\nFROM c\nCOPY --from=b /x /x\n", caches));

  const corpus::Allowance order{.order = true};
  CHECK(same("FROM a\nCOPY . /app\nRUN install gcc\n", "FROM a\nRUN install gcc\nCOPY . /app\n", order));
  CHECK_FALSE(same("FROM a\nCOPY . /app\nRUN cat /app/x\n", "FROM a\nRUN cat /app/x\nCOPY . /app\n", order));
  CHECK_FALSE(same("FROM a\nRUN x\nRUN y\n", "FROM a\nRUN y\nRUN x\n", order));

  const corpus::Allowance copies{.order = true, .copies = true};
  const std::string early = "FROM a\nWORKDIR /w\nCOPY package.json ./\nRUN npm ci\nCOPY . .\n";
  CHECK(same("FROM a\nWORKDIR /w\nCOPY . .\nRUN npm ci\n", early, copies));
  CHECK_FALSE(same("FROM a\nWORKDIR /w\nCOPY . .\nRUN npm ci\n", early, order));
  CHECK_FALSE(same("FROM a\nWORKDIR /w\nCOPY . .\nRUN npm ci\n",
                   "FROM a\nWORKDIR /w\nCOPY package.json /elsewhere/\nRUN npm ci\nCOPY . .\n", copies));

  const corpus::Allowance arguments{.arguments = true};
  CHECK(same("FROM a\nARG V=1\nRUN x\nRUN echo $V\n", "FROM a\nRUN x\nARG V=1\nRUN echo $V\n", arguments));
  CHECK_FALSE(same("FROM a\nARG V=1\nRUN echo $V\n", "FROM a\nRUN echo $V\nARG V=1\n", arguments));

  const corpus::Allowance refreshes{.refreshes = true};
  CHECK(same("FROM a\nRUN apt-get update\nRUN apt-get install -y x\n",
             "FROM a\nRUN apt-get update && apt-get install -y x\n", refreshes));
  CHECK_FALSE(same("FROM a\nRUN apt-get update && y\nRUN apt-get install -y x\n",
                   "FROM a\nRUN apt-get update && apt-get install -y x\n", refreshes));

  const corpus::Allowance modes{.modes = true};
  CHECK(same("FROM a\nCOPY f /f\nRUN chmod 0755 /f\n", "FROM a\nCOPY --chmod=755 f /f\n", modes));
  CHECK_FALSE(same("FROM a\nCOPY f /f\nRUN chmod 0755 /f\n", "FROM a\nCOPY --chmod=700 f /f\n", modes));
}

TEST_CASE("a rule without a row may change nothing") {
  const corpus::Allowance none = corpus::allowance_of("no-such-rule");
  CHECK_FALSE(none.caches);
  CHECK_FALSE(same("FROM a\nRUN x\n", "FROM a\nRUN --mount=type=cache,target=/c x\n", none));
  CHECK(corpus::both({.order = true}, {.copies = true}).order);
}

}  // namespace keyline::tests

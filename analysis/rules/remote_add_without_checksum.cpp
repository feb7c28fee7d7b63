// An ADD of a URL that takes whatever the server sends.

#include <fmt/format.h>
#include <algorithm>

#include "analysis/knowledge/paths.h"
#include "analysis/rules/run_facts.h"

namespace keyline::analysis {

namespace {

// The last name in a URL's path: what the file is called.
std::string file_name(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(base_name(url));
}

// A step that stands on the ADD compares a checksum or a signature of the file.
bool is_verified_below(const StepFacts& facts, StepId add, const std::string& name) {
  const std::span<const StepId> below = facts.standing_on(add);
  return std::any_of(below.begin(), below.end(), [&](StepId each) {
    if (!is_plain_run(facts.context(), each)) return false;
    const std::string_view source = facts.source(each);
    const auto mentions = [&](std::string_view word) { return source.find(word) != std::string_view::npos; };
    const std::string own(base_name(facts.destination(add)));
    if (!name.empty() && !mentions(name) && (own.empty() || !mentions(own))) return false;
    return mentions("sha256sum") || mentions("sha512sum") || mentions("sha1sum") || mentions("md5sum") ||
           mentions("shasum") || mentions("gpgv") || mentions("--verify");
  });
}

void check(const StepFacts& facts, Findings& findings) {
  const RuleContext& context = facts.context();
  const auto version = frontend_version(context.tree);
  if (version && *version < std::pair(1, 6)) return;
  for (const StepId id : facts.file_steps()) {
    const Step& step = context.model.steps[id];
    if (step.keyword != Keyword::add || step.onbuild || context.instruction(id).flag("checksum") != nullptr) continue;
    for (const Origin& origin : step.origins) {
      if (origin.kind != Origin::Kind::remote || origin.spans.empty()) continue;
      // The answer of an API, copied so that the steps below re-run when it changes.
      if (origin.name.find("://api.") != std::string::npos) continue;
      if (is_verified_below(facts, id, file_name(origin.name))) continue;
      Finding finding{.span = first_line(context.tree, origin.spans.front())};
      const std::string_view url = slice(*context.tree.text, finding.span);
      finding.message =
          fmt::format("every build asks the server for {} and takes what it sends: the ADD has no `--checksum`", url);
      finding.fixes.push_back({.title = "Pin the download: `ADD --checksum=sha256:<digest> ...`",
                               .safety = Safety::sketch,
                               .unproven = "the digest has to be computed from the file that is meant"});
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

extern const Rule remote_add_without_checksum;
const Rule remote_add_without_checksum{
    .id = "remote-add-without-checksum",
    .summary = "An ADD takes whatever a server sends",
    .severity = Severity::information,
    .why =
        R"(For `ADD https://...` BuildKit asks the server in every build, and the content that comes back is part of the cache key: when
the server changes the file, the step and all below it re-run with the new one, and nobody has decided that. While the
server is away, the build fails. With `--checksum=sha256:...` the file is fetched once and never asked for again, and
another content is an error instead of a surprise. It takes a frontend of version 1.6 or newer.)",
    .silent =
        R"(- `--checksum` is there, or a later step compares a checksum or a signature of the file.
- The source is a git repository, or an API that is asked in every build on purpose.
- A `# syntax=` older than 1.6.)",
    .unproven = R"(The digest is for a human to fill in, from the file that is meant: nothing is downloaded here.)",
    .example = {.before = R"(-- Dockerfile --
FROM alpine:3.20
ADD https://example.com/tool-1.4.tar.gz /opt/
RUN tar -xzf /opt/tool-1.4.tar.gz -C /opt
)",
                .after = ""},
    .check = check,
};

}  // namespace keyline::analysis

#include "server/cli/fingerprint.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace keyline::server {

std::string Fingerprints::of(const analysis::Snapshot& snapshot, const ReportEntry& entry) {
  const analysis::Span line = snapshot.lines.line(snapshot.text(), snapshot.lines.line_at(entry.span.begin));
  const std::string content = fmt::format("{}\n{}", entry.id, analysis::slice(snapshot.text(), line));
  const std::string digest = fmt::format("{:016x}", XXH3_64bits(content.data(), content.size()));
  return fmt::format("{}:{}", digest, ++seen_[digest]);
}

}  // namespace keyline::server

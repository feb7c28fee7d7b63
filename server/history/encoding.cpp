#include "server/history/encoding.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "server/history/byte_stream.h"

namespace keyline::server {

namespace {

using analysis::ContextEntry;
using analysis::EntryKind;

// Chunks have 256 entries on average and never more than this.
constexpr std::size_t most_in_chunk = 2048;
constexpr std::uint64_t chunk_mask = 0xff;
// No file system has longer ones; keeps damaged bytes from asking for absurd memory.
constexpr std::size_t longest_path = 65536;
constexpr double microseconds = 1e6;

constexpr std::uint64_t readable_bit = 4;
constexpr std::uint64_t content_bit = 8;

void write_entry(ByteWriter& out, const ContextEntry& entry, std::string_view previous) {
  const std::size_t shared = common_prefix(previous, entry.path);
  out.number(shared);
  out.text(std::string_view(entry.path).substr(shared));
  out.number(static_cast<std::uint64_t>(entry.kind) | (entry.readable ? readable_bit : 0) |
             (entry.content ? content_bit : 0));
  out.number(entry.mode);
  out.number(entry.size);
  if (entry.kind == EntryKind::symlink) out.text(entry.target);
  if (entry.content) {
    out.fixed(entry.content->high);
    out.fixed(entry.content->low);
  }
}

ContextEntry read_entry(ByteReader& in, std::string_view previous) {
  ContextEntry entry;
  const std::uint64_t shared = in.number();
  if (shared > previous.size()) in.fail();
  entry.path = previous.substr(0, in.good() ? static_cast<std::size_t>(shared) : 0);
  entry.path += in.text();
  if (entry.path.size() > longest_path) in.fail();
  const std::uint64_t flags = in.number();
  entry.kind = static_cast<EntryKind>(flags & 3U);
  entry.readable = (flags & readable_bit) != 0;
  entry.mode = static_cast<std::uint32_t>(in.number());
  entry.size = in.number();
  if (entry.kind == EntryKind::symlink) entry.target = in.text();
  if ((flags & content_bit) != 0) {
    const std::uint64_t high = in.fixed();
    entry.content = analysis::ContentHash{high, in.fixed()};
  }
  return entry;
}

// Each chunk can be read by itself.
void write_listing(const std::vector<ContextEntry>& entries, std::vector<std::string>& chunks) {
  ByteWriter out;
  std::string_view previous;
  std::size_t in_chunk = 0;
  for (const ContextEntry& entry : entries) {
    write_entry(out, entry, previous);
    previous = entry.path;
    ++in_chunk;
    if (in_chunk < most_in_chunk && (analysis::hash_content(entry.path).low & chunk_mask) != 0) continue;
    chunks.push_back(out.take());
    previous = {};
    in_chunk = 0;
  }
  if (in_chunk > 0) chunks.push_back(out.take());
}

bool read_chunk(std::string_view chunk, std::vector<ContextEntry>& entries) {
  ByteReader in(chunk);
  std::string previous;
  while (in.good() && !in.at_end()) {
    ContextEntry entry = read_entry(in, previous);
    if (!in.good()) return false;
    previous = entry.path;
    entries.push_back(std::move(entry));
  }
  return in.good();
}

void write_names(ByteWriter& out, const std::vector<std::string>& names) {
  out.number(names.size());
  for (const std::string& name : names) out.text(name);
}

using Texts = std::map<std::string, std::string, std::less<>>;

void write_texts(ByteWriter& out, const Texts& texts) {
  out.number(texts.size());
  for (const auto& [name, value] : texts) {
    out.text(name);
    out.text(value);
  }
}

Texts read_texts(ByteReader& in) {
  Texts texts;
  for (std::uint64_t left = in.count(); left > 0 && in.good(); --left) {
    std::string name = in.text();
    texts[std::move(name)] = in.text();
  }
  return texts;
}

void write_directory(ByteWriter& out, const RecordedDirectory& directory, std::vector<std::string>& chunks) {
  out.text(directory.path);
  out.text(directory.dockerignore_file);
  out.text(directory.dockerignore);
  out.text(directory.unknown_reason);
  const std::size_t before = chunks.size();
  write_listing(directory.entries, chunks);
  out.number(chunks.size() - before);
}

RecordedDirectory read_directory(ByteReader& in, const std::vector<std::string>& chunks, std::size_t& next_chunk) {
  RecordedDirectory directory;
  directory.path = in.text();
  directory.dockerignore_file = in.text();
  directory.dockerignore = in.text();
  directory.unknown_reason = in.text();
  std::uint64_t left = in.number();
  if (left > chunks.size() - next_chunk) left = in.fail();
  for (; left > 0; --left) {
    if (!read_chunk(chunks[next_chunk++], directory.entries)) in.fail();
  }
  return directory;
}

void write_step(ByteWriter& out, const MeasuredStep& step) {
  out.text(step.name);
  out.number(step.line);
  out.number(step.seconds > 0 ? static_cast<std::uint64_t>(std::llround(step.seconds * microseconds)) : 0);
  out.number(static_cast<std::uint64_t>(step.outcome));
}

MeasuredStep read_step(ByteReader& in) {
  MeasuredStep step;
  step.name = in.text();
  step.line = static_cast<std::uint32_t>(in.number());
  step.seconds = static_cast<double>(in.number()) / microseconds;
  const std::uint64_t outcome = in.number();
  if (outcome > static_cast<std::uint64_t>(MeasuredStep::Outcome::executed)) in.fail();
  step.outcome = in.good() ? static_cast<MeasuredStep::Outcome>(outcome) : MeasuredStep::Outcome::unknown;
  return step;
}

}  // namespace

std::string encode_identity(const BuildIdentity& identity) {
  ByteWriter out;
  for (const std::string* text : {&identity.dockerfile, &identity.context, &identity.target, &identity.platform}) {
    out.text(*text);
  }
  write_names(out, identity.arguments);
  write_names(out, identity.named_contexts);
  return out.take();
}

EncodedBuild encode_build(const RecordedBuild& build) {
  EncodedBuild encoded;
  ByteWriter out;
  for (const std::string* text : {&build.dockerfile, &build.text, &build.target, &build.platform}) out.text(*text);
  write_directory(out, build.context, encoded.chunks);
  out.number(build.named_contexts.size());
  for (const auto& [name, named] : build.named_contexts) {
    out.text(name);
    out.text(named.value);
    out.number(named.directory ? 1 : 0);
    if (named.directory) write_directory(out, *named.directory, encoded.chunks);
  }
  write_texts(out, build.arguments);
  write_texts(out, build.images);
  out.number(static_cast<std::uint64_t>(std::max<std::int64_t>(build.finished_at, 0)));
  out.number(build.steps.size());
  for (const MeasuredStep& step : build.steps) write_step(out, step);
  encoded.facts = out.take();
  return encoded;
}

std::optional<RecordedBuild> decode_build(const EncodedBuild& encoded) {
  RecordedBuild build;
  ByteReader in(encoded.facts);
  std::size_t next_chunk = 0;
  for (std::string* text : {&build.dockerfile, &build.text, &build.target, &build.platform}) *text = in.text();
  build.context = read_directory(in, encoded.chunks, next_chunk);
  for (std::uint64_t left = in.count(); left > 0 && in.good(); --left) {
    const std::string name = in.text();
    RecordedNamedContext& named = build.named_contexts[name];
    named.value = in.text();
    if (in.number() != 0) named.directory = read_directory(in, encoded.chunks, next_chunk);
  }
  build.arguments = read_texts(in);
  build.images = read_texts(in);
  build.finished_at = static_cast<std::int64_t>(in.number());
  for (std::uint64_t left = in.count(); left > 0 && in.good(); --left) build.steps.push_back(read_step(in));
  if (!in.good() || !in.at_end() || next_chunk != encoded.chunks.size()) return std::nullopt;
  return build;
}

}  // namespace keyline::server

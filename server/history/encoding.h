#pragma once
// A RecordedBuild as bytes. Listings are cut into chunks where a path's hash says so, so that a file more or less
// changes one chunk and two builds of one project share the others. Reading is total: damaged bytes give nothing, never
// a crash. Only the store calls this; what the bytes mean belongs to its schema version.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/history/recorded_build.h"

namespace keyline::server {

std::string encode_identity(const BuildIdentity& identity);

struct EncodedBuild {
  std::string facts;                // everything but listings
  std::vector<std::string> chunks;  // of the listings of all directories, one after the other
};
EncodedBuild encode_build(const RecordedBuild& build);
std::optional<RecordedBuild> decode_build(const EncodedBuild& encoded);

}  // namespace keyline::server

#pragma once
// What BuildKit made of each file of a corpus, as its README describes it, with the space savers undone. Files are read
// one at a time, since the whole truth is large.

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace keyline::conformance {

// A JSON string, or the bytes of {"b64": ...} where the text is not UTF-8; "" for anything else.
std::string text_of(const nlohmann::json& value);

// Calls `use` with each file's bytes and expanded truth, in order. False when there is no corpus in `folder`.
bool each_file(const std::filesystem::path& folder,
               const std::function<void(const std::string& bytes, const nlohmann::json& truth)>& use);

}  // namespace keyline::conformance

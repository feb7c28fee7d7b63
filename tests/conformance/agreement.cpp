#include "tests/conformance/agreement.h"

#include <fmt/format.h>
#include <algorithm>

namespace keyline::conformance {

namespace {

std::string visible(std::string_view text) {
  std::string shown;
  for (const char letter : text.substr(0, 160)) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '\n')
      shown += "\\n";
    else if (code < 0x20)
      shown += fmt::format("\\x{:02x}", code);
    else
      shown += letter;
  }
  return text.size() > 160 ? shown + "..." : shown;
}

// The part around the first difference says more than two long beginnings that are equal.
std::string_view around(std::string_view text, std::string_view other) {
  const auto [here, there] = std::mismatch(text.begin(), text.end(), other.begin(), other.end());
  const auto at = static_cast<std::size_t>(here - text.begin());
  return text.size() <= 160 ? text : text.substr(at > 60 ? at - 60 : 0);
}

}  // namespace

void Agreement::begin_file(std::string id) { file_ = std::move(id); }

Agreement::Field& Agreement::at(std::string_view field) {
  auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& one) { return one.name == field; });
  if (found == fields_.end())
    found = fields_.insert(found, Field{.name = std::string(field), .last_file = {}, .different = {}});
  if (found->last_file != file_) {
    found->last_file = file_;
    ++found->files;
  }
  return *found;
}

const Agreement::Field* Agreement::find(std::string_view field) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& one) { return one.name == field; });
  return found == fields_.end() ? nullptr : &*found;
}

void Agreement::agrees(std::string_view field) { at(field); }

void Agreement::differs(std::string_view field, std::string reason) {
  Field& entry = at(field);
  if (entry.different.empty() || entry.different.back().first != file_)
    entry.different.emplace_back(file_, std::move(reason));
}

void Agreement::compare(std::string_view field, bool equal, std::string_view what) {
  if (equal)
    agrees(field);
  else
    differs(field, std::string(what));
}

void Agreement::compare(std::string_view field, std::string_view what, std::string_view ours, std::string_view theirs) {
  if (ours == theirs) return agrees(field);
  differs(field, fmt::format("{}: keyline \"{}\", BuildKit \"{}\"", what, visible(around(ours, theirs)),
                             visible(around(theirs, ours))));
}

bool Agreement::complete() const {
  return std::all_of(fields_.begin(), fields_.end(), [](const Field& field) { return field.different.empty(); });
}

bool Agreement::has(std::string_view field) const { return find(field) != nullptr; }

std::string Agreement::table() const {
  std::string text = fmt::format("{:<16} {:>7} {:>7} {:>9}\n", "field", "files", "agree", "share");
  for (const Field& field : fields_) {
    const std::size_t agree = field.files - field.different.size();
    text += fmt::format("{:<16} {:>7} {:>7} {:>8.2f}%\n", field.name, field.files, agree,
                        100.0 * static_cast<double>(agree) / static_cast<double>(field.files));
  }
  return text;
}

std::string Agreement::differences(std::string_view name) const {
  std::string text;
  if (const Field* field = find(name))
    for (const auto& [id, reason] : field->different) text += fmt::format("{}  {}\n", id, reason);
  return text;
}

std::string Agreement::differences() const {
  std::string text;
  for (const Field& field : fields_) text += differences(field.name);
  return text;
}

}  // namespace keyline::conformance

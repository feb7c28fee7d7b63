#pragma once
// A value of a configuration language with its place: what YAML, JSON and HCL have in common. Made by read_yaml() and
// by the evaluator of HCL; immutable afterwards.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/builds/build.h"

namespace keyline::analysis {

struct DataNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  BuildText value = {};  // of a scalar
  Span span = {};        // from its first byte; of lists and maps the first byte only
  std::vector<DataNode> items = {};
  std::vector<std::pair<DataNode, DataNode>> members = {};  // in the order of the file

  const DataNode* find(std::string_view key) const {
    for (const auto& [name, node] : members)
      if (name.value.text == key) return &node;
    return nullptr;
  }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_true() const { return is_scalar() && value.text == "true"; }
};

struct DataDocument {
  DataNode root;
  std::string fault;  // "" when it was read
};

// Aliases are followed and merge keys (`<<`) carried out. A document that grows beyond all use by them is a fault.
DataDocument read_yaml(std::string_view text);

// Where byte `at` of a scalar's text stands in `text`: block scalars are indented there.
Offset offset_in_file(std::string_view text, const DataNode& scalar, std::size_t at);

}  // namespace keyline::analysis

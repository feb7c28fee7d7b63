#pragma once
// HCL as Bake files use it: blocks, attributes, and expressions of literals, templates, lists, objects, conditions and
// the commonest functions. Nothing is kept as a tree: an expression is evaluated where it stands, when asked for. What
// is not understood evaluates to a text as written that is not complete.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/builds/data_node.h"

namespace keyline::analysis {

struct HclAttribute {
  std::string name;
  Span name_span;
  Span expression;
};

struct HclBlock {
  std::string type;
  std::vector<std::string> labels;
  Span span;  // of the last label, or the type
  std::vector<HclAttribute> attributes = {};
  std::vector<HclBlock> blocks = {};

  const HclAttribute* find(std::string_view name) const;
};

struct HclDocument {
  HclBlock root;
  std::string fault;  // with its line
};

HclDocument parse_hcl(std::string_view text);

// What a name stands for; null when it is not known.
using HclScope = std::function<const DataNode*(std::string_view name)>;

DataNode evaluate_hcl(std::string_view text, Span expression, const HclScope& scope);
// A text with ${...} in it, as the strings of Bake's JSON are.
DataNode evaluate_hcl_template(std::string_view text, Span span, const HclScope& scope);

}  // namespace keyline::analysis

#include "analysis/rules/rule.h"

namespace keyline::analysis {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::off:
      return "off";
    case Severity::information:
      return "information";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "";
}

std::string_view safety_name(Safety safety) {
  switch (safety) {
    case Safety::safe:
      return "safe";
    case Safety::review:
      return "review";
    case Safety::sketch:
      return "sketch";
  }
  return "";
}

}  // namespace keyline::analysis

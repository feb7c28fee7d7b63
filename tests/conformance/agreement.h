#pragma once
// The score sheet: for every field, the files compared and those that agree. A file agrees in a field when everything
// of that field in it does; only its first difference is kept.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyline::conformance {

class Agreement {
 public:
  // Everything recorded until the next call belongs to this file.
  void begin_file(std::string id);
  void agrees(std::string_view field);
  void differs(std::string_view field, std::string reason);
  void compare(std::string_view field, bool equal, std::string_view what);
  // Both sides as text, shown in the reason when they differ.
  void compare(std::string_view field, std::string_view what, std::string_view ours, std::string_view theirs);

  bool complete() const;  // no field has a difference
  std::string table() const;
  std::string differences(std::string_view field) const;
  std::string differences() const;  // of all fields
  bool has(std::string_view field) const;

 private:
  struct Field {
    std::string name;
    std::size_t files = 0;
    std::string last_file;                                       // the file counted last
    std::vector<std::pair<std::string, std::string>> different;  // id, reason
  };
  Field& at(std::string_view field);
  const Field* find(std::string_view field) const;

  std::string file_;
  std::vector<Field> fields_;  // in the order in which they were first met
};

}  // namespace keyline::conformance

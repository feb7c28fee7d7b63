#include "analysis/model/mounts.h"

#include <algorithm>

#include "analysis/text/ascii.h"
#include "analysis/text/path.h"

namespace keyline::analysis {

namespace {

Mount::Type type_from(std::string_view name) {
  if (name == "bind") return Mount::Type::bind;
  if (name == "cache") return Mount::Type::cache;
  if (name == "tmpfs") return Mount::Type::tmpfs;
  if (name == "secret") return Mount::Type::secret;
  if (name == "ssh") return Mount::Type::ssh;
  return Mount::Type::unknown;
}

// strconv.ParseBool; nullopt for anything else.
std::optional<bool> parse_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

class MountReader {
 public:
  MountReader(std::string_view value, Span span, bool verbatim, const ValueExpander& expand_value)
      : value_(value), span_(span), verbatim_(verbatim), expand_value_(expand_value) {}

  MountReading read() {
    reading_.mount.span = span_;
    for (const auto& [field, offset] : csv_fields(value_)) {
      const Offset begin = span_.begin + static_cast<Offset>(std::string_view("--mount=").size()) + offset;
      const Span place = verbatim_ ? Span{begin, begin + static_cast<Offset>(field.size())} : span_;
      const std::size_t equals = field.find('=');
      const std::string key = to_lower(std::string_view(field).substr(0, equals));
      reading_.mount.keys.emplace_back(key, place);
      if (equals == std::string::npos)
        read_switch(key, field, place);
      else
        read_pair(key, std::string_view(field).substr(equals + 1), field, place);
    }
    finish();
    return std::move(reading_);
  }

 private:
  void problem(Span place, std::string message) { reading_.problems.push_back({place, std::move(message)}); }

  void read_switch(const std::string& key, const std::string& field, Span place) {
    if (key == "readonly" || key == "ro")
      read_only_ = true;
    else if (key == "readwrite" || key == "rw")
      read_only_ = false;
    else if (key == "required")
      required(true, place);
    else
      problem(place, "invalid field '" + field + "' must be a key=value pair");
  }

  void required(bool value, Span place) {
    const Mount::Type type = reading_.mount.type;
    if (type == Mount::Type::secret || type == Mount::Type::ssh)
      reading_.mount.required = value;
    else
      problem(place, "unexpected key 'required' for this type of mount: only secret and ssh take it");
  }

  void read_pair(const std::string& key, std::string_view text, const std::string& field, Span place) {
    Mount& mount = reading_.mount;
    const Span value_place = verbatim_ ? Span{place.end - static_cast<Offset>(text.size()), place.end} : place;
    if (key == "from") {
      if (const std::size_t dollar = text.find('$'); dollar != std::string_view::npos && dollar + 1 != text.size()) {
        reading_.variable_from = place;
      }
      mount.from = text;
      return;
    }
    const Value value = expand_value_(text, value_place);
    if (key == "type") {
      mount.type = type_from(to_lower(value.text));
      if (mount.type == Mount::Type::unknown && value.known)
        problem(place, "unsupported mount type \"" + value.text + "\"");
    } else if (key == "source" || key == "src") {
      mount.source = value;
    } else if (key == "target" || key == "dst" || key == "destination") {
      mount.target = value;
      mount.target_given = true;
    } else if (key == "id") {
      mount.id = value;
      mount.id_given = !value.text.empty() || !value.known;
    } else if (key == "sharing") {
      mount.sharing = to_lower(value.text);
      mount.sharing_given = true;
      if (value.known && mount.sharing != "shared" && mount.sharing != "private" && mount.sharing != "locked") {
        problem(place, "unsupported sharing value \"" + value.text + "\"");
      }
    } else if (key == "readonly" || key == "ro" || key == "readwrite" || key == "rw" || key == "required") {
      const auto flag = parse_bool(value.text);
      if (!flag)
        problem(place, "invalid value for " + key + ": " + value.text);
      else if (key == "required")
        required(*flag, place);
      else
        read_only_ = key.starts_with("read") ? (key == "readonly") == *flag : (key == "ro") == *flag;
    } else if (key == "uid" || key == "gid" || key == "mode" || key == "size" || key == "env") {
      (key == "uid"    ? mount.uid
       : key == "gid"  ? mount.gid
       : key == "mode" ? mount.mode
       : key == "size" ? mount.size
                       : mount.env) = value.text;
      if ((key == "uid" || key == "gid" || key == "mode") && value.known &&
          (value.text.empty() ||
           value.text.find_first_not_of(key == "mode" ? "01234567" : "0123456789") != std::string::npos)) {
        problem(place, "invalid value " + value.text + " for " + key);
      }
    } else {
      problem(place, "unexpected key '" + key + "' in '" + field + "'");
    }
  }

  void finish() {
    Mount& mount = reading_.mount;
    const bool writable_by_nature = mount.type == Mount::Type::cache || mount.type == Mount::Type::tmpfs;
    mount.read_only = read_only_.value_or(!writable_by_nature);
    const bool owned =
        mount.type == Mount::Type::secret || mount.type == Mount::Type::ssh || mount.type == Mount::Type::cache;
    if (!owned && mount.type != Mount::Type::unknown && (mount.uid || mount.gid || mount.mode)) {
      problem(span_, std::string(mount.mode  ? "mode"
                                 : mount.uid ? "uid"
                                             : "gid") +
                         " not allowed for this type of mount");
    }
    if (mount.type == Mount::Type::secret) {
      if (!mount.from.empty()) problem(span_, "secret mount should not have a from");
      if (mount.sharing_given) problem(span_, "secret mount should not define sharing");
      const bool source = !mount.source.text.empty();
      if (!source && mount.target.text.empty() && !mount.id_given)
        problem(span_, "invalid secret mount. one of source, target required");
      if (source && mount.id_given) problem(span_, "both source and id can't be set");
      // convert_secrets.go: the id is the source, else the base name of the target.
      if (!mount.id_given)
        mount.id = source ? mount.source : Value{std::string(base_name(mount.target.text)), mount.target.known};
    } else if (mount.sharing_given && mount.type != Mount::Type::cache) {
      problem(span_, "invalid cache sharing set for this type of mount");
    }
    // The identity of a cache mount is its target unless an id is given (convert_runmount.go).
    if (mount.type == Mount::Type::cache && !mount.id_given)
      mount.id = {clean_path(mount.target.text), mount.target.known};
  }

  std::string_view value_;
  Span span_;
  bool verbatim_;
  const ValueExpander& expand_value_;
  std::optional<bool> read_only_;
  MountReading reading_;
};

}  // namespace

std::vector<std::pair<std::string, Offset>> csv_fields(std::string_view line) {
  std::vector<std::pair<std::string, Offset>> fields;
  std::size_t at = 0;
  while (at <= line.size() && !line.empty()) {
    std::string field;
    const std::size_t begin = at;
    if (at < line.size() && line[at] == '"') {
      for (++at; at < line.size(); ++at) {
        if (line[at] == '"' && line.substr(at, 2) == "\"\"")
          field += line[at++];
        else if (line[at] == '"')
          break;
        else
          field += line[at];
      }
      at = std::min(line.find(',', at), line.size());
    } else {
      at = std::min(line.find(',', at), line.size());
      field = line.substr(begin, at - begin);
    }
    fields.emplace_back(std::move(field), static_cast<Offset>(begin));
    ++at;
  }
  return fields;
}

MountReading read_mount(std::string_view value, Span span, bool verbatim, const ValueExpander& expand_value) {
  return MountReader(value, span, verbatim, expand_value).read();
}

}  // namespace keyline::analysis

#include "server/history/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "server/environment/cache_directory.h"
#include "server/environment/directory.h"

namespace keyline::server {

namespace {
constexpr int busy_milliseconds = 5000;
constexpr int other_fault = SQLITE_ERROR;
}  // namespace

int create_database(const std::string& file) {
  if (!make_private_directory(file.substr(0, file.rfind('/')))) return errno != 0 ? errno : ENOTDIR;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (descriptor < 0) return errno;
  struct stat status {};
  int fault = ::fstat(descriptor, &status) != 0 ? errno : 0;
  if (fault == 0 && !S_ISREG(status.st_mode)) fault = EINVAL;
  if (fault == 0 && (status.st_mode & 0077U) != 0 && ::fchmod(descriptor, 0600) != 0) fault = errno;
  ::close(descriptor);
  return fault;
}

Database::Database(const std::string& file) {
  // Each operation has a connection of its own, so SQLite need not lock around it.
  note(sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr));
  if (handle_) sqlite3_busy_timeout(handle_, busy_milliseconds);
}

Database::~Database() { sqlite3_close(handle_); }

bool Database::damaged() const {
  const int code = code_ & 0xff;
  return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

void Database::note(int code) {
  if (failed() || code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  code_ = handle_ ? sqlite3_extended_errcode(handle_) : code;
  if (code_ == SQLITE_OK) code_ = code;
  fault_ = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  // What the system said is more telling than "disk I/O error".
  const int cause = handle_ ? sqlite3_system_errno(handle_) : 0;
  const int kind = code_ & 0xff;
  if (cause != 0 && (kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN)) fault_ = error_text(cause);
}

void Database::fail(std::string fault) {
  if (failed()) return;
  code_ = other_fault;
  fault_ = std::move(fault);
}

void Database::run(const char* sql) {
  if (!failed()) note(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
}

std::int64_t Database::number(const char* sql) {
  Statement statement(*this, sql);
  return statement.next() ? statement.number(0) : 0;
}

void Database::roll_back() {
  if (handle_ && sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
  if (!database_.failed()) database_.note(sqlite3_prepare_v2(database_.handle_, sql, -1, &handle_, nullptr));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::with(std::int64_t value) {
  if (!database_.failed()) database_.note(sqlite3_bind_int64(handle_, ++bound_, value));
  return *this;
}

Statement& Statement::with(std::string_view value) {
  if (database_.failed()) return *this;
  // A null pointer would bind NULL, also for the empty text.
  const char* bytes = value.empty() ? "" : value.data();
  database_.note(sqlite3_bind_blob64(handle_, ++bound_, bytes, value.size(), SQLITE_STATIC));
  return *this;
}

bool Statement::next() {
  if (database_.failed()) return false;
  const int code = sqlite3_step(handle_);
  database_.note(code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  while (next()) {}
  if (handle_) sqlite3_reset(handle_);
  bound_ = 0;
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return bytes && size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace keyline::server

#pragma once
// SQLite behind a sticky failure: after the first statement that fails the others do nothing, so a transaction reads
// straight down and is judged once, at its end. Nothing throws. A Database belongs to one thread. For this folder.

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace keyline::server {

// Makes an empty file, for the user alone, where there is none. 0, or the `errno` value that says why there is no file
// to open.
int create_database(const std::string& file);

class Database {
 public:
  // Opens a file that exists. Waits a few seconds for other processes where they hold it.
  explicit Database(const std::string& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  bool failed() const { return code_ != 0; }
  // The content is no database, or a broken one: it can only be put aside.
  bool damaged() const;
  // Of the first failure, in words.
  const std::string& fault() const { return fault_; }
  void fail(std::string fault);

  void run(const char* sql);
  // The first column of the first row; 0 when there is none.
  std::int64_t number(const char* sql);
  // Takes back what a transaction has done so far. Keeps the failure.
  void roll_back();

 private:
  friend class Statement;
  void note(int code);

  sqlite3* handle_ = nullptr;
  int code_ = 0;
  std::string fault_;
};

class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters in order. Texts are stored as blobs, since paths need not be UTF-8; they must outlive the run.
  Statement& with(std::int64_t value);
  Statement& with(std::string_view value);

  // True while there is a row to look at.
  bool next();
  // Runs to the end and makes the statement ready for other parameters.
  void run();

  std::int64_t number(int column) const;
  std::string text(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
};

}  // namespace keyline::server

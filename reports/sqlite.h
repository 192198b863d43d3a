#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace trueup::reports {

// A prepared statement. Used by one thread; outlived by its database. A value that cannot be bound
// makes the next Step fail.
class Statement {
 public:
  // Parameters count from 1. Texts are copied.
  Statement& Bind(int index, std::string_view text);
  Statement& Bind(int index, const char* text) { return Bind(index, std::string_view(text)); }
  Statement& Bind(int index, const std::string& text) {
    return Bind(index, std::string_view(text));
  }
  Statement& Bind(int index, int64_t number);
  Statement& Bind(int index, std::optional<int64_t> number);

  // The next row; false: there is none, and the statement is ready to be bound and run again.
  Result<bool> Step();
  // Runs a statement that gives no rows.
  Status Run();
  void Reset();

  // Columns count from 0 and are valid until the next Step.
  std::string Text(int column) const;
  int64_t Number(int column) const;
  std::optional<int64_t> OptionalNumber(int column) const;
  int columns() const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Error LastError() const;

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_error_ = 0;
};

// A SQLite database. Used by one thread. Errors: kCorrupt (the file is damaged or no database),
// kTransient (busy, disk full), kInvalid (cannot be opened, wrong SQL).
class Database {
 public:
  enum class Mode { kReadOnly, kReadWrite };

  // Read-only: the file must be there. A reader and one writer do not wait for each other.
  static Result<Database> Open(const std::string& path, Mode mode);

  Status Execute(const std::string& sql);
  Result<Statement> Prepare(std::string_view sql) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  explicit Database(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Close> database_;
};

// What a SQLite result code lets the caller do.
ErrorKind KindOfSqliteCode(int code);

// Begin and commit as one; without Commit, everything is undone at the end.
class Transaction {
 public:
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status Commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace trueup::reports

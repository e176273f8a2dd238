#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace learning_loop::store {

/// The database failed. What the message says is for the log.
class DatabaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The disk is full. What was committed before is safe.
class DatabaseFull final : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;
using Values = std::vector<Value>;

inline Value value_of(std::optional<std::string> text)
{
    return text ? Value(std::move(*text)) : Value(nullptr);
}

/// One row of an answer, columns counted from 0. Throws DatabaseError if a column holds another type than is asked for.
class Row {
public:
    explicit Row(Values values) : values_(std::move(values)) {}

    bool is_null(std::size_t column) const { return std::holds_alternative<std::nullptr_t>(values_.at(column)); }
    std::int64_t integer(std::size_t column) const;
    double real(std::size_t column) const; ///< Of a whole number, too.
    std::string const& text(std::size_t column) const;
    std::optional<std::string> optional_text(std::size_t column) const;

private:
    Values values_;
};

/// A connection to an SQLite database (WAL; a commit is on the disk when it returns). Blocks; belongs to one lane. SQL
/// uses the placeholders $1, $2, ...; statements are kept prepared, so the texts must come from a fixed set. Everything
/// throws DatabaseError if it fails, DatabaseFull if the disk is full.
class Database {
public:
    enum class Access { read, write };

    /// Makes the file if it is missing and `access` is `write`.
    Database(std::filesystem::path const& file, Access access);
    ~Database();
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    std::vector<Row> query(std::string_view sql, Values const& values = {});
    std::optional<Row> query_one(std::string_view sql, Values const& values = {}); ///< The first row, if any.

    /// Hands over one row after the other: a million of them in constant memory.
    void for_each(std::string_view sql, Values const& values, std::function<void(Row const&)> const& use);

    std::int64_t execute(std::string_view sql, Values const& values = {}); ///< Returns how many rows it changed.
    void execute_script(std::string const& sql);                           ///< Many statements, without values.
    std::int64_t last_row() const;                                         ///< The rowid of the newest INSERT.

private:
    friend class Transaction;
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

    class Lease;

    [[noreturn]] void fail(std::string_view what);
    Statement take_prepared(std::string_view sql);
    void bind(sqlite3_stmt* statement, std::string_view sql, Values const& values);

    std::unique_ptr<sqlite3, Close> connection_;
    std::map<std::string, Statement, std::less<>> idle_statements_;
};

/// Rolls back unless it was committed.
class Transaction {
public:
    explicit Transaction(Database& database);
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    ~Transaction();

    void commit();

private:
    Database& database_;
};

} // namespace learning_loop::store

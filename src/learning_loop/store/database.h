#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

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

/// A newer version of this program has written the database. What the message says is for whoever started this one.
class NewerDatabase final : public DatabaseError {
public:
    using DatabaseError::DatabaseError;
};

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;
using Values = std::vector<Value>;
using Row = Values; ///< One row of an answer, in the order of its columns.

/// A connection to a database: all that repositories need of it. Blocks; belongs to one lane. SQL is what SQLite and
/// PostgreSQL both speak, with the placeholders $1, $2, ...; statements may be kept prepared, so the texts must come
/// from a fixed set. Everything throws DatabaseError if it fails, DatabaseFull if the disk is full.
class Database {
public:
    Database() = default;
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    virtual ~Database() = default;

    /// Hands over one row after the other: a million of them in constant memory.
    virtual void for_each(std::string_view sql, Values const& values, std::function<void(Row const&)> const& use) = 0;

    virtual std::optional<Row> query_one(std::string_view sql, Values const& values) = 0; ///< The first row, if any.
    virtual std::int64_t execute(std::string_view sql, Values const& values) = 0; ///< Returns how many rows it changed.

private:
    friend class Transaction;
    virtual void begin() = 0;
    virtual void commit() = 0;
    virtual void roll_back() noexcept = 0; ///< Does nothing if no transaction has begun.
};

/// Rolls back unless it was committed. One that only reads sees one state of the database, whatever is written
/// meanwhile, and takes SQLite's locks once instead of for each statement.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database) { database_.begin(); }
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    ~Transaction() { database_.roll_back(); }

    void commit() { database_.commit(); }

private:
    Database& database_;
};

/// A part of a transaction that can be taken back alone. Callers must keep it or take it back, once.
class Savepoint {
public:
    explicit Savepoint(Database& database) : database_(database) { database_.execute("SAVEPOINT part", {}); }
    Savepoint(Savepoint const&) = delete;
    Savepoint& operator=(Savepoint const&) = delete;

    void keep() { database_.execute("RELEASE part", {}); }
    void take_back()
    {
        database_.execute("ROLLBACK TO part", {});
        keep();
    }

private:
    Database& database_;
};

} // namespace learning_loop::store

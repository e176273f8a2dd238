#include "learning_loop/store/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

namespace learning_loop::store {
namespace {

bool is_full(int code)
{
    int const primary = code & 0xff;
    return primary == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE;
}

Values columns_of(sqlite3_stmt* statement)
{
    Values values;
    auto const count = sqlite3_column_count(statement);
    values.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: values.emplace_back(static_cast<std::int64_t>(sqlite3_column_int64(statement, i))); break;
        case SQLITE_FLOAT: values.emplace_back(sqlite3_column_double(statement, i)); break;
        case SQLITE_NULL: values.emplace_back(nullptr); break;
        default:
            auto const* bytes = static_cast<char const*>(sqlite3_column_blob(statement, i));
            auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
            values.emplace_back(bytes ? std::string(bytes, size) : std::string());
        }
    }
    return values;
}

template <class Wanted>
Wanted const& get(Value const& value, std::size_t column, std::string_view wanted)
{
    if (auto const* found = std::get_if<Wanted>(&value)) return *found;
    throw DatabaseError("column " + std::to_string(column) + " of an answer holds no " + std::string(wanted));
}

} // namespace

std::int64_t Row::integer(std::size_t column) const
{
    return get<std::int64_t>(values_.at(column), column, "whole number");
}

double Row::real(std::size_t column) const
{
    if (auto const* whole = std::get_if<std::int64_t>(&values_.at(column))) return static_cast<double>(*whole);
    return get<double>(values_.at(column), column, "number");
}

std::string const& Row::text(std::size_t column) const
{
    return get<std::string>(values_.at(column), column, "text");
}

std::optional<std::string> Row::optional_text(std::size_t column) const
{
    return is_null(column) ? std::nullopt : std::optional(text(column));
}

void Database::Close::operator()(sqlite3* connection) const
{
    sqlite3_close_v2(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

/// A prepared statement while it is used. It is not among the idle ones then, so a query inside of `for_each` gets
/// another one.
class Database::Lease {
public:
    Lease(Database& database, std::string_view sql, Values const& values)
        : database_(database), sql_(sql), statement_(database.take_prepared(sql))
    {
        database_.bind(statement_.get(), sql_, values);
    }
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease()
    {
        sqlite3_reset(statement_.get()); // repeats the error of the last step, which was thrown already
        sqlite3_clear_bindings(statement_.get());
        database_.idle_statements_.insert_or_assign(std::string(sql_), std::move(statement_));
    }

    /// Goes on to the next row; false if there is none.
    bool step()
    {
        int const code = sqlite3_step(statement_.get());
        if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fail(sql_);
        return code == SQLITE_ROW;
    }
    Row row() const { return Row(columns_of(statement_.get())); }

private:
    Database& database_;
    std::string_view sql_;
    Statement statement_;
};

Database::Database(std::filesystem::path const& file, Access access)
{
    sqlite3* connection = nullptr;
    int const create = access == Access::write ? SQLITE_OPEN_CREATE : 0;
    int const code =
        sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, nullptr);
    connection_.reset(connection);
    if (code != SQLITE_OK) fail("cannot open " + file.string());
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, 10'000);
    execute_script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
    // Opened for writing and then forbidden to: a connection that is read-only for SQLite cannot recover a WAL.
    if (access == Access::read) execute_script("PRAGMA query_only = ON;");
}

Database::~Database() = default;

void Database::fail(std::string_view what)
{
    auto const code = connection_ ? sqlite3_extended_errcode(connection_.get()) : SQLITE_NOMEM;
    auto const* reason = connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory";
    auto const text = std::string(reason) + " (SQLite " + std::to_string(code) + "): " + std::string(what);
    if (is_full(code)) throw DatabaseFull(text);
    throw DatabaseError(text);
}

Database::Statement Database::take_prepared(std::string_view sql)
{
    if (auto const idle = idle_statements_.find(sql); idle != idle_statements_.end()) {
        return std::move(idle_statements_.extract(idle).mapped());
    }
    sqlite3_stmt* statement = nullptr;
    int const code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) fail(sql);
    return Statement(statement);
}

void Database::bind(sqlite3_stmt* statement, std::string_view sql, Values const& values)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        int const at = sqlite3_bind_parameter_index(statement, ("$" + std::to_string(i + 1)).c_str());
        auto const bind_one = [&]<class T>(T const& value) {
            if constexpr (std::same_as<T, std::int64_t>) return sqlite3_bind_int64(statement, at, value);
            else if constexpr (std::same_as<T, double>) return sqlite3_bind_double(statement, at, value);
            else if constexpr (std::same_as<T, std::nullptr_t>) return sqlite3_bind_null(statement, at);
            // SQLITE_STATIC: the values outlive the statement's use.
            else return sqlite3_bind_text64(statement, at, value.data(), value.size(), nullptr, SQLITE_UTF8);
        };
        if (at == 0 || std::visit(bind_one, values[i]) != SQLITE_OK) fail(sql);
    }
}

void Database::for_each(std::string_view sql, Values const& values, std::function<void(Row const&)> const& use)
{
    Lease statement(*this, sql, values);
    while (statement.step()) use(statement.row());
}

std::vector<Row> Database::query(std::string_view sql, Values const& values)
{
    std::vector<Row> rows;
    for_each(sql, values, [&](Row const& row) { rows.push_back(row); });
    return rows;
}

std::optional<Row> Database::query_one(std::string_view sql, Values const& values)
{
    Lease statement(*this, sql, values);
    return statement.step() ? std::optional(statement.row()) : std::nullopt;
}

std::int64_t Database::execute(std::string_view sql, Values const& values)
{
    Lease statement(*this, sql, values);
    while (statement.step()) {
    }
    return sqlite3_changes64(connection_.get());
}

void Database::execute_script(std::string const& sql)
{
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

std::int64_t Database::last_row() const
{
    return sqlite3_last_insert_rowid(connection_.get());
}

Transaction::Transaction(Database& database) : database_(database)
{
    database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction()
{
    if (sqlite3_get_autocommit(database_.connection_.get())) return; // committed, or rolled back by SQLite itself
    // A destructor must not throw. If this fails, the next BEGIN on the connection throws.
    sqlite3_exec(database_.connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit()
{
    database_.execute("COMMIT");
}

} // namespace learning_loop::store

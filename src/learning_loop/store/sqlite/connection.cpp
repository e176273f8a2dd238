#include "learning_loop/store/sqlite/connection.h"

#include "learning_loop/base/descriptor.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace learning_loop::store::sqlite {
namespace {

bool is_full(int code)
{
    int const primary = code & 0xff;
    return primary == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE;
}

void read_text(sqlite3_stmt* statement, int column, Value& into)
{
    auto const* bytes = static_cast<char const*>(sqlite3_column_blob(statement, column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    auto* text = std::get_if<std::string>(&into);
    if (!text) text = &into.emplace<std::string>();
    if (bytes) text->assign(bytes, size);
    else text->clear();
}

/// Into a row that may hold the one before: its texts keep their memory.
void read_row(sqlite3_stmt* statement, Row& into)
{
    into.resize(static_cast<std::size_t>(sqlite3_column_count(statement)));
    for (int i = 0; auto& value : into) {
        switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: value = static_cast<std::int64_t>(sqlite3_column_int64(statement, i)); break;
        case SQLITE_FLOAT: value = sqlite3_column_double(statement, i); break;
        case SQLITE_NULL: value = nullptr; break;
        default: read_text(statement, i, value);
        }
        ++i;
    }
}

/// Which of the statement's parameters each placeholder is: $1 is not the first if another stands before it.
std::vector<int> places_in(sqlite3_stmt* statement)
{
    std::vector<int> places;
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i)
        places.push_back(sqlite3_bind_parameter_index(statement, ("$" + std::to_string(i)).c_str()));
    return places;
}

constexpr auto* remedy = " cannot be read. If it is damaged, put a copy in its place, as the newest one of the folder "
                         "backups beside it, and "
                         "see what `learning-loop check` says: ";

} // namespace

void Connection::Close::operator()(sqlite3* connection) const
{
    sqlite3_close_v2(connection);
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

/// A prepared statement while it is used. A query inside of `for_each` that has the same text gets one of its own.
class Connection::Lease {
public:
    Lease(Connection& database, std::string_view sql)
        : database_(database), sql_(sql), kept_(database.keep_prepared(sql))
    {
        if (kept_.is_used) own_ = database.prepare(sql);
        else kept_.is_used = true;
    }
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease()
    {
        sqlite3_reset(statement()); // repeats the error of the last step, which was thrown already
        sqlite3_clear_bindings(statement());
        if (!own_) kept_.is_used = false;
    }

    /// The values must outlive the lease's steps.
    void bind(Values const& values)
    {
        auto const& places = prepared().places;
        for (std::size_t i = 0; i < values.size(); ++i) {
            int const place = i < places.size() ? places[i] : 0;
            auto const bind_one = [&]<class T>(T const& value) {
                if constexpr (std::same_as<T, std::int64_t>) return sqlite3_bind_int64(statement(), place, value);
                else if constexpr (std::same_as<T, double>) return sqlite3_bind_double(statement(), place, value);
                else if constexpr (std::same_as<T, std::nullptr_t>) return sqlite3_bind_null(statement(), place);
                // nullptr, which is SQLITE_STATIC: it is not copied.
                else return sqlite3_bind_text64(statement(), place, value.data(), value.size(), nullptr, SQLITE_UTF8);
            };
            if (place == 0 || std::visit(bind_one, values[i]) != SQLITE_OK) database_.fail(sql_);
        }
    }

    /// Goes on to the next row; false if there is none.
    bool step()
    {
        int const code = sqlite3_step(statement());
        if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fail(sql_);
        return code == SQLITE_ROW;
    }
    void read(Row& into) { read_row(statement(), into); }
    bool writes() const { return sqlite3_stmt_readonly(statement()) == 0; }

    /// What writes may fail after its last row, as by a deferred foreign key.
    void finish()
    {
        while (step()) {
        }
    }

private:
    Prepared const& prepared() const { return own_ ? *own_ : kept_; }
    sqlite3_stmt* statement() const { return prepared().statement.get(); }

    Connection& database_;
    std::string_view sql_;
    Prepared& kept_;
    std::optional<Prepared> own_; ///< If the one that is kept is in use.
};

// A writer takes its lock at once: one that began by reading could not take it any more once another has written.
Connection::Connection(std::filesystem::path const& file, Access access)
    : file_(file.string()), begin_(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN")
{
    sqlite3* connection = nullptr;
    int const create = access == Access::write ? SQLITE_OPEN_CREATE : 0;
    int const code =
        sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, nullptr);
    connection_.reset(connection);
    if (code != SQLITE_OK) fail("cannot open " + file.string());
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, 10'000);
    try {
        if (access == Access::write) execute_script("PRAGMA journal_mode = WAL");
        // temp_store: statements that may have to be taken back need no other disk
        execute_script("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;");
        query_one("SELECT count(*) FROM sqlite_schema", {}); // reads its first page
    } catch (DatabaseFull const&) {
        throw;
    } catch (DatabaseError const& failure) {
        throw DatabaseError(file_ + remedy + failure.what());
    }
    // Opened for writing and then forbidden to: a connection that is read-only for SQLite cannot recover a WAL.
    if (access == Access::read) execute_script("PRAGMA query_only = ON;");
}

Connection::~Connection() = default;

void Connection::fail(std::string_view what)
{
    auto const code = connection_ ? sqlite3_extended_errcode(connection_.get()) : SQLITE_NOMEM;
    auto const* reason = connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory";
    auto const text = std::string(reason) + " (SQLite " + std::to_string(code) + "): " + std::string(what);
    if (is_full(code)) throw DatabaseFull(text);
    throw DatabaseError(text);
}

Connection::Prepared Connection::prepare(std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    int const code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) fail(sql);
    return {std::unique_ptr<sqlite3_stmt, Finalize>(statement), places_in(statement)};
}

Connection::Prepared& Connection::keep_prepared(std::string_view sql)
{
    auto const kept = statements_.find(sql);
    return kept != statements_.end() ? kept->second : statements_.emplace(sql, prepare(sql)).first->second;
}

void Connection::for_each(std::string_view sql, Values const& values, std::function<void(Row const&)> const& use)
{
    Lease statement(*this, sql);
    statement.bind(values);
    Row row;
    while (statement.step()) {
        statement.read(row);
        use(row);
    }
}

std::optional<Row> Connection::query_one(std::string_view sql, Values const& values)
{
    Lease statement(*this, sql);
    statement.bind(values);
    std::optional<Row> row;
    if (!statement.step()) return row;
    statement.read(row.emplace());
    if (statement.writes()) statement.finish();
    return row;
}

std::int64_t Connection::execute(std::string_view sql, Values const& values)
{
    Lease statement(*this, sql);
    statement.bind(values);
    statement.finish();
    return sqlite3_changes64(connection_.get());
}

void Connection::execute_script(std::string const& sql)
{
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

bool Connection::check(std::chrono::milliseconds max_time)
{
    using Clock = std::chrono::steady_clock;
    auto until = Clock::now() + max_time;
    auto const is_late = [](void* end) { return Clock::now() > *static_cast<Clock::time_point*>(end) ? 1 : 0; };
    constexpr int steps_between_looks = 10'000;
    sqlite3_progress_handler(connection_.get(), steps_between_looks, is_late, &until);
    std::string fault;
    try {
        fault = std::get<std::string>(query_one("PRAGMA quick_check(1)", {}).value().at(0));
    } catch (DatabaseError const& failure) {
        fault = failure.what();
    }
    bool const was_cut = sqlite3_errcode(connection_.get()) == SQLITE_INTERRUPT;
    sqlite3_progress_handler(connection_.get(), 0, nullptr, nullptr);
    if (was_cut) return false;
    if (fault != "ok") throw DatabaseError(file_ + remedy + fault);
    return true;
}

void Connection::copy_into(std::filesystem::path const& file)
{
    // SQLite syncs no copy that it makes.
    execute("VACUUM INTO $1", {file.string()});
    Descriptor const written(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (written.get() < 0 || ::fsync(written.get()) != 0)
        throw DatabaseError("cannot sync " + file.string() + ": " + std::strerror(errno));
}

void Connection::begin()
{
    execute(begin_, {});
}

void Connection::commit()
{
    execute("COMMIT", {});
}

void Connection::roll_back() noexcept
{
    if (sqlite3_get_autocommit(connection_.get())) return; // committed, or rolled back by SQLite itself
    try {
        execute("ROLLBACK", {});
    } catch (std::exception const&) {
        return; // the next BEGIN on the connection throws
    }
}

} // namespace learning_loop::store::sqlite

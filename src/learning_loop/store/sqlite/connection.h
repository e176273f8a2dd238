#pragma once

#include "learning_loop/store/database.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace learning_loop::store::sqlite {

/// A connection to an SQLite database (WAL; a commit is on the disk when it returns). Statements are kept prepared.
class Connection final : public Database {
public:
    enum class Access { read, write };

    /// Makes the file if it is missing and `access` is `write`.
    Connection(std::filesystem::path const& file, Access access);
    ~Connection() override;

    void for_each(std::string_view sql, Values const& values, std::function<void(Row const&)> const& use) override;
    std::optional<Row> query_one(std::string_view sql, Values const& values) override;
    std::int64_t execute(std::string_view sql, Values const& values) override;

    void execute_script(std::string const& sql); ///< Many statements, without values; also what only SQLite knows.

    /// Looks through the database for at most about that long. Returns false if that was not long enough for all of it.
    /// Throws DatabaseError, with the remedy, if it is damaged.
    bool check(std::chrono::milliseconds max_time);

    /// Writes a copy of the database into a new file, which is durable when it returns but for its name.
    void copy_into(std::filesystem::path const& file);

private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Prepared {
        std::unique_ptr<sqlite3_stmt, Finalize> statement;
        std::vector<int> places; ///< Of $1, $2, ...: which of SQLite's parameters each is.
        bool is_used = false;
    };

    class Lease;

    void begin() override;
    void commit() override;
    void roll_back() noexcept override;

    [[noreturn]] void fail(std::string_view what);
    Prepared prepare(std::string_view sql);
    Prepared& keep_prepared(std::string_view sql);

    std::string file_;
    std::unique_ptr<sqlite3, Close> connection_;
    std::string_view begin_;
    std::map<std::string, Prepared, std::less<>> statements_;
};

} // namespace learning_loop::store::sqlite

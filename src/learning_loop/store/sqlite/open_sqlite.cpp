#include "learning_loop/store/sqlite/open_sqlite.h"

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/log.h"
#include "learning_loop/store/columns.h"
#include "learning_loop/store/sqlite/migrations.h"

#include <fcntl.h>

#include <algorithm>

namespace learning_loop::store::sqlite {
namespace {

/// Hashes of passwords are in it: it is for its owner alone, also if an earlier program made it for all to read. SQLite
/// makes the files beside it with the rights of the database.
void make_private(std::filesystem::path const& file)
{
    Descriptor const made(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)); // SQLite begins with an empty file
    for (auto const* suffix : {"", "-wal", "-shm"}) {
        std::error_code none;
        auto const rights = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
        std::filesystem::permissions(file.string() + suffix, rights, none);
    }
}

/// Throws DatabaseError.
void add_faults(Database& database, std::vector<std::string>& faults)
{
    database.for_each("PRAGMA integrity_check(100)", {}, [&](Row const& row) {
        auto fault = column<std::string>(row, 0);
        std::replace(fault.begin(), fault.end(), '\n', ' ');
        if (fault != "ok") faults.push_back(std::move(fault));
    });
    database.for_each("PRAGMA foreign_key_check", {}, [&](Row const& row) {
        if (faults.size() < 200)
            faults.push_back("a row of " + column<std::string>(row, 0) + " refers to none of " +
                             column<std::string>(row, 2));
    });
}

/// What is written to a damaged database makes it worse. One of a million images is too long for a start:
/// `learning-loop check` looks at all of it.
void refuse_damaged(std::filesystem::path const& file)
{
    if (std::filesystem::file_size(file) == 0) return; // it is new
    Connection database(file, Connection::Access::read);
    constexpr std::chrono::milliseconds max_time{2000};
    if (!database.check(max_time))
        log::info("{} is long: its first part was checked; `learning-loop check` looks at all of it", file.string());
}

} // namespace

DatabaseConnections open_sqlite(std::filesystem::path const& file)
{
    make_private(file);
    refuse_damaged(file);
    auto writer = std::make_unique<Connection>(file, Connection::Access::write);
    migrate(*writer, file.parent_path() / "backups");
    return {std::move(writer), std::make_unique<Connection>(file, Connection::Access::read)};
}

std::unique_ptr<Database> open_as_it_is(std::filesystem::path const& file)
{
    auto connection = std::make_unique<Connection>(file, Connection::Access::read);
    require_schema(*connection);
    return connection;
}

std::vector<std::string> faults_of(Database& database)
{
    std::vector<std::string> faults;
    try {
        add_faults(database, faults);
    } catch (DatabaseError const& failure) { // too damaged for its own check
        faults.emplace_back(failure.what());
    }
    return faults;
}

} // namespace learning_loop::store::sqlite

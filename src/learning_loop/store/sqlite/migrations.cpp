#include "learning_loop/store/sqlite/migrations.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/store/sqlite/schema.h"

#include <algorithm>
#include <string>
#include <vector>

namespace learning_loop::store::sqlite {
namespace {

constexpr std::size_t kept_backups = 3;

/// Copies the database as it is; the copy has its name once it is whole and durable. Returns its path.
std::filesystem::path back_up(Connection& database, std::filesystem::path const& folder, std::int64_t schema)
{
    make_folder_durably(folder);
    auto const name = "loop-schema-" + std::to_string(schema) + "-" + new_uuid() + ".db";
    auto const file = folder / name;
    auto const begun = folder / (name + ".begun");
    for (auto const& entry : std::filesystem::directory_iterator(folder)) { // of a start that was killed
        if (entry.path().filename().string().find(".begun") != std::string::npos) std::filesystem::remove(entry.path());
    }
    database.copy_into(begun);
    std::filesystem::rename(begun, file);
    sync_folder(folder);
    log::info("the database was copied to {} before it is brought to a newer schema", file.string());
    return file;
}

/// Whether `back_up` has made a file of that name; `id` becomes the UUID in it, which begins with the time.
bool is_backup(std::string_view name, std::string& id)
{
    constexpr std::string_view begin = "loop-schema-";
    constexpr std::string_view end = ".db";
    constexpr std::size_t id_size = 36;
    if (!name.starts_with(begin) || !name.ends_with(end)) return false;
    name.remove_prefix(begin.size());
    name.remove_suffix(end.size());
    if (name.size() < id_size + 2) return false;
    id = name.substr(name.size() - id_size);
    auto const schema = name.substr(0, name.size() - id_size - 1);
    return is_uuid(id) && name[schema.size()] == '-' && parse_whole_number(schema);
}

void remove_old_backups(std::filesystem::path const& folder, std::filesystem::path const& newest)
{
    std::vector<std::pair<std::string, std::filesystem::path>> others; // by their ids
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        std::string id;
        if (entry.path() != newest && is_backup(entry.path().filename().string(), id))
            others.emplace_back(id, entry.path());
    }
    std::ranges::sort(others);
    for (std::size_t i = 0; i + (kept_backups - 1) < others.size(); ++i) std::filesystem::remove(others[i].second);
}

std::int64_t schema_of(Connection& database)
{
    return std::get<std::int64_t>(database.query_one("PRAGMA user_version", {}).value().at(0));
}

std::int64_t const newest = static_cast<std::int64_t>(schema_steps().size());

void refuse_newer(std::int64_t applied)
{
    if (applied <= newest) return;
    throw NewerDatabase("the database was written by a newer version of this program (schema " +
                        std::to_string(applied) + ", this one knows " + std::to_string(newest) +
                        "): start that one, or give this one a folder of its own");
}

} // namespace

void migrate(Connection& database, std::filesystem::path const& backups)
{
    auto const applied = schema_of(database);
    refuse_newer(applied);
    if (applied == newest) return;
    if (applied > 0) {
        auto const made = back_up(database, backups, applied);
        remove_old_backups(backups, made); // also if each start fails here
    }
    Transaction transaction(database); // one for all steps: nobody sees a schema between two programs
    for (auto number = applied; number < newest; ++number)
        database.execute_script(schema_steps()[static_cast<std::size_t>(number)]);
    database.execute_script("PRAGMA user_version = " + std::to_string(newest));
    transaction.commit();
}

void require_schema(Connection& database)
{
    auto const applied = schema_of(database);
    refuse_newer(applied);
    if (applied < newest)
        throw DatabaseError("the database is of an older version of this program: start its server once, which brings "
                            "it up to date");
}

} // namespace learning_loop::store::sqlite

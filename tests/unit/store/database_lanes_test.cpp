#include "learning_loop/store/database_lanes.h"

#include "learning_loop/store/columns.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {
namespace {

using Answer = Result<std::int64_t>;

std::int64_t insert_project(Database& database, std::string organization = "o")
{
    return database.execute("INSERT INTO projects (number, organization, name, created, changed) "
                            "VALUES (7, $1, 'p', '', '')",
                            {std::move(organization)});
}

/// As if the disk were full.
void leave_no_page(Database& database)
{
    auto const pages = column<std::int64_t>(database.query_one("PRAGMA page_count", {}).value(), 0);
    (void)database.query_one("PRAGMA max_page_count = " + std::to_string(pages), {});
}

TEST(DatabaseLanes, a_full_disk_is_an_error_that_the_caller_gets)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(sqlite::open_sqlite(folder / "test.db"));
    auto fill = [](Database& database) -> Answer {
        leave_no_page(database);
        return insert_project(database, std::string(1'000'000, 'x'));
    };
    EXPECT_EQ(test::run(lanes.write(fill)).error().code, Errc::out_of_space);
}

TEST(DatabaseLanes, any_other_failure_reaches_the_caller_as_an_exception)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(sqlite::open_sqlite(folder / "test.db"));
    auto fail = [](Database& database) -> Answer { return database.execute("INSERT INTO nothing VALUES (1)", {}); };
    EXPECT_THROW(test::run(lanes.write(fail)), DatabaseError);
}

TEST(DatabaseLanes, the_reader_sees_what_the_writer_wrote)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(sqlite::open_sqlite(folder / "test.db"));
    auto write = [](Database& database) -> Answer { return insert_project(database); };
    auto read = [](Database& database) -> Answer {
        return column<std::int64_t>(database.query_one("SELECT number FROM projects", {}).value(), 0);
    };
    ASSERT_EQ(*test::run(lanes.write(write)), 1);
    EXPECT_EQ(*test::run(lanes.read(read)), 7);
}

TEST(DatabaseLanes, a_transaction_that_reads_sees_one_state_whatever_is_written_meanwhile)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(sqlite::open_sqlite(folder / "test.db"));
    auto write = [](Database& database) -> Answer { return insert_project(database); };
    auto const count = [](Database& database) {
        return column<std::int64_t>(database.query_one("SELECT count(*) FROM projects", {}).value(), 0);
    };
    auto read = [&](Database& database) -> Answer {
        Transaction const one_state(database);
        auto const before = count(database);
        EXPECT_EQ(*test::run(lanes.write(write)), 1);
        return count(database) - before;
    };
    EXPECT_EQ(*test::run(lanes.read(read)), 0);
    EXPECT_EQ(*test::run(lanes.read([&](Database& database) -> Answer { return count(database); })), 1);
}

TEST(DatabaseLanes, what_is_done_at_the_start_is_there_for_every_job)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(sqlite::open_sqlite(folder / "test.db"));
    ASSERT_TRUE(lanes.write_at_start([](Database& database) { insert_project(database); }));
    auto read = [](Database& database) -> Answer {
        return column<std::int64_t>(database.query_one("SELECT number FROM projects", {}).value(), 0);
    };
    EXPECT_EQ(*test::run(lanes.read(read)), 7);
}

TEST(DatabaseLanes, a_full_disk_at_the_start_is_an_error_that_the_caller_gets)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(sqlite::open_sqlite(folder / "test.db"));
    auto const fill = [](Database& database) {
        leave_no_page(database);
        insert_project(database, std::string(1'000'000, 'x'));
    };
    EXPECT_EQ(lanes.write_at_start(fill).error().code, Errc::out_of_space);
}

} // namespace
} // namespace learning_loop::store

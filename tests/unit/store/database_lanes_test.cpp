#include "learning_loop/store/database_lanes.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {
namespace {

using Answer = Result<std::int64_t>;

TEST(DatabaseLanes, a_full_disk_is_an_error_that_the_caller_gets)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(folder / "test.db");
    auto fill = [](Database& database) -> Answer {
        auto const pages = database.query_one("PRAGMA page_count")->integer(0);
        database.execute_script("PRAGMA max_page_count = " + std::to_string(pages));
        return database.execute("INSERT INTO projects VALUES (1, $1, '', '', '', NULL, NULL)",
                                {std::string(1'000'000, 'x')});
    };
    EXPECT_EQ(test::run(lanes.write(fill)).error().code, Errc::out_of_space);
}

TEST(DatabaseLanes, any_other_failure_reaches_the_caller_as_an_exception)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(folder / "test.db");
    auto fail = [](Database& database) -> Answer { return database.execute("INSERT INTO nothing VALUES (1)"); };
    EXPECT_THROW(test::run(lanes.write(fail)), DatabaseError);
}

TEST(DatabaseLanes, the_reader_sees_what_the_writer_wrote)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(folder / "test.db");
    auto write = [](Database& database) -> Answer {
        return database.execute("INSERT INTO projects VALUES (7, 'o', 'p', '', '', NULL, NULL)");
    };
    auto read = [](Database& database) -> Answer {
        return database.query_one("SELECT number FROM projects")->integer(0);
    };
    ASSERT_EQ(*test::run(lanes.write(write)), 1);
    EXPECT_EQ(*test::run(lanes.read(read)), 7);
}

TEST(DatabaseLanes, what_is_done_at_the_start_is_there_for_every_job)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(folder / "test.db");
    ASSERT_TRUE(lanes.write_at_start([](Database& database) {
        database.execute("INSERT INTO projects VALUES (7, 'o', 'p', '', '', NULL, NULL)");
    }));
    auto read = [](Database& database) -> Answer {
        return database.query_one("SELECT number FROM projects")->integer(0);
    };
    EXPECT_EQ(*test::run(lanes.read(read)), 7);
}

TEST(DatabaseLanes, a_full_disk_at_the_start_is_an_error_that_the_caller_gets)
{
    test::TempFolder const folder;
    DatabaseLanes lanes(folder / "test.db");
    auto const fill = [](Database& database) {
        auto const pages = database.query_one("PRAGMA page_count")->integer(0);
        database.execute_script("PRAGMA max_page_count = " + std::to_string(pages));
        database.execute("INSERT INTO projects VALUES (1, $1, '', '', '', NULL, NULL)", {std::string(1'000'000, 'x')});
    };
    EXPECT_EQ(lanes.write_at_start(fill).error().code, Errc::out_of_space);
}

} // namespace
} // namespace learning_loop::store

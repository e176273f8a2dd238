#include "learning_loop/store/database_lanes.h"

#include "learning_loop/store/columns.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <future>

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

/// Three jobs that wait together: the middle one fails after it has written.
struct GroupTest : testing::Test {
    static Task<> write(DatabaseLanes& lanes, int number, bool fails, std::vector<int>& done)
    {
        auto job = [number, fails](Database& database) -> Answer {
            database.execute("INSERT INTO projects (number, organization, name, created, changed) "
                             "VALUES ($1, 'o', $2, '', '')",
                             {std::int64_t{number}, std::to_string(number)});
            if (fails) return Error{Errc::conflict, "no"};
            return number;
        };
        auto const answer = co_await lanes.write(job);
        if (answer) done.push_back(static_cast<int>(*answer));
    }

    std::vector<std::int64_t> numbers()
    {
        auto read = [](Database& database) -> Result<std::vector<std::int64_t>> {
            std::vector<std::int64_t> numbers;
            database.for_each("SELECT number FROM projects ORDER BY number", {},
                              [&](Row const& row) { numbers.push_back(column<std::int64_t>(row, 0)); });
            return numbers;
        };
        return test::run(lanes.read(read)).value();
    }

    test::TempFolder folder;
    DatabaseLanes lanes{sqlite::open_sqlite(folder / "test.db")};
};

TEST_F(GroupTest, a_job_that_fails_takes_back_what_it_changed_and_nothing_else)
{
    std::promise<void> all_wait;
    auto hold = [&](Database&) -> Answer {
        all_wait.get_future().wait();
        return 0;
    };
    test::Io io;
    std::vector<int> done;
    boost::asio::co_spawn(
        io.executor(), [&]() -> Task<> { (co_await lanes.write(hold)).value(); }, boost::asio::detached);
    for (int number : {1, 2, 3})
        boost::asio::co_spawn(io.executor(), write(lanes, number, number == 2, done), boost::asio::detached);
    boost::asio::post(io.executor(), [&] { all_wait.set_value(); });
    ASSERT_TRUE(io.run_until([&] { return done.size() == 2; }));
    EXPECT_EQ(numbers(), (std::vector<std::int64_t>{1, 3}));
}

TEST_F(GroupTest, what_is_to_follow_a_commit_runs_after_it_and_only_then)
{
    auto job = [](Database& database) -> Answer { return insert_project(database); };
    auto refused = [](Database&) -> Answer { return Error{Errc::conflict, "no"}; };
    std::vector<std::size_t> seen;
    std::function<void()> const look = [&] { seen.push_back(numbers().size()); };
    ASSERT_TRUE(test::run(lanes.write(job, look)));
    EXPECT_FALSE(test::run(lanes.write(refused, look)));
    EXPECT_EQ(seen, std::vector<std::size_t>{1});
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

#include "learning_loop/store/sqlite/connection.h"

#include "support/temp_folder.h"
#include "unit/store/sqlite/rows.h"

#include <gtest/gtest.h>

namespace learning_loop::store::sqlite {
namespace {

class ConnectionTest : public testing::Test {
protected:
    ConnectionTest()
    {
        database.execute_script("CREATE TABLE numbers (number INTEGER PRIMARY KEY, name TEXT, weight REAL)");
    }

    std::int64_t rows() { return only<std::int64_t>(database, "SELECT count(*) FROM numbers"); }

    test::TempFolder folder;
    Connection database{folder / "test.db", Connection::Access::write};
};

TEST_F(ConnectionTest, gives_back_what_was_put_in)
{
    std::string const odd("a\0b \xc3\xa4'\"", 8);
    database.execute("INSERT INTO numbers VALUES ($1, $2, $3)", {std::int64_t{1} << 62, odd, 0.1});
    database.execute("INSERT INTO numbers VALUES ($1, $2, $3)", {std::int64_t{2}, nullptr, nullptr});
    auto const rows = rows_of(database, "SELECT number, name, weight FROM numbers ORDER BY number DESC");
    EXPECT_EQ(rows, (std::vector<Row>{{std::int64_t{1} << 62, odd, 0.1}, {std::int64_t{2}, nullptr, nullptr}}));
}

TEST_F(ConnectionTest, a_placeholder_may_stand_in_several_places)
{
    auto const row = database.query_one("SELECT $2, $1, $2", {std::string("a"), std::string("b")});
    EXPECT_EQ(row.value(), (Row{std::string("b"), std::string("a"), std::string("b")}));
}

TEST_F(ConnectionTest, a_value_without_a_placeholder_is_an_error)
{
    EXPECT_THROW(rows_of(database, "SELECT $1", {std::string("a"), std::string("b")}), DatabaseError);
}

TEST_F(ConnectionTest, a_statement_may_run_inside_of_itself)
{
    database.execute_script("INSERT INTO numbers (number) VALUES (1), (2), (3)");
    int seen = 0;
    database.for_each("SELECT number FROM numbers", {}, [&](Row const&) {
        seen += static_cast<int>(rows_of(database, "SELECT number FROM numbers").size());
    });
    EXPECT_EQ(seen, 9);
}

TEST_F(ConnectionTest, a_statement_works_again_after_it_failed)
{
    auto const add = [&] { database.execute("INSERT INTO numbers (number) VALUES ($1)", {std::int64_t{1}}); };
    add();
    EXPECT_THROW(add(), DatabaseError);
    database.execute("DELETE FROM numbers", {});
    add();
    EXPECT_EQ(rows(), 1);
}

TEST_F(ConnectionTest, a_transaction_that_is_not_committed_leaves_nothing)
{
    {
        Transaction transaction(database);
        database.execute_script("INSERT INTO numbers (number) VALUES (1)");
    }
    EXPECT_EQ(rows(), 0);
    Transaction transaction(database);
    database.execute_script("INSERT INTO numbers (number) VALUES (1)");
    transaction.commit();
    EXPECT_EQ(rows(), 1);
}

TEST_F(ConnectionTest, a_reader_sees_commits_only_and_cannot_write)
{
    Connection reader(folder / "test.db", Connection::Access::read);
    {
        Transaction transaction(database);
        database.execute_script("INSERT INTO numbers (number) VALUES (1)");
        EXPECT_FALSE(reader.query_one("SELECT 1 FROM numbers", {}));
        transaction.commit();
    }
    EXPECT_TRUE(reader.query_one("SELECT 1 FROM numbers", {}));
    EXPECT_THROW(reader.execute("DELETE FROM numbers", {}), DatabaseError);
}

TEST_F(ConnectionTest, references_are_enforced)
{
    database.execute_script("CREATE TABLE uses (number INTEGER REFERENCES numbers (number))");
    EXPECT_THROW(database.execute("INSERT INTO uses VALUES (7)", {}), DatabaseError);
}

TEST_F(ConnectionTest, what_fails_at_the_end_of_a_statement_that_gives_a_row_is_an_error)
{
    database.execute_script("CREATE TABLE uses (number INTEGER REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)");
    EXPECT_THROW(database.query_one("INSERT INTO uses VALUES (7) RETURNING number", {}), DatabaseError);
}

TEST_F(ConnectionTest, a_full_disk_is_told_apart_and_what_was_committed_stays)
{
    database.execute_script("INSERT INTO numbers (number) VALUES (1); PRAGMA max_page_count = 4");
    auto const fill = [&] {
        Transaction transaction(database);
        database.execute("INSERT INTO numbers (name) VALUES ($1)", {std::string(100'000, 'x')});
        transaction.commit();
    };
    EXPECT_THROW(fill(), DatabaseFull);
    EXPECT_EQ(rows(), 1);
    database.execute_script("PRAGMA max_page_count = 1000");
    fill();
    EXPECT_EQ(rows(), 2);
}

TEST_F(ConnectionTest, a_file_that_is_no_database_is_an_error)
{
    test::put(folder / "other.db", std::string(5000, 'x'));
    EXPECT_THROW(Connection(folder / "other.db", Connection::Access::write), DatabaseError);
}

} // namespace
} // namespace learning_loop::store::sqlite

#include "learning_loop/store/sqlite/database.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop::store {
namespace {

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest()
    {
        database.execute_script("CREATE TABLE numbers (number INTEGER PRIMARY KEY, name TEXT, weight REAL)");
    }

    std::int64_t rows() { return database.query_one("SELECT count(*) FROM numbers")->integer(0); }

    test::TempFolder folder;
    Database database{folder / "test.db", Database::Access::write};
};

TEST_F(DatabaseTest, gives_back_what_was_put_in)
{
    std::string const odd("a\0b \xc3\xa4'\"", 8);
    database.execute("INSERT INTO numbers VALUES ($1, $2, $3)", {std::int64_t{1} << 62, odd, 0.1});
    database.execute("INSERT INTO numbers VALUES ($1, $2, $3)", {std::int64_t{2}, nullptr, nullptr});
    auto const rows = database.query("SELECT number, name, weight FROM numbers ORDER BY number DESC");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].integer(0), std::int64_t{1} << 62);
    EXPECT_EQ(rows[0].text(1), odd);
    EXPECT_EQ(rows[0].real(2), 0.1);
    EXPECT_TRUE(rows[1].is_null(1));
    EXPECT_EQ(rows[1].optional_text(1), std::nullopt);
}

TEST_F(DatabaseTest, a_placeholder_may_stand_in_several_places)
{
    auto const row = database.query_one("SELECT $2, $1, $2", {std::string("a"), std::string("b")});
    EXPECT_EQ(row->text(0) + row->text(1) + row->text(2), "bab");
}

TEST_F(DatabaseTest, a_value_without_a_placeholder_is_an_error)
{
    EXPECT_THROW(database.query("SELECT $1", {std::string("a"), std::string("b")}), DatabaseError);
}

TEST_F(DatabaseTest, asking_a_column_for_another_type_is_an_error)
{
    auto const row = database.query_one("SELECT 'text', 1");
    EXPECT_THROW((void)row->integer(0), DatabaseError);
    EXPECT_THROW((void)row->text(1), DatabaseError);
    EXPECT_EQ(row->real(1), 1.0);
}

TEST_F(DatabaseTest, a_statement_may_run_inside_of_itself)
{
    database.execute_script("INSERT INTO numbers (number) VALUES (1), (2), (3)");
    int seen = 0;
    database.for_each("SELECT number FROM numbers", {}, [&](Row const&) {
        seen += static_cast<int>(database.query("SELECT number FROM numbers").size());
    });
    EXPECT_EQ(seen, 9);
}

TEST_F(DatabaseTest, a_statement_works_again_after_it_failed)
{
    auto const add = [&] { database.execute("INSERT INTO numbers (number) VALUES ($1)", {std::int64_t{1}}); };
    add();
    EXPECT_THROW(add(), DatabaseError);
    database.execute("DELETE FROM numbers");
    add();
    EXPECT_EQ(rows(), 1);
}

TEST_F(DatabaseTest, a_transaction_that_is_not_committed_leaves_nothing)
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

TEST_F(DatabaseTest, a_reader_sees_commits_only_and_cannot_write)
{
    Database reader(folder / "test.db", Database::Access::read);
    {
        Transaction transaction(database);
        database.execute_script("INSERT INTO numbers (number) VALUES (1)");
        EXPECT_FALSE(reader.query_one("SELECT 1 FROM numbers"));
        transaction.commit();
    }
    EXPECT_TRUE(reader.query_one("SELECT 1 FROM numbers"));
    EXPECT_THROW(reader.execute("DELETE FROM numbers"), DatabaseError);
}

TEST_F(DatabaseTest, references_are_enforced)
{
    database.execute_script("CREATE TABLE uses (number INTEGER REFERENCES numbers (number))");
    EXPECT_THROW(database.execute("INSERT INTO uses VALUES (7)"), DatabaseError);
}

TEST_F(DatabaseTest, a_full_disk_is_told_apart_and_what_was_committed_stays)
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

TEST_F(DatabaseTest, a_file_that_is_no_database_is_an_error)
{
    test::put(folder / "other.db", std::string(5000, 'x'));
    EXPECT_THROW(Database(folder / "other.db", Database::Access::write), DatabaseError);
}

} // namespace
} // namespace learning_loop::store

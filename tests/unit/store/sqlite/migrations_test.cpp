#include "learning_loop/store/sqlite/migrations.h"

#include "support/temp_folder.h"
#include "unit/store/sqlite/rows.h"

#include <gtest/gtest.h>

namespace learning_loop::store::sqlite {
namespace {

class MigrationsTest : public testing::Test {
protected:
    std::int64_t count_of(std::string const& state)
    {
        auto const row = database.query_one("SELECT count FROM image_counts WHERE state = $1", {state});
        return row ? column<std::int64_t>(*row, 0) : 0;
    }

    void add_image(std::string const& id, std::string const& state)
    {
        database.execute(
            "INSERT INTO images (project, id, state, split, created, received, width, height, media_type, bytes, "
            "image_hash, metadata_hash) VALUES (1, $1, $2, 'train', '', '', 1, 1, '', 1, '', '')",
            {id, state});
    }

    test::TempFolder folder;
    std::filesystem::path const backups = folder / "backups";
    Connection database{folder / "test.db", Connection::Access::write};
};

TEST_F(MigrationsTest, a_second_run_changes_nothing)
{
    migrate(database, backups);
    database.execute_script("INSERT INTO projects (number, organization, name, created, changed) "
                            "VALUES (1, 'o', 'p', '', '')");
    migrate(database, backups);
    EXPECT_TRUE(database.query_one("SELECT 1 FROM projects", {}));
}

TEST_F(MigrationsTest, a_database_of_a_newer_program_is_refused)
{
    migrate(database, backups);
    database.execute_script("PRAGMA user_version = 1000");
    EXPECT_THROW(migrate(database, backups), NewerDatabase);
}

TEST_F(MigrationsTest, a_new_database_needs_no_backup)
{
    migrate(database, backups);
    EXPECT_FALSE(std::filesystem::exists(backups));
}

TEST_F(MigrationsTest, a_database_of_another_schema_is_not_opened_as_it_is)
{
    EXPECT_THROW(require_schema(database), DatabaseError);
    migrate(database, backups);
    EXPECT_NO_THROW(require_schema(database));
    database.execute_script("PRAGMA user_version = 1000");
    EXPECT_THROW(require_schema(database), NewerDatabase);
}

TEST_F(MigrationsTest, the_counters_follow_the_images)
{
    migrate(database, backups);
    database.execute_script("INSERT INTO projects (number, organization, name, created, changed) "
                            "VALUES (1, 'o', 'p', '', '')");
    add_image("a", "inbox");
    add_image("b", "inbox");
    add_image("c", "complete");
    EXPECT_EQ(count_of("inbox"), 2);
    database.execute("UPDATE images SET state = 'review' WHERE id = 'a'", {});
    database.execute("DELETE FROM images WHERE id = 'c'", {});
    EXPECT_EQ(count_of("inbox"), 1);
    EXPECT_EQ(count_of("review"), 1);
    EXPECT_EQ(count_of("complete"), 0);
}

} // namespace
} // namespace learning_loop::store::sqlite

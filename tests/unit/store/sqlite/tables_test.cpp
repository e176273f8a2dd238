#include "learning_loop/store/tables.h"

#include "learning_loop/store/sqlite/migrations.h"
#include "learning_loop/store/training_tables.h"

#include "support/temp_folder.h"
#include "unit/store/sqlite/rows.h"

#include <gtest/gtest.h>

#include <set>

namespace learning_loop::store::sqlite {
namespace {

struct MigratedDatabase : testing::Test {
    MigratedDatabase() { migrate(database, folder / "backups"); }

    test::TempFolder folder;
    Connection database{folder / "test.db", Connection::Access::write};
};

using EveryRow =
    testing::Types<ProjectRow, CategoryRow, ImageRow, AnnotationRow, DetectionRow, TagRow, ImageTagRow, ImageCountRow,
                   RemovedImageRow, FileRemovalRow, ModelRow, ModelFileRow, BegunModelFileRow, TargetHistoryRow,
                   DetectorRow, UserRow, SessionRow, TokenRow, TrainingRow, TrainingResultRow, NodeRow>;

struct NameOfTable {
    template <class R>
    static std::string GetName(int)
    {
        return std::string(table_of<R>);
    }
};

template <class R>
struct TablesTest : MigratedDatabase {};
TYPED_TEST_SUITE(TablesTest, EveryRow, NameOfTable);

TYPED_TEST(TablesTest, has_the_columns_that_its_row_describes)
{
    auto const sql = "SELECT name FROM pragma_table_info('" + std::string(table_of<TypeParam>) + "')";
    std::set<std::string> in_database;
    for (auto const& row : rows_of(this->database, sql)) in_database.insert(column<std::string>(row, 0));
    std::set<std::string> described;
    for (auto const* name : columns_detail::names<TypeParam>()) described.insert(name);
    EXPECT_EQ(described, in_database);
}

using Tables = MigratedDatabase;

TEST_F(Tables, are_all_described)
{
    auto const tables = rows_of(database, "SELECT name FROM sqlite_master WHERE type = 'table'");
    EXPECT_EQ(tables.size(), boost::mp11::mp_size<EveryRow>::value);
}

} // namespace
} // namespace learning_loop::store::sqlite

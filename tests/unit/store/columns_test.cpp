#include "learning_loop/store/columns.h"

#include <gtest/gtest.h>

namespace learning_loop::store {

struct PlantRow {
    std::int64_t number = 0;
    std::string name;
    std::optional<double> height;
};
BOOST_DESCRIBE_STRUCT(PlantRow, (), (number, name, height))
template <>
inline constexpr std::string_view table_of<PlantRow> = "plants";

namespace {

/// Keeps what it is asked, and answers with one row.
class ScriptedDatabase final : public Database {
public:
    void for_each(std::string_view sql, Values const& values, std::function<void(Row const&)> const& use) override
    {
        note(sql, values);
        use(row_);
    }
    std::optional<Row> query_one(std::string_view sql, Values const& values) override
    {
        note(sql, values);
        return row_;
    }
    std::int64_t execute(std::string_view sql, Values const& values) override
    {
        note(sql, values);
        return 1;
    }

    std::string asked;
    Values given;

private:
    void begin() override {}
    void commit() override {}
    void roll_back() noexcept override {}
    void note(std::string_view sql, Values const& values)
    {
        asked = sql;
        given = values;
    }

    Row row_{std::int64_t{7}, std::string("beet"), nullptr};
};

struct ColumnsTest : testing::Test {
    ScriptedDatabase database;
    PlantRow beet{7, "beet", 0.5};
};

TEST_F(ColumnsTest, are_selected_and_read_by_the_description)
{
    auto const found = find_row<PlantRow>(database, "WHERE name = $1", {std::string("beet")});
    EXPECT_EQ(database.asked, "SELECT plants.number, plants.name, plants.height FROM plants WHERE name = $1");
    EXPECT_EQ(found.value().name, "beet");
    EXPECT_EQ(found.value().height, std::nullopt);
}

TEST_F(ColumnsTest, are_inserted_by_the_description_but_for_the_number_which_the_database_gives)
{
    insert(database, beet);
    EXPECT_EQ(database.asked, "INSERT INTO plants (name, height) VALUES ($1, $2)");
    EXPECT_EQ(database.given, (Values{std::string("beet"), 0.5}));
    EXPECT_EQ(insert_numbered(database, beet), 7);
    EXPECT_EQ(database.asked, "INSERT INTO plants (name, height) VALUES ($1, $2) RETURNING number");
    insert_if_new(database, beet);
    EXPECT_EQ(database.asked, "INSERT INTO plants (name, height) VALUES ($1, $2) ON CONFLICT DO NOTHING");
}

TEST_F(ColumnsTest, replace_those_of_the_row_with_the_same_key)
{
    upsert(database, beet, "name");
    EXPECT_EQ(database.asked, "INSERT INTO plants (name, height) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET "
                              "name = excluded.name, height = excluded.height");
}

enum class Soil { clay, sand };
BOOST_DESCRIBE_ENUM(Soil, clay, sand)

TEST_F(ColumnsTest, hold_the_words_of_an_enum_and_no_others)
{
    EXPECT_EQ(value_of(Soil::sand), Value("sand"));
    EXPECT_EQ(column<Soil>({std::string("clay")}, 0), Soil::clay);
    EXPECT_THROW((void)value_of(static_cast<Soil>(7)), DatabaseError);
    EXPECT_THROW((void)column<Soil>({std::string("peat")}, 0), DatabaseError);
}

TEST_F(ColumnsTest, of_another_type_are_an_error)
{
    Row const row{std::string("text"), std::int64_t{1}, std::int64_t{1} << 40};
    EXPECT_THROW((void)column<std::int64_t>(row, 0), DatabaseError);
    EXPECT_THROW((void)column<std::string>(row, 1), DatabaseError);
    EXPECT_THROW((void)column<int>(row, 2), DatabaseError);
    EXPECT_EQ(column<double>(row, 1), 1.0);
}

} // namespace
} // namespace learning_loop::store

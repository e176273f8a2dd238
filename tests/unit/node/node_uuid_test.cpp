#include "learning_loop/node/node_uuid.h"

#include "learning_loop/base/ids.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct NodeUuid : testing::Test {
    test::TempFolder folder;
    std::string uuid_of_node(std::string const& name) { return load_node_uuid(folder.path(), name).value(); }
};

TEST_F(NodeUuid, is_made_once)
{
    auto const uuid = uuid_of_node("weeder");
    EXPECT_TRUE(is_uuid(uuid));
    EXPECT_EQ(uuid_of_node("weeder"), uuid);
    EXPECT_NE(uuid_of_node("other"), uuid);
    EXPECT_EQ(uuid_of_node("weeder"), uuid);
}

TEST_F(NodeUuid, is_that_of_the_name_in_lower_case_without_blanks)
{
    test::put(folder / "uuids.json", R"({"my_weeder": "0f6c1b5e-0000-4000-8000-000000000001"})"); // as peers write it
    EXPECT_EQ(uuid_of_node("My Weeder"), "0f6c1b5e-0000-4000-8000-000000000001");
}

TEST_F(NodeUuid, puts_a_file_aside_that_cannot_be_read)
{
    for (auto const* broken : {"", "{", "[]", R"({"weeder": 7})"}) {
        test::put(folder / "uuids.json", broken);
        auto const uuid = uuid_of_node("weeder");
        EXPECT_TRUE(is_uuid(uuid)) << broken;
        EXPECT_EQ(test::bytes_of(folder / "uuids.json.broken"), broken);
        EXPECT_EQ(uuid_of_node("weeder"), uuid) << broken;
    }
}

} // namespace
} // namespace learning_loop

#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class DataApiTest : public ServerTest {
protected:
    DataApiTest()
    {
        EXPECT_EQ(
            post_files(project + "/images",
                       {{key + "1.jpg", jpeg}, {key + "1.json", R"({"state": "review"})"}, {key + "2.png", png}})
                .status,
            200);
    }

    std::string const project = empty_project();
};

TEST_F(DataApiTest, lists_the_ids_of_a_state)
{
    EXPECT_EQ(json_of(get(project + "/data?state=review")).at("image_ids"), boost::json::array{key + "1"});
    EXPECT_EQ(json_of(get(project + "/data")).at("image_ids").as_array().size(), 2U);
    EXPECT_EQ(json_of(get(project + "/data")).at("categories").as_array().size(), 2U);
    EXPECT_EQ(get(project + "/data?state=lost").status, 422);
    EXPECT_EQ(get("/api/demo/projects/moon/data").status, 404);
}

} // namespace
} // namespace learning_loop

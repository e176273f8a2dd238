#include "unit/server/server_fixture.h"

#include <map>

namespace learning_loop {
namespace {

struct SplitApiTest : ServerTest {
    std::string const project = empty_project();
    std::string const path = project + "/split";

    std::map<std::string, int> sets()
    {
        std::map<std::string, int> counts;
        auto const data = json_of(get(project + "/data"));
        std::string ids;
        for (auto const& id : data.at("image_ids").as_array())
            ids += (ids.empty() ? "" : ",") + std::string(id.as_string());
        auto const list = json_of(get(project + "/images?ids=" + ids));
        for (auto const& image : list.at("images").as_array()) ++counts[std::string(image.at("set").as_string())];
        return counts;
    }
    void upload(std::string const& name)
    {
        ASSERT_EQ(post_files(project + "/images",
                             {{name + ".json", R"({"tags": [")" + name + R"("]})"}, {name + ".jpg", jpeg}})
                      .status,
                  200);
    }
};

TEST_F(SplitApiTest, is_four_to_one_until_somebody_changes_it)
{
    EXPECT_EQ(text_of(get(path)), R"({"train":80,"test":20,"val":0})");
    auto const changed = ask("PUT", path, R"({"train": 50, "test": 30, "val": 20})");
    EXPECT_EQ(text_of(changed), R"({"train":50,"test":30,"val":20})");
    EXPECT_EQ(text_of(get(path)), text_of(changed));
}

TEST_F(SplitApiTest, counts_for_images_that_come_and_with_redraw_for_all)
{
    upload("a");
    ASSERT_EQ(ask("PUT", path, R"({"train": 0, "test": 100})").status, 200);
    upload("b");
    upload("c");
    EXPECT_GE(sets()["test"], 2);
    ASSERT_EQ(ask("PUT", path, R"({"train": 0, "test": 0, "val": 100, "redraw": true})").status, 200);
    EXPECT_EQ(sets(), (std::map<std::string, int>{{"val", 3}}));
}

TEST_F(SplitApiTest, refuses_a_key_that_there_is_not)
{
    auto const answer = ask("PUT", path, R"({"train": 80, "test": 20, "redrw": true})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_NE(text_of(answer).find("redrw: is unknown: use train, test, val or redraw"), std::string::npos)
        << text_of(answer);
}

TEST_F(SplitApiTest, refuses_what_does_not_add_up)
{
    for (auto const* const body : {R"({"train": 80, "test": 30})", R"({"train": 110, "test": -10})", R"({"train": 80})",
                                   "{}", R"({"train": 2147483647,
         "test": 2147483647})",
                                   R"({"train": "80", "test": 20})"}) {
        auto const answer = ask("PUT", path, body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_TRUE(text_of(answer).find("train") != std::string::npos ||
                    text_of(answer).find("test") != std::string::npos)
            << text_of(answer);
    }
    EXPECT_EQ(text_of(get(path)), R"({"train":80,"test":20,"val":0})");
}

} // namespace
} // namespace learning_loop

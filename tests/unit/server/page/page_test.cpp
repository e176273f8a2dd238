#include "unit/server/server_fixture.h"

namespace learning_loop {
namespace {

class PageTest : public ServerTest {
protected:
    std::string page(std::string const& query = "") { return text_of(get("/" + query)); }
};

TEST_F(PageTest, an_empty_loop_says_how_to_begin)
{
    auto const answer = get("/");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "text/html; charset=utf-8");
    EXPECT_NE(text_of(answer).find("projects/generator"), std::string::npos);
}

TEST_F(PageTest, shows_the_project_that_changed_last_or_the_one_asked_for)
{
    ASSERT_EQ(generate(R"({"project_name": "first"})").status, 200);
    ASSERT_EQ(generate(R"({"project_name": "second"})").status, 200);
    EXPECT_NE(page().find("<title>second"), std::string::npos);
    EXPECT_NE(page("?organization=demo&project=first").find("<title>first"), std::string::npos);
    EXPECT_EQ(get("/?organization=demo&project=third").status, 404);
}

TEST_F(PageTest, a_hostile_tag_is_shown_and_not_run)
{
    auto const project = empty_project();
    ASSERT_EQ(
        post_files(project + "/images", {{"a.jpg", jpeg}, {"a.json", R"({"tags": ["<script>alert(1)</script>"]})"}})
            .status,
        200);
    EXPECT_EQ(page().find("<script"), std::string::npos);
    EXPECT_NE(page().find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
    EXPECT_TRUE(get("/").headers.find("Content-Security-Policy")->starts_with("default-src 'none'"));
}

TEST_F(PageTest, its_style_sheet_is_there)
{
    EXPECT_EQ(get("/page.css").content_type, "text/css; charset=utf-8");
}

} // namespace
} // namespace learning_loop

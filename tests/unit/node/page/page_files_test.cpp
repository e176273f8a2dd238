#include "learning_loop/node/page/page_files.h"

#include "support/guarded_router.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace learning_loop {
namespace {

struct PageFilesTest : testing::Test, test::GuardedRouter {
    PageFilesTest()
    {
        PageText text;
        text.title = "Node";
        text.skip_to = "work";
        text.skip_text = "To its work";
        text.programs_ask = "live";
        text.locked = "What it does";
        text.main = "<p>own part</p>";
        text.end = "<dialog>own end</dialog>";
        add_page_files(router, "For people.",
                       {shared_html(text), std::string(shared_css()), std::string(shared_js()), "<svg/>"});
    }
};

TEST_F(PageFilesTest, lets_nothing_run_or_load_that_does_not_come_from_this_node)
{
    auto const page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.headers.find("Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
              "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

TEST_F(PageFilesTest, serves_all_that_the_page_loads_under_relative_names)
{
    auto const page = body_of("/");
    std::regex const link(R"re((href|src|action)="([^"#]+)")re");
    std::set<std::string> names;
    for (std::sregex_iterator it(page.begin(), page.end(), link), end; it != end; ++it) names.insert((*it)[2].str());
    EXPECT_EQ(names, (std::set<std::string>{"docs", "live", "live.css", "live.js", "live.svg", "metrics"}));
    EXPECT_EQ(get("/live.js").content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(get("/live.css").content_type, "text/css; charset=utf-8");
    EXPECT_EQ(get("/live.svg").content_type, "image/svg+xml");
}

TEST_F(PageFilesTest, shows_them_to_everybody_and_has_none_of_them_stored)
{
    for (auto const* path : {"/", "/live.css", "/live.js", "/live.svg"}) {
        auto const file = get(path, {}, "");
        EXPECT_EQ(file.status, 200) << path;
        EXPECT_TRUE(file.headers.find("Cache-Control").value_or("").starts_with("no-")) << path;
    }
}

TEST_F(PageFilesTest, has_the_pages_own_parts_in_their_places)
{
    auto const page = body_of("/");
    auto const errors = page.find("id=\"errors\"");
    auto const own = page.find("<p>own part</p></main>");
    auto const end = page.find("<dialog>own end</dialog></body>");
    ASSERT_NE(end, std::string::npos);
    EXPECT_LT(errors, own);
    EXPECT_LT(own, end);
    EXPECT_NE(page.find("<title>Node</title>"), std::string::npos);
    EXPECT_NE(page.find("<a class=\"skip\" href=\"#work\">To its work</a>"), std::string::npos);
    EXPECT_NE(page.find("What it does is for its operators."), std::string::npos);
}

} // namespace
} // namespace learning_loop

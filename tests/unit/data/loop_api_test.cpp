#include "learning_loop/data/loop_api.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace learning_loop {
namespace {

/// The tables under `## The Loop` of docs/protocol.md, a row of cells for each line.
std::vector<std::vector<std::string>> documented_rows()
{
    std::ifstream document(std::filesystem::path(LL_TEST_DATA) / "../../docs/protocol.md");
    std::vector<std::vector<std::string>> rows;
    bool is_about_the_loop = false;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("## ")) is_about_the_loop = line.starts_with("## The Loop");
        if (!is_about_the_loop || !line.starts_with("| ")) continue;
        auto& cells = rows.emplace_back();
        static std::regex const cell(R"(\| ([^|]*) (?=\|))");
        for (std::sregex_iterator at(line.begin(), line.end(), cell), end; at != end; ++at) cells.push_back((*at)[1]);
    }
    return rows;
}

/// The second cell of the row that begins with `what`.
std::string documented(std::string const& what)
{
    for (auto const& row : documented_rows()) {
        if (row.size() == 2 && row[0] == what) return row[1];
    }
    return "docs/protocol.md has no row '" + what + "'";
}

/// With `{}` for every place: the document has shorter names for some of them.
std::string pattern_of(std::string const& path)
{
    static std::regex const place(R"(\{[^}]*\})");
    return std::regex_replace(path, place, "{}");
}

std::set<std::string> documented_patterns()
{
    std::set<std::string> patterns;
    static std::regex const call(R"((?:GET|POST|PUT) (P|/)([^`?]*))");
    for (auto const& row : documented_rows()) {
        auto const& calls = row.at(0);
        for (std::sregex_iterator at(calls.begin(), calls.end(), call), end; at != end; ++at) {
            std::string const start = (*at)[1] == "P" ? "/api/{organization}/projects/{project}" : "/api/";
            patterns.insert(pattern_of(start + (*at)[2].str()));
        }
    }
    return patterns;
}

std::string bytes_text(std::uint64_t bytes)
{
    for (auto const& [unit, size] : {std::pair("GiB", 30), std::pair("MiB", 20), std::pair("KiB", 10)}) {
        if (bytes % (std::uint64_t{1} << size) == 0) return std::to_string(bytes >> size) + " " + unit;
    }
    return std::to_string(bytes);
}

TEST(LoopApi, has_the_routes_of_the_document)
{
    std::set<std::string> patterns;
    for (auto const route :
         {loop_api::status, loop_api::login, loop_api::logout, loop_api::projects, loop_api::generator,
          loop_api::project, loop_api::data, loop_api::images, loop_api::image_file, loop_api::models,
          loop_api::model_upload, loop_api::model_file, loop_api::deployment_target, loop_api::detectors}) {
        patterns.insert(pattern_of(std::string(route)));
    }
    EXPECT_EQ(patterns, documented_patterns());
}

TEST(LoopApi, has_the_field_names_of_the_document)
{
    auto const fields = "multipart `" + std::string(loop_api::files_field) + "`";
    EXPECT_TRUE(documented("`POST P/images`")
                    .starts_with(fields + " (`" + std::string(loop_api::former_files_field) + "` until 2021)"));
    EXPECT_TRUE(documented("`POST P/models/{format}`").starts_with(fields));
}

TEST(LoopApi, has_the_limits_of_the_document)
{
    EXPECT_EQ(documented("body of `POST P/images`"), bytes_text(loop_api::max_image_upload_bytes));
    EXPECT_EQ(documented("images that a node sends in one `POST P/images`"),
              std::to_string(loop_api::max_images_per_upload));
    EXPECT_EQ(documented("ids of one `GET P/images`"), std::to_string(loop_api::max_ids_per_request) + ", else 422");
    EXPECT_EQ(documented("body of `POST P/models/{format}`"), bytes_text(loop_api::max_model_upload_bytes));
    EXPECT_EQ(documented("zip that a node takes from `GET P/models/{id}/{format}/file`"),
              bytes_text(loop_api::max_model_bytes));
    auto const short_bodies = documented("body of `POST P/detectors`, `POST /login` and `POST /logout`");
    EXPECT_EQ(short_bodies, bytes_text(loop_api::max_report_bytes));
    EXPECT_EQ(short_bodies, bytes_text(loop_api::max_form_bytes));
}

} // namespace
} // namespace learning_loop

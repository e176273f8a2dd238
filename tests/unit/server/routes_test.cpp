#include "unit/server/server_fixture.h"

#include "learning_loop/http/api/router.h"

#include "support/protocol_document.h"

#include <regex>
#include <set>

namespace learning_loop {
namespace {

using RoutesTest = ServerTest;

/// A method and a path with `{}` for every place: the document has shorter names for some of them.
std::string call_of(std::string const& method, std::string const& path)
{
    static std::regex const place(R"(\{[^}]*\})");
    return method + " " + std::regex_replace(path, place, "{}");
}

/// "`GET`, `PUT P/deployment/target`" tells two calls; `P` is the path of a project.
std::set<std::string> documented_calls()
{
    std::set<std::string> calls;
    static std::regex const quoted(R"(`(GET|POST|PUT|PATCH|DELETE)(?: (P|/)([^`?]*)[^`]*)?`)");
    for (auto const& row : test::protocol_rows("The Loop")) {
        if (!row[0].starts_with('`')) continue; // it is about limits
        std::vector<std::string> methods;       // whose path follows
        for (std::sregex_iterator at(row[0].begin(), row[0].end(), quoted), end; at != end; ++at) {
            methods.push_back((*at)[1]);
            if (!(*at)[2].matched) continue;
            std::string const start = (*at)[2] == "P" ? "/api/{organization}/projects/{project}" : "/api/";
            for (auto const& method : methods) calls.insert(call_of(method, start + (*at)[3].str()));
            methods.clear();
        }
    }
    return calls;
}

TEST_F(RoutesTest, of_the_loop_are_those_of_the_document)
{
    std::set<std::string> calls;
    for (auto const& route : router().routes()) {
        if (route.pattern.starts_with("/api/")) calls.insert(call_of(route.method, route.pattern));
    }
    EXPECT_EQ(calls, documented_calls());
}

} // namespace
} // namespace learning_loop

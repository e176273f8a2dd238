#include "learning_loop/http/api/api_document.h"
#include "learning_loop/http/api/router.h"

#include "support/run.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct ThingPath {
    std::string shelf;
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(ThingPath, (), (shelf, number))

struct ThingFilter {
    std::optional<Colour> colour;
    std::optional<bool> broken;
    Required<std::int64_t> after;
    int count = 20;
};
BOOST_DESCRIBE_STRUCT(ThingFilter, (), (colour, broken, after, count))

struct WantedNames {
    Required<std::vector<std::string>> names;
    std::vector<std::string> but;
};
BOOST_DESCRIBE_STRUCT(WantedNames, (), (names, but))

struct NotedLabels {
    std::vector<std::string> labels;
};
BOOST_DESCRIBE_STRUCT(NotedLabels, (), (labels))

struct Thing {
    std::string name;
    std::optional<int> width;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (name, width))

/// What only a lookup finds, from the path.
struct Shelf {
    std::string name;
};

/// What another lookup finds, from the shelf and a header.
struct Keeper {
    std::string name;
};

struct ShelfPath {
    std::string shelf;
};
BOOST_DESCRIBE_STRUCT(ShelfPath, (), (shelf))

struct KeeperNotes {
    std::string keeper_name = "nobody";
};
BOOST_DESCRIBE_STRUCT(KeeperNotes, (), (keeper_name))

} // namespace

template <>
inline constexpr std::array<FieldNote, 1> field_notes<KeeperNotes>{
    {{"keeper_name", "Who keeps the shelf.", {"keeper"}}}};

namespace {

class ThingApi {
public:
    void add_to(Router& router)
    {
        router.look_up(*this, &ThingApi::find_shelf);
        router.look_up(*this, &ThingApi::find_keeper);
        router.get("/shelves/{shelf}/keeper", *this, &ThingApi::tell_keeper);
        router.get("/shelves/{shelf}/{number}", *this, &ThingApi::find).summary("Finds a thing.");
        router.put("/shelves/{shelf}/{number}", *this, &ThingApi::put).open_to(Access::operators);
        router.put("/name", *this, &ThingApi::rename);
        router.post("/form", *this, &ThingApi::fill_in);
        router.post("/files", *this, &ThingApi::take);
        router.get("/names", *this, &ThingApi::name);
        router.post("/names", *this, &ThingApi::name_in_form);
        router.get("/labels", *this, &ThingApi::label);
    }

private:
    Task<Result<Shelf>> find_shelf(FromPath<ShelfPath> path)
    {
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
        if (path->shelf == "none") co_return Error{Errc::not_found, "there is no shelf"};
        co_return Shelf{path->shelf};
    }
    Task<Result<Keeper>> find_keeper(Shelf shelf, FromHeaderOrQuery<KeeperNotes> notes)
    {
        co_return Keeper{notes->keeper_name + " of " + shelf.name};
    }
    Task<Result<std::string>> tell_keeper(Shelf shelf, Keeper keeper, Request request)
    {
        co_return shelf.name + ", " + keeper.name + ", " + request.body;
    }
    Task<Result<Thing>> find(FromPath<ThingPath> path, FromQuery<ThingFilter> filter)
    {
        if (filter->after.value < 0) co_return Error{Errc::not_found, "nothing is there"};
        auto name = path->shelf + " " + (filter->colour == Colour::green ? "green" : "any");
        co_return Thing{std::move(name), path->number + filter->count};
    }
    Task<Result<std::vector<Thing>>> put(FromPath<ThingPath> path, FromJson<Thing> thing, Request request)
    {
        co_return std::vector<Thing>{*&thing.value, {path->shelf + request.path, {}}};
    }
    Task<Result<std::string>> fill_in(FromForm<ShelfPath> form, Caller caller)
    {
        co_return form->shelf + " by " + caller.name;
    }
    Task<Result<std::vector<std::string>>> name(FromQuery<WantedNames> wanted)
    {
        auto names = wanted->names.value;
        for (auto const& but : wanted->but) names.push_back("not " + but);
        co_return names;
    }
    Task<Result<std::vector<std::string>>> name_in_form(FromForm<WantedNames> wanted) { co_return wanted->names.value; }
    Task<Result<std::vector<std::string>>> label(FromHeaderOrQuery<NotedLabels> noted) { co_return noted->labels; }
    Task<Result<TextBody>> rename(TextBody name) { co_return TextBody{"now " + name.text}; }
    Task<Result<int>> take(Upload upload) { co_return static_cast<int>(upload.size()); }
};

struct HandlerTest : testing::Test {
    Router router;

    HandlerTest() { router.keep<ThingApi>(); }

    /// `status body`
    std::string ask(std::string const& method, std::string const& path, std::string const& body = "",
                    std::vector<std::pair<std::string, std::string>> query = {})
    {
        auto match = router.match(method, path);
        Request request;
        request.path = path;
        request.path_params = match->path_params;
        request.query = std::move(query);
        request.body = body;
        request.caller.name = "ann";
        auto const response = test::run(Router::answer_to(*match->route, std::move(request)));
        return std::to_string(response.status) + " " + std::get<std::string>(response.body);
    }
};

TEST_F(HandlerTest, gets_a_form_and_who_asks)
{
    EXPECT_EQ(ask("POST", "/form", "other=1&shelf=a+%26%20b"), R"(200 "a & b by ann")");
    EXPECT_EQ(ask("POST", "/form", ""), R"(200 " by ann")");
    EXPECT_EQ(ask("POST", "/form", "shelf=%zz").substr(0, 3), "422");
}

TEST_F(HandlerTest, gets_path_and_query_as_its_signature_says)
{
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"colour", "green"}, {"after", "1"}, {"unknown", "x"}}),
              R"(200 {"name":"a green","width":27})");
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"after", "1"}, {"broken", "true"}}),
              R"(200 {"name":"a any","width":27})");
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"after", "-1"}}), R"(404 {"detail":"nothing is there"})");
}

TEST_F(HandlerTest, is_not_asked_when_a_parameter_is_wrong)
{
    EXPECT_EQ(ask("GET", "/shelves/a/x", "", {{"after", "1"}}),
              R"(422 {"detail":[{"type":"int_parsing","loc":["path","number"],)"
              R"("msg":"number: expected a whole number","input":"x"}]})");
    EXPECT_EQ(ask("GET", "/shelves/a/7"),
              R"(422 {"detail":[{"type":"missing","loc":["query","after"],"msg":"Field required","input":null}]})");
    for (auto const& [name, value] : std::initializer_list<std::pair<std::string, std::string>>{
             {"colour", "blue"}, {"broken", "maybe"}, {"after", "1.5"}, {"after", ""}, {"after", "1 "}}) {
        auto const answer = ask("GET", "/shelves/a/7", "", {{name, value}, {"after", "1"}});
        EXPECT_EQ(answer.substr(0, 4), "422 ") << name << value;
        EXPECT_NE(answer.find("\"" + name + "\""), std::string::npos) << answer;
    }
}

TEST_F(HandlerTest, gets_a_list_however_often_its_name_comes)
{
    EXPECT_EQ(ask("GET", "/names", "", {{"names", "a,b"}, {"but", "d"}, {"names", "c"}}),
              R"(200 ["a","b","c","not d"])");
    EXPECT_EQ(ask("GET", "/names", "", {{"names", ",a,,b,"}, {"names", ""}, {"names", " c "}}),
              R"(200 ["a","b"," c "])");
    EXPECT_EQ(ask("GET", "/names", "", {{"names", ""}}), "200 []");
    EXPECT_EQ(ask("GET", "/names", "", {{"but", "a"}}).substr(0, 4), "422 ");
    EXPECT_EQ(ask("POST", "/names", "names=a%2Cb&names=c"), R"(200 ["a","b","c"])");
    EXPECT_EQ(ask("GET", "/labels", "", {{"labels", "a"}, {"labels", "b,c"}}), R"(200 ["a","b","c"])");
}

TEST_F(HandlerTest, is_not_asked_when_one_value_comes_as_two)
{
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"after", "1"}, {"after", "2"}}),
              R"(422 {"detail":[{"type":"value_error","loc":["query","after"],)"
              R"("msg":"after: is given twice, as '1' and '2': send one of them","input":"2"}]})");
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"after", "1"}, {"after", "1"}}).substr(0, 4), "200 ");
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"after", "1"}, {"x", "1"}, {"x", "2"}}).substr(0, 4), "200 ");
    auto const form = ask("POST", "/form", "shelf=a&shelf=b");
    EXPECT_EQ(form.substr(0, 4), "422 ");
    EXPECT_NE(form.find(R"("loc":["body","shelf"])"), std::string::npos) << form;
}

TEST_F(HandlerTest, gets_the_initial_value_of_what_is_absent)
{
    EXPECT_EQ(ask("GET", "/shelves/a/7", "", {{"after", "1"}, {"count", "3"}}), R"(200 {"name":"a any","width":10})");
}

TEST_F(HandlerTest, gets_what_lookups_find_also_from_what_others_find)
{
    EXPECT_EQ(ask("GET", "/shelves/a/keeper", "b", {{"keeper", "Ann"}}), R"(200 "a, Ann of a, b")");
    EXPECT_EQ(ask("GET", "/shelves/a/keeper"), R"(200 "a, nobody of a, ")");
}

TEST_F(HandlerTest, is_not_asked_when_a_lookup_finds_nothing)
{
    EXPECT_EQ(ask("GET", "/shelves/none/keeper"), R"(404 {"detail":"there is no shelf"})");
}

TEST_F(HandlerTest, takes_nothing_that_no_lookup_finds_and_reads_nothing_that_its_path_lacks)
{
    struct Api {
        Task<Result<std::string>> take(Shelf shelf) { co_return shelf.name; }
        Task<Result<std::string>> read(FromPath<ShelfPath> path) { co_return path->shelf; }
    } api;
    Router empty;
    EXPECT_THROW(empty.get("/{shelf}", api, &Api::take), std::logic_error);
    EXPECT_THROW(empty.get("/{desk}", api, &Api::read), std::logic_error);
}

static_assert(moves_out_only_at_the_end<Argument, FromPath<ThingPath>, Request>());
static_assert(!moves_out_only_at_the_end<Argument, Request, FromPath<ThingPath>>());
static_assert(!moves_out_only_at_the_end<Argument, Upload, Shelf>());

TEST_F(HandlerTest, gets_a_value_under_each_of_its_names_but_not_two_of_them)
{
    for (auto const* name : {"keeper-name", "keeper_name", "keeper"})
        EXPECT_EQ(ask("GET", "/shelves/a/keeper", "", {{name, "Ann"}}), R"(200 "a, Ann of a, ")") << name;
    EXPECT_EQ(ask("GET", "/shelves/a/keeper", "", {{"keeper", "Ann"}, {"keeper_name", "Ben"}}),
              R"(422 {"detail":[{"type":"value_error","loc":["query","keeper_name"],)"
              R"("msg":"keeper_name: is given twice, as 'Ben' and 'Ann': send one of them","input":"Ann"}]})");
}

TEST_F(HandlerTest, gets_no_header_that_comes_as_two)
{
    auto const ask_with = [this](std::string const& path, Headers headers) {
        auto match = router.match("GET", path);
        Request request;
        request.path_params = match->path_params;
        request.headers = std::move(headers);
        auto const response = test::run(Router::answer_to(*match->route, std::move(request)));
        return std::get<std::string>(response.body);
    };
    auto const keeper = "/shelves/a/keeper";
    EXPECT_EQ(ask_with(keeper, {{"keeper-name", "Ann"}, {"Keeper-Name", "Ann"}}), R"("a, Ann of a, ")");
    EXPECT_EQ(ask_with(keeper, {{"keeper-name", "Ann"}, {"Keeper-Name", "Ben"}}),
              R"({"detail":"keeper-name: is given twice, as 'Ann' and 'Ben': send one of them"})");
    EXPECT_EQ(ask_with("/labels", {{"labels", "a"}, {"other", "x"}, {"Labels", "b, c"}}), R"(["a","b"," c"])");
}

TEST_F(HandlerTest, tells_what_its_lookups_read)
{
    auto const document = api_document(router, "Things", "1.2");
    auto const& parameters = document.at("paths").at("/shelves/{shelf}/keeper").at("get").at("parameters").as_array();
    ASSERT_EQ(parameters.size(), 2U); // handler and lookup both read the shelf, which is told once
    EXPECT_EQ(parameters.front().at("in"), "path");
    EXPECT_EQ(parameters.back().at("name"), "keeper-name");
    EXPECT_EQ(parameters.back().at("description"), "Who keeps the shelf. Also keeper_name, keeper.");
    EXPECT_EQ(parameters.back().at("schema").at("default"), "nobody");
}

TEST_F(HandlerTest, is_told_with_what_is_in_its_path_first)
{
    struct Api {
        Task<Result<int>> count(FromQuery<ThingFilter>, FromPath<ThingPath> path) { co_return path->number; }
    } api;
    Router labels;
    labels.get("/labels/{number}/{shelf}", api, &Api::count);
    auto const document = api_document(labels, "Things", "1.2");
    std::string names;
    auto const& get = document.at("paths").at("/labels/{number}/{shelf}").at("get");
    for (auto const& parameter : get.at("parameters").as_array())
        names.append(parameter.at("name").as_string()).append(" ");
    EXPECT_EQ(names, "number shelf colour broken after count ");
}

TEST_F(HandlerTest, gets_a_json_body)
{
    EXPECT_EQ(ask("PUT", "/shelves/a/7", R"({"name": "n", "width": 3})"),
              R"(200 [{"name":"n","width":3},{"name":"a/shelves/a/7","width":null}])");
    EXPECT_EQ(ask("PUT", "/shelves/a/7", R"({"width": "x"})"),
              R"(422 {"detail":[{"type":"missing","loc":["body","name"],"msg":"name: is missing","input":""}]})");
    EXPECT_EQ(ask("PUT", "/shelves/a/7", "{").substr(0, 4), "422 ");
}

TEST_F(HandlerTest, gets_and_gives_plain_text)
{
    EXPECT_EQ(ask("PUT", "/name", "x"), "200 now x");
    EXPECT_EQ(ask("POST", "/files"), "200 0");
    EXPECT_EQ(router.match("POST", "/files")->route->body_kind, BodyKind::upload);
    EXPECT_EQ(router.match("PUT", "/name")->route->body_kind, BodyKind::memory);
}

TEST_F(HandlerTest, is_told_in_the_api_document)
{
    auto const document = api_document(router, "Things", "1.2");
    EXPECT_EQ(document.at("openapi"), "3.1.0");
    auto const& find = document.at("paths").at("/shelves/{shelf}/{number}").at("get");
    EXPECT_EQ(find.at("summary"), "Finds a thing.");
    EXPECT_EQ(find.at("parameters").as_array().size(), 6u);
    auto const& colour = find.at("parameters").at(2);
    EXPECT_EQ(colour.at("name"), "colour");
    EXPECT_EQ(colour.at("in"), "query");
    EXPECT_EQ(colour.at("required"), false);
    EXPECT_EQ(find.at("responses").at("200").at("content").at("application/json").at("schema").at("$ref"),
              "#/components/schemas/Thing");
    auto const& put = document.at("paths").at("/shelves/{shelf}/{number}").at("put");
    EXPECT_EQ(put.at("requestBody").at("content").at("application/json").at("schema").at("$ref"),
              "#/components/schemas/Thing");
    EXPECT_TRUE(put.as_object().contains("security"));
    EXPECT_TRUE(document.at("components").at("schemas").at("Thing").at("properties").as_object().contains("width"));
}

TEST_F(HandlerTest, is_shown_to_people_without_anything_from_elsewhere)
{
    router.add("GET", "/<script>", [](Request) -> Task<Result<Response>> { co_return text_response(""); });
    auto const page = api_page(api_document(router, "Things & more", "1.2"), "");
    EXPECT_NE(page.find("Things &amp; more"), std::string::npos);
    EXPECT_NE(page.find("<code>/shelves/{shelf}/{number}</code>"), std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("//"), page.find("//", page.size())); // no address of another server
}

} // namespace
} // namespace learning_loop::http

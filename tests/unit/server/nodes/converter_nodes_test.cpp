#include "learning_loop/server/nodes/converter_nodes.h"

#include "learning_loop/server/accounts/accounts.h"

#include "support/raw_engineio.h"
#include "support/run.h"
#include "unit/server/server_fixture.h"

#include <functional>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace learning_loop {
namespace {

using Packets = std::vector<std::string>;

/// A node that is connected by long-polling, whose requests go through the router as every other one.
class PollingNode {
public:
    using Ask = std::function<http::Response(std::string method, std::string target, std::string body)>;

    explicit PollingNode(Ask ask) : ask_(std::move(ask))
    {
        target_ = test::engine_target("/ws/socket.io", "polling", test::sid_in(get()));
        post("40");
        EXPECT_TRUE(get().starts_with("40")) << "it is not let in";
    }

    /// What the Loop has sent since the last time; waits until there is something.
    Packets poll()
    {
        Packets packets;
        std::istringstream text(get());
        for (std::string packet; std::getline(text, packet, test::payload_separator);) packets.push_back(packet);
        return packets;
    }

    /// The same without waiting.
    Packets heard()
    {
        post(R"(427["are_you_there"])"); // an unknown event, whose ack comes behind what was sent before
        Packets packets;
        while (packets.empty() || packets.back() != "437[]") {
            auto const more = poll();
            if (more.empty()) throw std::runtime_error("the Loop has ended the session");
            packets.insert(packets.end(), more.begin(), more.end());
        }
        packets.pop_back();
        return packets;
    }

private:
    std::string get() { return std::get<std::string>(ask_("GET", target_, "").body); }
    void post(std::string const& packet) { EXPECT_EQ(ask_("POST", target_, packet).status, 200) << packet; }

    Ask ask_;
    std::string target_ = test::engine_target("/ws/socket.io", "polling");
};

struct ConverterNodesTest : ServerTest {
    PollingNode connect(std::string const& authorization, std::string const& kind = "converter")
    {
        return PollingNode([this, authorization, kind](auto const& method, auto const& target, auto const& body) {
            http::Headers headers{{"nodeType", kind}, {"Authorization", authorization}};
            auto const admin = std::exchange(caller, std::nullopt);
            auto response = ask(method, target, body, std::move(headers));
            caller = admin;
            return response;
        });
    }
    PollingNode connect_for(std::string const& project)
    {
        return connect(token_of(store::TokenKind::node, "converter of " + project, project));
    }

    std::string upload(std::string const& path, std::string const& weights = "weights")
    {
        auto const answer = post_files(path, {{"model.a", weights}});
        EXPECT_EQ(answer.status, 200) << text_of(answer);
        return std::string(json_of(answer).at("id").as_string());
    }
    http::Response put_format(std::string const& model, std::string const& format, std::string const& content)
    {
        return ask("PUT", field + "/models/" + model + "/" + format + "/file",
                   test::multipart_body({{"model.b", content}}), {{"Content-Type", test::multipart_type}});
    }

    std::string const field = empty_project();
    std::string const of_field = R"(42["models_changed","demo","field"])";
};

TEST_F(ConverterNodesTest, hear_of_each_model_and_format_that_is_added_and_of_each_model_that_is_removed)
{
    auto node = connect_for("field");
    auto const model = upload(field + "/models/format_a");
    EXPECT_EQ(node.heard(), Packets{of_field});
    EXPECT_EQ(put_format(model, "format_b", "converted").status, 200);
    EXPECT_EQ(node.heard(), Packets{of_field});
    upload(field + "/format_a", "other weights");
    EXPECT_EQ(node.heard(), Packets{of_field});
    EXPECT_EQ(ask("DELETE", field + "/models/" + model).status, 200);
    EXPECT_EQ(node.heard(), Packets{of_field});
}

TEST_F(ConverterNodesTest, hear_nothing_where_nothing_has_changed)
{
    auto const model = upload(field + "/models/format_a");
    auto node = connect_for("field");
    upload(field + "/models/format_a"); // the same again
    EXPECT_EQ(put_format(model, "format_a", "other weights").status, 409);
    EXPECT_EQ(ask("DELETE", field + "/models/there-is-none").status, 404);
    EXPECT_EQ(post_files(field + "/models/format_a", {{"model.json", "{"}}).status, 422);
    EXPECT_EQ(node.heard(), Packets());
}

TEST_F(ConverterNodesTest, hear_of_generated_models_and_of_no_project_that_they_may_not_see)
{
    generate(R"({"project_name": "other"})");
    auto for_all = connect(token_of(store::TokenKind::node, "converter of all"));
    auto for_field = connect_for("field");
    auto for_other = connect_for("other");
    EXPECT_EQ(generate(R"({"project_name": "third", "models": ["1.0"]})").status, 200);
    upload("/api/demo/projects/other/models/format_a");
    auto const of_other = R"(42["models_changed","demo","other"])";
    EXPECT_EQ(for_all.heard(), (Packets{R"(42["models_changed","demo","third"])", of_other}));
    EXPECT_EQ(for_other.heard(), Packets{of_other});
    EXPECT_EQ(for_field.heard(), Packets());
}

TEST_F(ConverterNodesTest, alone_hear_it)
{
    for (auto const* kind : {"trainer", "annotation_node", "detector", "node"}) {
        auto node = connect(token_of(store::TokenKind::node, kind, "field"), kind);
        upload(field + "/models/format_a", kind);
        EXPECT_EQ(node.heard(), Packets()) << kind;
    }
}

TEST_F(ConverterNodesTest, are_disconnected_instead_when_their_token_was_revoked)
{
    auto revoked = connect_for("field");
    auto const number = accounts().tokens().begin()->first;
    auto other = connect(token_of(store::TokenKind::node, "another", "field"));
    EXPECT_TRUE(test::Io(executor()).run(accounts().revoke_token(number)));
    upload(field + "/models/format_a");
    upload(field + "/models/format_a", "other weights");
    EXPECT_EQ(other.heard(), (Packets{of_field, of_field}));
    EXPECT_EQ(revoked.poll(), Packets{"41"}); // it leaves the namespace
}

} // namespace
} // namespace learning_loop

#include "learning_loop/server/nodes/node_hub.h"

#include "learning_loop/http/api/router.h"
#include "learning_loop/server/accounts/accounts.h"

#include "support/run.h"
#include "unit/server/server_fixture.h"

#include <map>
#include <set>

namespace learning_loop {
namespace {

/// Who may send an event, in this order: nobody from elsewhere, nobody on this machine, a node, a node of another
/// project, a script, a script of another project, a user.
using Row = std::vector<bool>;

Row const detectors{false, true, true, false, true, false, true}; // of a project
Row const nodes_of_a_project{false, false, true, false, true, false, true};
Row const nodes{false, false, true, true, true, true, true}; // they tell of no project

/// Each event that nodes may send. One that is not here fails the test.
std::map<std::string, Row> const expected{
    {"update_trainer", nodes},
    {"update_annotation_node", nodes},
    {"update_training", nodes_of_a_project},
    {"update_segmentation_annotation", nodes_of_a_project},
    {"update_detector", detectors},
};

/// Each kind of node and who may connect as one.
std::map<std::string, Row> const expected_kinds{
    {"trainer", nodes},
    {"annotation_node", nodes},
    {"converter", nodes},
    {"node", nodes},
    {"detector", {false, true, true, true, true, true, true}},
    {"robot", Row(7, false)},
    {"", Row(7, false)},
};

struct EventAccessTest : ServerTest {
    /// A connection as the server makes it: its caller is that of the handshake.
    socketio::PeerPtr peer_of(std::size_t who, std::string const& kind)
    {
        auto match = router().match("GET", "/ws/socket.io");
        http::Request handshake;
        handshake.method = "GET";
        handshake.sender.address = who == 0 ? "10.0.0.1" : "127.0.0.1";
        if (!authorizations[who].empty()) handshake.headers.add("Authorization", authorizations[who]);
        EXPECT_TRUE(router().admit(*match->route, handshake));
        auto peer = std::make_shared<socketio::Peer>();
        peer->id = std::to_string(who);
        peer->headers = handshake.headers;
        peer->headers.add("nodeType", kind);
        peer->caller = handshake.caller;
        return peer;
    }

    bool may_connect(std::size_t who, std::string const& kind)
    {
        return test::Io(executor()).run(hub().admit(peer_of(who, kind))).has_value();
    }

    bool may_send(std::size_t who, std::string const& event)
    {
        auto arguments = socketio::Arguments::of("demo", "field", report(who));
        if (event == "update_trainer" || event == "update_annotation_node")
            arguments = socketio::Arguments::of(report(who));
        auto const ack =
            test::Io(executor()).run(hub().events().answer_to(event, peer_of(who, "trainer"), std::move(arguments)));
        if (ack) return true;
        auto const& message = ack.error().message;
        return ack.error().code == Errc::unprocessable || message.starts_with("no training found") ||
               message.starts_with("the project has no image"); // whoever gets that far may send it
    }

    /// What any of the events takes.
    boost::json::value report(std::size_t who) const
    {
        auto const id = "node-" + std::to_string(who);
        std::string const name = who == 3 ? "cam2" : "cam1";
        return {{"id", id},
                {"name", name},
                {"state", "online"},
                {"trainer_id", id},
                {"shape", {{"points", boost::json::array()}}},
                {"image_id", key + "0"},
                {"category_id", "c"}};
    }

    std::vector<std::string> authorizations = authorizations_of_all();
};

TEST_F(EventAccessTest, every_event_is_taken_from_whom_it_is_for_and_nobody_else)
{
    std::set<std::string> names, listed;
    for (auto const& name : hub().events().names()) names.insert(name);
    for (auto const& [name, row] : expected) {
        listed.insert(name);
        Row answers;
        for (std::size_t who = 0; who < authorizations.size(); ++who) answers.push_back(may_send(who, name));
        EXPECT_EQ(answers, row) << name;
    }
    EXPECT_EQ(names, listed);
}

TEST_F(EventAccessTest, every_kind_of_node_connects_with_the_login_that_it_needs)
{
    for (auto const& [kind, row] : expected_kinds) {
        Row answers;
        for (std::size_t who = 0; who < authorizations.size(); ++who) answers.push_back(may_connect(who, kind));
        EXPECT_EQ(answers, row) << kind;
    }
}

TEST_F(EventAccessTest, an_id_of_a_node_belongs_to_who_used_it_first)
{
    authorizations[3] = token_of(store::TokenKind::node, "cam3", "field");
    auto const send = [&](std::size_t who, std::string const& id, std::string const& name) {
        auto status = socketio::Arguments::of(boost::json::value{{"id", id}, {"name", name}, {"state", "idle"}});
        return test::Io(executor())
            .run(hub().events().answer_to("update_trainer", peer_of(who, "trainer"), std::move(status)));
    };
    EXPECT_TRUE(send(2, "first", "cam1"));
    EXPECT_EQ(send(3, "first", "cam3").error().code, Errc::forbidden);  // the id of another node
    EXPECT_EQ(send(3, "second", "cam1").error().code, Errc::forbidden); // the name of another node
    EXPECT_TRUE(send(3, "second", "cam3"));
    EXPECT_TRUE(send(6, "first", "anything")); // people may speak for every node
}

TEST_F(EventAccessTest, a_token_that_is_revoked_is_not_heard_any_more)
{
    auto const peer = peer_of(2, "trainer");
    auto const send = [&] {
        auto status = socketio::Arguments::of(report(2));
        return test::Io(executor()).run(hub().events().answer_to("update_trainer", peer, std::move(status)));
    };
    EXPECT_TRUE(send());
    auto const number = accounts().tokens().begin()->first;
    EXPECT_TRUE(test::Io(executor()).run(accounts().revoke_token(number)));
    EXPECT_EQ(send().error().code, Errc::unauthorized);
}

} // namespace
} // namespace learning_loop

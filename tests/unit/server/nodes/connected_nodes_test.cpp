#include "learning_loop/server/nodes/connected_nodes.h"

#include "learning_loop/base/log.h"
#include "learning_loop/store/node_repository.h"

#include "support/short_of_space.h"
#include "unit/store/store_fixture.h"

namespace learning_loop {
namespace {

using store::NodeKind;

class ConnectedNodesTest : public store::StoreTest {
protected:
    using Kind = http::Caller::Kind;

    static socketio::PeerPtr peer(http::Caller caller)
    {
        auto made = std::make_shared<socketio::Peer>();
        static int made_before = 0;
        made->id = std::to_string(++made_before);
        made->caller = std::move(caller);
        return made;
    }
    static http::Caller user(std::string name) { return {Kind::user, std::move(name), http::Access::operators, {}}; }
    static http::Caller node(std::string name) { return {Kind::node, std::move(name), http::Access::nodes, {}}; }
    static http::Caller nobody() { return {Kind::nobody, "", http::Access::detectors, {}}; }

    static NodeReport report(std::string id, std::string status = "{}", std::string name = "tom")
    {
        return {NodeKind::trainer, std::move(id), std::move(name), std::move(status)};
    }
    Errc refusal(NodeReport told, socketio::PeerPtr const& by) { return nodes->tell(std::move(told), by).error().code; }

    void load() { nodes.emplace(io.executor(), repository); }
    KnownNode const& known(std::string const& id) { return *nodes->find(NodeKind::trainer, id); }
    void forget(std::string const& id) { ASSERT_TRUE(io.run(nodes->forget(NodeKind::trainer, id))); }

    store::NodeRepository repository{lanes};
    std::optional<ConnectedNodes> nodes{std::in_place, io.executor(), repository};
};

TEST_F(ConnectedNodesTest, a_node_is_known_by_what_it_told_last)
{
    auto const connection = peer(user("ann"));
    ASSERT_TRUE(nodes->tell(report("t", "old"), connection));
    ASSERT_TRUE(nodes->tell(report("t", "new"), connection));
    EXPECT_EQ(known("t").row.status, "new");
    EXPECT_EQ(known("t").row.owner, "people");
    EXPECT_EQ(known("t").peer(), connection);
    EXPECT_FALSE(known("t").row.last_seen.empty());
    EXPECT_EQ(nodes->all().size(), 1U);
    EXPECT_FALSE(nodes->find(NodeKind::annotation_node, "t"));
}

TEST_F(ConnectedNodesTest, a_node_is_gone_with_its_connection_but_still_known)
{
    auto const connection = peer(user("ann")), other = peer(user("ann"));
    ASSERT_TRUE(nodes->tell(report("t"), connection));
    ASSERT_TRUE(nodes->tell(report("u"), other));
    nodes->disconnect(connection);
    EXPECT_FALSE(known("t").is_connected());
    EXPECT_TRUE(known("u").is_connected());
    nodes->disconnect(connection);
    ASSERT_TRUE(nodes->tell(report("t"), connection));
    EXPECT_TRUE(known("t").is_connected());
}

TEST_F(ConnectedNodesTest, the_connection_that_told_last_counts_whichever_ends_first)
{
    auto const lost = peer(user("ann")), next = peer(user("ann"));
    ASSERT_TRUE(nodes->tell(report("t"), lost));
    ASSERT_TRUE(nodes->tell(report("t"), next));
    EXPECT_EQ(nodes->all().size(), 1U); // one node, whatever its connections
    EXPECT_EQ(known("t").peer(), next);
    nodes->disconnect(lost); // noticed late
    EXPECT_EQ(known("t").peer(), next);
    nodes->disconnect(next);
    EXPECT_FALSE(known("t").is_connected());
}

TEST_F(ConnectedNodesTest, a_node_is_gone_with_the_last_of_its_connections)
{
    auto const first = peer(user("ann")), second = peer(user("ann"));
    ASSERT_TRUE(nodes->tell(report("t"), first));
    ASSERT_TRUE(nodes->tell(report("t"), second));
    nodes->disconnect(second);
    EXPECT_EQ(known("t").peer(), first);
    nodes->disconnect(first);
    EXPECT_FALSE(known("t").is_connected());
}

TEST_F(ConnectedNodesTest, one_connection_speaks_for_one_node_of_each_kind)
{
    auto const connection = peer(user("ann"));
    ASSERT_TRUE(nodes->tell(report("t"), connection));
    ASSERT_TRUE(nodes->tell({NodeKind::annotation_node, "t", "tom", "{}"}, connection));
    EXPECT_EQ(refusal(report("another"), connection), Errc::unprocessable);
    ASSERT_EQ(nodes->all().size(), 2U);
    nodes->disconnect(connection);
    EXPECT_FALSE(known("t").is_connected());
    EXPECT_FALSE(nodes->find(NodeKind::annotation_node, "t")->is_connected());
}

TEST_F(ConnectedNodesTest, ids_and_reports_have_a_longest_length)
{
    auto const connection = peer(user("ann"));
    EXPECT_EQ(refusal(report(""), connection), Errc::unprocessable);
    EXPECT_EQ(refusal(report(std::string(256, 'i')), connection), Errc::unprocessable);
    EXPECT_EQ(refusal(report("t", std::string(64 * 1024 + 1, ' ')), connection), Errc::unprocessable);
    EXPECT_TRUE(nodes->tell(report(std::string(255, 'i')), connection));
    EXPECT_TRUE(nodes->tell(report("NOD30000-1", "{}", ""), peer(user("ann"))));
}

TEST_F(ConnectedNodesTest, a_report_has_up_to_64_kib)
{
    auto const connection = peer(user("ann"));
    EXPECT_TRUE(nodes->tell(report("t", std::string(64 << 10, ' ')), connection));
    EXPECT_EQ(refusal(report("t", std::string((64 << 10) + 1, ' ')), connection), Errc::unprocessable);
}

TEST_F(ConnectedNodesTest, a_nodes_token_is_for_the_node_of_its_name)
{
    auto const tom = peer(node("tom"));
    auto const refused = nodes->tell(report("t", "{}", "ann"), tom).error();
    EXPECT_EQ(refused.code, Errc::forbidden);
    EXPECT_TRUE(refused.message.starts_with("name: ")) << refused.message;
    EXPECT_FALSE(nodes->find(NodeKind::trainer, "t"));
    EXPECT_TRUE(nodes->tell(report("t", "{}", "tom"), tom));
    EXPECT_EQ(known("t").row.owner, "node tom");
    EXPECT_TRUE(nodes->tell(report("u", "{}", "anything"), peer(user("ann"))));
}

TEST_F(ConnectedNodesTest, an_id_belongs_to_whoever_used_it_first)
{
    ASSERT_TRUE(nodes->tell(report("t", "first", "tom"), peer(node("tom"))));
    auto const refused = nodes->tell(report("t", "stolen", "ann"), peer(node("ann"))).error();
    EXPECT_EQ(refused.code, Errc::forbidden);
    EXPECT_TRUE(refused.message.starts_with("id: ")) << refused.message;
    EXPECT_NE(refused.message.find("node tom"), std::string::npos) << refused.message;
    EXPECT_EQ(refusal(report("t"), peer(nobody())), Errc::forbidden);
    EXPECT_EQ(known("t").row.status, "first");
    EXPECT_TRUE(nodes->tell(report("t", "again", "tom"), peer(node("tom"))));                   // of another connection
    EXPECT_TRUE(nodes->tell({NodeKind::annotation_node, "t", "ann", "{}"}, peer(node("ann")))); // another node
}

TEST_F(ConnectedNodesTest, people_may_speak_for_every_node_and_scripts_work_for_them)
{
    ASSERT_TRUE(nodes->tell(report("t", "{}", "tom"), peer(node("tom"))));
    EXPECT_TRUE(nodes->tell(report("t", "of ann", "tom"), peer(user("ann"))));
    EXPECT_EQ(known("t").row.status, "of ann");
    EXPECT_TRUE(nodes->tell(report("t"), peer({Kind::script, "sync", http::Access::people, {}})));
    EXPECT_EQ(known("t").row.owner, "node tom"); // it stays that node's
    EXPECT_TRUE(nodes->tell(report("t", "{}", "tom"), peer(node("tom"))));
    EXPECT_EQ(refusal(report("t", "{}", "ann"), peer(node("ann"))), Errc::forbidden);
}

TEST_F(ConnectedNodesTest, a_login_for_one_project_does_not_reach_the_nodes_of_another)
{
    auto of = [](http::Caller caller, std::string const& project) {
        caller.only = http::ProjectScope{"demo", project};
        return caller;
    };
    http::Caller const script{Kind::script, "sync", http::Access::people, {}};
    ASSERT_TRUE(nodes->tell(report("t", "{}", "tom"), peer(of(node("tom"), "field"))));
    EXPECT_EQ(known("t").row.owner, "node tom of demo/field");
    EXPECT_EQ(refusal(report("t", "{}", "tom"), peer(of(node("tom"), "other"))), Errc::forbidden);
    EXPECT_EQ(refusal(report("t"), peer(of(script, "other"))), Errc::forbidden);
    EXPECT_TRUE(nodes->tell(report("t"), peer(script)));
}

TEST_F(ConnectedNodesTest, what_was_known_before_a_restart_is_known_and_is_not_connected)
{
    ASSERT_TRUE(io.run(repository.keep({{NodeKind::trainer, "t", "node tom", "idle", "2026"}})));
    load();
    EXPECT_FALSE(known("t").is_connected());
    EXPECT_EQ(known("t").row.last_seen, "2026");
    EXPECT_EQ(refusal(report("t", "{}", "ann"), peer(node("ann"))), Errc::forbidden);
    EXPECT_TRUE(nodes->tell(report("t", "{}", "tom"), peer(node("tom"))));
}

TEST_F(ConnectedNodesTest, what_was_told_is_kept_once_the_disk_has_room)
{
    ASSERT_TRUE(nodes->tell(report("t", "told"), peer(node("tom"))));
    {
        test::ShortOfSpace const full(1000);
        io.run(nodes->keep_changed());
    }
    EXPECT_EQ(repository.load_at_start().size(), 0U);
    io.run(nodes->keep_changed());
    load();
    EXPECT_EQ(known("t").row.status, "told");
}

TEST_F(ConnectedNodesTest, a_node_that_is_gone_can_be_forgotten_and_its_id_is_free)
{
    ASSERT_TRUE(io.run(repository.keep({{NodeKind::trainer, "t", "node tom", "idle", "2026"}})));
    load();
    auto const connection = peer(node("tom"));
    ASSERT_TRUE(nodes->tell(report("t"), connection));
    EXPECT_EQ(io.run(nodes->forget(NodeKind::trainer, "t")).error().code, Errc::conflict);
    EXPECT_EQ(io.run(nodes->forget(NodeKind::trainer, "u")).error().code, Errc::not_found);
    nodes->disconnect(connection);
    forget("t");
    EXPECT_FALSE(nodes->find(NodeKind::trainer, "t"));
    EXPECT_EQ(rows_in("nodes"), 0);
    EXPECT_TRUE(nodes->tell(report("t", "{}", "ann"), peer(node("ann"))));
}

/// The most that are kept, in memory and in the database.
class ManyNodesTest : public ConnectedNodesTest {
protected:
    ManyNodesTest()
    {
        log::set_level(log::Level::error);
        std::vector<store::NodeRow> rows;
        for (std::size_t i = 0; i < ConnectedNodes::max_nodes; ++i) {
            auto const number = std::to_string(10'000 + i);
            rows.push_back({NodeKind::trainer, number, "people", "{}", "2026-" + number});
        }
        rows[7].last_seen = "2025";
        EXPECT_TRUE(io.run(repository.keep(std::move(rows))));
        load();
    }
    ~ManyNodesTest() override { log::set_level(log::Level::info); }
};

TEST_F(ManyNodesTest, beyond_ten_thousand_the_one_that_is_gone_for_the_longest_time_is_forgotten)
{
    ASSERT_TRUE(nodes->tell(report("10007"), peer(user("ann")))); // it is back, so it is not the one
    ASSERT_TRUE(nodes->tell(report("new"), peer(user("ann"))));
    EXPECT_EQ(nodes->all().size(), ConnectedNodes::max_nodes);
    EXPECT_TRUE(nodes->find(NodeKind::trainer, "new"));
    EXPECT_TRUE(nodes->find(NodeKind::trainer, "10007"));
    EXPECT_FALSE(nodes->find(NodeKind::trainer, "10000"));
    EXPECT_TRUE(nodes->find(NodeKind::trainer, "10001"));
}

TEST_F(ManyNodesTest, no_node_that_is_connected_is_forgotten_for_another)
{
    for (std::size_t i = 0; i < ConnectedNodes::max_nodes; ++i)
        ASSERT_TRUE(nodes->tell(report(std::to_string(10'000 + i)), peer(user("ann"))));
    EXPECT_EQ(refusal(report("new"), peer(user("ann"))), Errc::unavailable);
    EXPECT_TRUE(nodes->tell(report("10000"), peer(user("ann")))); // who is known is told of as before
    EXPECT_EQ(nodes->all().size(), ConnectedNodes::max_nodes);
}

} // namespace
} // namespace learning_loop

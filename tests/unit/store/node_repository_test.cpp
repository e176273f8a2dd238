#include "learning_loop/store/node_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

class NodeRepositoryTest : public StoreTest {
protected:
    NodeRepository nodes{lanes};

    static NodeRow row_of(NodeKind kind, std::string const& id, std::string const& status = "{}")
    {
        return {kind, id, "node " + id, status, "2026-01-01T00:00:00"};
    }
    void keep(std::vector<NodeRow> rows) { ASSERT_TRUE(test::run(nodes.keep(std::move(rows)))); }

    std::string ids()
    {
        std::string text;
        for (auto const& node : nodes.load_at_start())
            text += (node.kind == NodeKind::trainer ? "t:" : "a:") + node.id + ' ';
        return text;
    }
};

TEST_F(NodeRepositoryTest, what_nodes_told_is_there_after_a_restart)
{
    keep({row_of(NodeKind::trainer, "NOD30000-1", R"({"state":"idle"})")});
    auto const all = NodeRepository(lanes).load_at_start();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].kind, NodeKind::trainer);
    EXPECT_EQ(all[0].id, "NOD30000-1");
    EXPECT_EQ(all[0].owner, "node NOD30000-1");
    EXPECT_EQ(all[0].status, R"({"state":"idle"})");
    EXPECT_EQ(all[0].last_seen, "2026-01-01T00:00:00");
}

TEST_F(NodeRepositoryTest, the_newest_report_of_each_node_counts)
{
    keep({row_of(NodeKind::trainer, "1", "old"), row_of(NodeKind::trainer, "2", "other")});
    keep({row_of(NodeKind::trainer, "1", "new")});
    auto const all = nodes.load_at_start();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].status, "new");
    EXPECT_EQ(all[1].status, "other");
}

TEST_F(NodeRepositoryTest, the_same_id_of_another_kind_is_another_node)
{
    keep({row_of(NodeKind::trainer, "1"), row_of(NodeKind::annotation_node, "1"), row_of(NodeKind::trainer, "2")});
    EXPECT_EQ(ids(), "a:1 t:1 t:2 ");
    ASSERT_TRUE(test::run(nodes.forget(NodeKind::trainer, "1")));
    EXPECT_EQ(ids(), "a:1 t:2 ");
}

TEST_F(NodeRepositoryTest, forgetting_one_that_is_not_known_does_no_harm)
{
    keep({row_of(NodeKind::trainer, "1")});
    EXPECT_TRUE(test::run(nodes.forget(NodeKind::trainer, "2")));
    EXPECT_TRUE(test::run(nodes.forget(NodeKind::annotation_node, "1")));
    EXPECT_EQ(ids(), "t:1 ");
}

} // namespace
} // namespace learning_loop::store

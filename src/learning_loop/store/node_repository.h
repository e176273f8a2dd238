#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/training_tables.h"

#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// What trainers and annotation nodes told last, so that it is known of those that are gone, too.
class NodeRepository {
public:
    explicit NodeRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    std::vector<NodeRow> load_at_start();                ///< Blocks, and nobody may use the lanes yet.
    Task<Result<void>> keep(std::vector<NodeRow> nodes); ///< All of them or none.
    Task<Result<void>> forget(NodeKind kind, std::string id);

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store

#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/networks.h"
#include "learning_loop/http/server/command_socket.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/server/access/loop_door.h"
#include "learning_loop/server/accounts/accounts.h"
#include "learning_loop/server/admin/admin_desk.h"
#include "learning_loop/server/images/thumbnails.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/server/nodes/annotation_nodes.h"
#include "learning_loop/server/nodes/connected_nodes.h"
#include "learning_loop/server/nodes/converter_nodes.h"
#include "learning_loop/server/nodes/detector_events.h"
#include "learning_loop/server/nodes/detector_reports.h"
#include "learning_loop/server/nodes/node_hub.h"
#include "learning_loop/server/trainings/connected_trainers.h"
#include "learning_loop/server/trainings/dataset_snapshots.h"
#include "learning_loop/server/trainings/trainer_events.h"
#include "learning_loop/server/trainings/trainings.h"
#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/category_repository.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/detection_repository.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/file_removals.h"
#include "learning_loop/store/image_editor.h"
#include "learning_loop/store/image_intake.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/node_repository.h"
#include "learning_loop/store/project_removals.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/training_repository.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

class Runner;

struct LoopOptions {
    std::filesystem::path data_folder; ///< Absolute.
    http::Networks anonymous_nodes;    ///< Whose detectors need no login.
    FirstAccount first_account;
    std::uint64_t min_free_disk_bytes = 0;
};

/// What the Loop consists of, in the order of its dependency, which is also the order of its life.
class LoopParts final : public Parts {
public:
    /// Opens what is in the data folder, or begins it, and adds the routes to the runner's router. They must not be
    /// asked for any more once the parts are gone. Blocks; throws DatabaseError.
    LoopParts(Runner& runner, LoopOptions const& options);

    void start(TaskGroup& tasks) override;
    Task<> disconnect() override;

    /// The password that was drawn for the first account; absent if none was.
    std::optional<Secret> const& drawn_password() const { return drawn_password_; }

    Accounts& accounts() { return accounts_; }
    store::ProjectRepository& projects() { return projects_; }
    NodeHub& hub() { return hub_; }

private:
    void forget(std::int64_t project);
    ModelsChanged tell_converters();

    std::string url_;
    store::BlobFiles files_;
    store::DatabaseLanes database_;
    store::FileRemovals file_removals_;
    store::ProjectRepository projects_{database_};
    store::CategoryRepository categories_{database_};
    store::ImageRepository images_{database_, files_};
    store::ImageIntake image_intake_{database_, files_};
    store::DetectionRepository detections_{database_};
    store::ModelRepository models_;
    store::DetectorRepository detectors_{database_};
    store::TrainingRepository training_rows_{database_};
    store::NodeRepository node_rows_{database_};
    store::AccountRepository account_rows_{database_};
    store::ProjectRemovals project_removals_;
    store::ImageEditor image_editor_{database_, file_removals_};
    Accounts accounts_;
    LoopDoor door_;
    AdminDesk desk_;
    CommandSocket commands_;
    Thumbnails thumbnails_;
    Pool checking_{"the image check", 2, 100};
    Pool rendering_{"the image generator", 2, 20};
    Lane packing_{"the model intake", 20};
    ModelIntake intake_;
    DatasetSnapshots datasets_;
    NodeHub hub_;
    ConnectedNodes nodes_;
    ConverterNodes converters_{hub_};
    ConnectedTrainers trainers_{hub_, nodes_};
    Trainings trainings_;
    DetectorReports detector_reports_{detectors_};
    TrainerEvents trainer_events_{hub_, trainers_, trainings_};
    DetectorEvents detector_events_{hub_, projects_, models_, detector_reports_};
    AnnotationNodes annotation_nodes_{hub_, nodes_, projects_, images_, image_editor_};
    std::optional<Secret> drawn_password_;
};

} // namespace learning_loop

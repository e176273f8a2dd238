#pragma once

namespace learning_loop {

class ConnectedNodes;
class ConnectedTrainers;
class DatasetSnapshots;
class ModelIntake;
class Trainings;
namespace http {
class Router;
}
namespace store {
class ProjectRepository;
class TrainingRepository;
} // namespace store

struct TrainingApiParts {
    Trainings& trainings;
    store::TrainingRepository& repository;
    store::ProjectRepository& projects;
    DatasetSnapshots& datasets;
    ConnectedNodes& nodes;
    ConnectedTrainers& trainers;
};

/// Trainings are begun and ended, and what they told is listed. The parts must outlive the router.
void add_training_api(http::Router& router, TrainingApiParts const& parts);

/// Trainers upload the models of their trainings here. The parts must outlive the router.
void add_training_upload_api(http::Router& router, TrainingApiParts const& parts, ModelIntake& intake);

} // namespace learning_loop

#include "learning_loop/trainer/trainer_page.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/trainer/steps/training_states.h"
#include "learning_loop/trainer/training_runner.h"

namespace learning_loop {
namespace {

NodeJob job_of(ActiveTraining const& active, TrainerState state)
{
    NodeJob job;
    job.what = name_of(active.record);
    job.step = words_of(state);
    job.progress = active.progress();
    job.progress_since = active.progress_since();
    job.since = timestamp_of(begin_of(active.record));
    return job;
}

std::string images_of(DatasetCounts const& images)
{
    return std::to_string(images.train) + " to train, " + std::to_string(images.val) + " to select with, " +
           std::to_string(images.test) + " to test";
}

void add_facts(NodeStatus& status, TrainingRecord const& record)
{
    status.facts.push_back({"Images", images_of(record.images)});
    status.facts.push_back({"Corrupt images left out", std::to_string(record.images.corrupt)});
    status.facts.push_back({"Images that the Loop lacks", std::to_string(record.images.missing)});
    if (record.best && record.best->epoch) status.facts.push_back({"Best epoch", std::to_string(*record.best->epoch)});
    status.facts.push_back({"Best states told", std::to_string(record.states_published)});
    if (record.detections > 0) {
        status.facts.push_back({"Detections sent", std::to_string(record.detections_sent) + " of " +
                                                       std::to_string(record.detections) + " images"});
    }
}

/// Of what nearly every trainer calls so.
Aim aim_of(std::string const& metric)
{
    return lower_case(metric).find("loss") == std::string::npos ? Aim::unknown : Aim::low;
}

void add_curves(NodeStatus& status, std::vector<PublishedScore> const& scores, TrainingWatch const& watch)
{
    if (!scores.empty()) {
        NodeCurve curve{"F1 of the best states", "epoch", {}, "", Aim::high};
        for (auto const& score : scores) curve.points.push_back({score.epoch, score.f1});
        status.curves.push_back(std::move(curve));
    }
    for (auto const& [name, points] : watch.curves()) {
        NodeCurve curve{printable(name), watch.has_epochs() ? "epoch" : "seconds", {}, "", aim_of(name)};
        for (auto const& point : points) curve.points.push_back({point.x, point.y});
        status.curves.push_back(std::move(curve));
    }
}

NodeResult result_of(EndedTraining const& ended)
{
    bool const is_failure = ended.course == TrainingCourse::given_up;
    return {ended.ended, ended.name, is_failure ? "given up: " + ended.reason : words_of(ended.course), is_failure};
}

} // namespace

void add_training(NodeStatus& status, TrainingRunner const& trainings)
{
    auto const* const active = trainings.active();
    if (active) {
        status.jobs.push_back(job_of(*active, trainings.state()));
        add_facts(status, active->record);
        auto const name = name_of(active->record);
        auto const which = "?training=" + active->record.id; // another one may have begun when the button is pressed
        if (trainings.state() == TrainerState::running)
            status.actions.push_back({"Stop training", "/stop_training" + which,
                                      "The process ends, and the best model so far goes to the Loop.",
                                      "End " + name + " now, and keep the best model so far?"});
        status.actions.push_back({"Abort training", "/abort_training" + which, "The training is aborted.",
                                  "End " + name + " now, and throw away what it has learned?"});
    }
    status.idle = trainings.state() == TrainerState::blocked ? "Waits for a trainer beside it, which has the slot."
                                                             : "Waits for a training.";
    add_curves(status, active ? active->record.scores : trainings.watch().last_scores, trainings.watch());
    if (!trainings.watch().last_lines.empty()) status.log = NodeLog{"last_training.log", trainings.watch().last_lines};
    for (auto const& ended : trainings.ended()) status.results.push_back(result_of(ended));
}

} // namespace learning_loop

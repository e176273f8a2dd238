#pragma once

#include "learning_loop/data/training.h"
#include "learning_loop/trainer/dataset/dataset.h"
#include "learning_loop/trainer/logic/training.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// What somebody, or something, has decided about a training.
enum class TrainingCourse {
    goes_on,
    stopped,  ///< The process is to end, or has; the rest follows.
    aborted,  ///< Nothing of it is wanted.
    given_up, ///< It cannot go on.
    done
};
BOOST_DESCRIBE_ENUM(TrainingCourse, goes_on, stopped, aborted, given_up, done)

/// The best state that the Loop was told of last. Its files lie in the training's folder.
struct PublishedState {
    std::map<std::string, CategoryCounts> confusion_matrix;
    std::optional<int> epoch;
    Hyperparameters chosen;
    std::map<std::string, boost::json::value> description;
    std::string folder;                                    ///< Name of the folder with its files.
    std::map<std::string, std::vector<std::string>> files; ///< Their names there, by the format.
    std::string mark;                                      ///< Of the logic.
};
BOOST_DESCRIBE_STRUCT(PublishedState, (), (confusion_matrix, epoch, chosen, description, folder, files, mark))

/// A point of the curve that people see.
struct PublishedScore {
    double epoch = 0; ///< Or the how manieth it was, of a trainer without epochs.
    double f1 = 0;    ///< Unweighted mean of the categories.
};
BOOST_DESCRIBE_STRUCT(PublishedScore, (), (epoch, f1))

/// All that a trainer must not forget about its training: it is written at each step. The images are not in it, so it
/// stays small.
struct TrainingRecord {
    static constexpr std::size_t max_scores = 500;

    std::string id; ///< A UUID.
    Context context;
    TrainingDetails details;
    TrainerState state = TrainerState::initialized; ///< Never one that goes on, but the one before it.
    TrainingCourse course = TrainingCourse::goes_on;
    std::string reason;        ///< Why it was given up.
    std::string failed_step;   ///< Under which key that is told.
    bool keeps_model = false;  ///< The Loop has not taken the model: its files are put aside.
    std::int64_t begun_ms = 0; ///< Milliseconds since 1970.
    DatasetCounts images;
    bool has_base_model = false;
    bool has_run = false; ///< A process was, or was about to be, started.
    std::optional<PublishedState> best;
    bool best_is_of_earlier_run = false; ///< A process began from scratch since: what it makes has to be better.
    std::vector<PublishedScore> scores;
    std::int64_t states_published = 0;
    std::map<std::string, std::string> uploaded; ///< Formats that the Loop has, and the model's id in its words.
    std::string model_id;                        ///< Of the model in the Loop; empty: not known.
    std::int64_t detections = 0;                 ///< Images that were looked at.
    std::int64_t detections_sent = 0;            ///< Of these, those that the Loop has taken.
    std::uint64_t bytes_sent = 0;                ///< Of the file of detections.
};
BOOST_DESCRIBE_STRUCT(TrainingRecord, (),
                      (id, context, details, state, course, reason, failed_step, keeps_model, begun_ms, images,
                       has_base_model, has_run, best, best_is_of_earlier_run, scores, states_published, uploaded,
                       model_id, detections, detections_sent, bytes_sent))

/// 2PR/(P+R), of precision and recall; what would divide by zero is 0.
double f1_of(CategoryCounts const& counts);

/// The unweighted mean of the categories' F1; what would divide by zero is 0.
double mean_f1(std::map<std::string, CategoryCounts> const& confusion_matrix);

/// When it began.
std::chrono::system_clock::time_point begin_of(TrainingRecord const& record);

/// `training #3 of zauberzeug/demo`
std::string name_of(TrainingRecord const& record);

} // namespace learning_loop

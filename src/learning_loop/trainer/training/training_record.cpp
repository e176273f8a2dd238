#include "learning_loop/trainer/training/training_record.h"

namespace learning_loop {

double f1_of(CategoryCounts const& counts)
{
    auto const twice = 2.0 * static_cast<double>(counts.tp);
    auto const all = twice + static_cast<double>(counts.fp + counts.fn);
    return all > 0 ? twice / all : 0;
}

double mean_f1(std::map<std::string, CategoryCounts> const& confusion_matrix)
{
    if (confusion_matrix.empty()) return 0;
    double sum = 0;
    for (auto const& [category, counts] : confusion_matrix) sum += f1_of(counts);
    return sum / static_cast<double>(confusion_matrix.size());
}

std::chrono::system_clock::time_point begin_of(TrainingRecord const& record)
{
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(record.begun_ms));
}

std::string name_of(TrainingRecord const& record)
{
    return "training #" + std::to_string(record.details.training_number) + " of " + record.context.organization + "/" +
           record.context.project;
}

} // namespace learning_loop

#include "learning_loop/converter/conversion_choice.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/json/json.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace learning_loop {
namespace {

std::string fingerprint_of(ModelWithFormats listed, ConversionFormats const& formats, std::string const& node_version)
{
    std::ranges::sort(listed.formats);
    boost::json::array const all{to_json(listed), formats.source, formats.target, node_version};
    return hex(sha256(to_text(all)));
}

} // namespace

SourceModel source_model(Context project, ModelWithFormats listed, ConversionFormats const& formats,
                         std::string const& node_version)
{
    auto fingerprint = fingerprint_of(listed, formats, node_version);
    return {std::move(project), std::move(listed), std::move(fingerprint)};
}

bool lacks_format(SourceModel const& model, std::string const& format)
{
    return std::ranges::find(model.listed.formats, format) == model.listed.formats.end();
}

void sort_newest_first(std::vector<SourceModel>& models)
{
    std::ranges::stable_sort(models, std::greater(),
                             [](auto const& model) { return model.listed.created.value_or(""); });
}

std::vector<SourceModel> in_turns(std::vector<SourceModel> models, Context const& last)
{
    sort_newest_first(models);
    std::map<std::string, std::size_t> turns; // of each project
    std::vector<std::tuple<std::size_t, bool, std::size_t>> order;
    for (std::size_t i = 0; i < models.size(); ++i) {
        auto const& project = models[i].project;
        order.emplace_back(turns[project.organization + "/" + project.project]++, project == last, i);
    }
    std::ranges::sort(order);
    std::vector<SourceModel> sorted;
    for (auto const& [turn, is_last, i] : order) sorted.push_back(std::move(models[i]));
    return sorted;
}

std::string name_of(SourceModel const& model)
{
    return model.listed.version + " of " + model.project.organization + "/" + model.project.project;
}

} // namespace learning_loop

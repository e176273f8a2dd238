#pragma once

#include "learning_loop/data/context.h"
#include "learning_loop/data/model_list.h"

#include <string>
#include <vector>

// Which models of a Loop a converter is to convert.

namespace learning_loop {

struct ConversionFormats {
    std::string source;
    std::string target;
};

/// A model that the Loop has in the source format.
struct SourceModel {
    Context project;
    ModelWithFormats listed; ///< What the Loop tells of it.
    std::string fingerprint; ///< Of that and of the converter: a change of either may let it succeed after a failure.
};

/// `node_version`: of the converter's code; empty: not known.
SourceModel source_model(Context project, ModelWithFormats listed, ConversionFormats const& formats,
                         std::string const& node_version);

bool lacks_format(SourceModel const& model, std::string const& format);

/// The newest first, which people wait for; those of unknown age last. `created` of one Loop is in one form.
void sort_newest_first(std::vector<SourceModel>& models);

/// The same in turns of the projects, so that one with many models holds up no other: the newest of each, then the next
/// of each. `last`: the project whose turn it was last; it comes behind the others.
std::vector<SourceModel> in_turns(std::vector<SourceModel> models, Context const& last);

/// `1.3 of zauberzeug/demo`
std::string name_of(SourceModel const& model);

} // namespace learning_loop

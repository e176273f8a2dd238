#pragma once

#include "learning_loop/converter/conversion_folder.h"
#include "learning_loop/converter/converted_files.h"
#include "learning_loop/converter/converter.h"
#include "learning_loop/converter/source_description.h"

#include <string>
#include <vector>

namespace learning_loop {

/// What the Loop is to get.
struct ConvertedModel {
    std::vector<ConvertedFile> files; ///< All but `model.json`.
    std::string description;          ///< That.
};

/// Unpacks the zip that lies in the folder, and reads what it tells of the model. Blocks. Errors: those of `unpack_zip`
/// and `read_source_description`.
Result<SourceDescription> unpack_model(ConversionFolder const& folder, SourceModel const& model);

/// Has the user's converter make files of an unpacked model, and checks them. Blocks for as long as that takes. Errors:
/// those of the converter, of `check_converted_files` and `description_of_converted`; invalid_argument for whatever it
/// throws; out_of_space if the disk is full.
Result<ConvertedModel> convert_model(Converter& converter, Conversion& conversion, SourceDescription const& source,
                                     ConversionFolder const& folder, std::string const& target_format);

} // namespace learning_loop

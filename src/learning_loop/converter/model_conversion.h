#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/converter/convert_model.h"
#include "learning_loop/converter/failed_models.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/model_upload.h"
#include "learning_loop/node/problems.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop {

struct ModelConversionOptions {
    std::filesystem::path data_folder;
    ConversionFormats formats;
    std::chrono::milliseconds first_wait{5000};         ///< Before an upload is tried again; later waits are longer.
    std::chrono::milliseconds max_upload_time{600'000}; ///< After that an upload is tried once more and given up.
};

/// What became of a model that was to be converted.
struct ConversionOutcome {
    enum class Kind {
        converted,
        there_already, ///< The Loop had the format meanwhile.
        gone,          ///< The Loop has the model no more.
        not_allowed,   ///< Not now: the training that makes the model goes on, or the login may not.
        failed,        ///< The model cannot be converted; FailedModels remembers it.
        postponed      ///< Something else was wrong: it is to be tried again.
    };
    BOOST_DESCRIBE_NESTED_ENUM(Kind, converted, there_already, gone, not_allowed, failed, postponed)

    Kind kind = Kind::converted;
    std::string reason{}; ///< For people; empty if there is none.
};

enum class ConversionStep { downloading, unpacking, converting, uploading };
BOOST_DESCRIBE_ENUM(ConversionStep, downloading, unpacking, converting, uploading)

/// The model that is converted now.
struct ConversionProgress {
    SourceModel model;
    ConversionStep step = ConversionStep::downloading;
    double progress = 0; ///< 0 to 1, of the step `converting`.
    std::string since;   ///< When it began, in UTC.
};

/// One model's way through the converter: fetched, unpacked, converted by the user's code and uploaded. To be used on
/// the io thread.
class ModelConversion {
public:
    ModelConversion(boost::asio::any_io_executor executor, LoopSession& session, Problems& problems,
                    FailedModels& failed, std::unique_ptr<Converter> converter, ModelConversionOptions options);
    ~ModelConversion();

    /// One at a time.
    Task<ConversionOutcome> run(SourceModel model);

    /// Removes what a process that was killed has left. To be called before the first `run`.
    Task<> tidy();

    /// Tells the user's code that the node ends.
    void cancel();

    /// Waits for the user's code to end. Call it once, when `run` and this were cancelled. Returns false if it is still
    /// running after `grace`: then only the end of the process can end it. That is no failure of the model.
    Task<bool> finish(std::chrono::milliseconds grace);

    std::optional<ConversionProgress> now() const; ///< nullopt: there is none.

private:
    Task<ConversionOutcome> try_to_convert(SourceModel model);
    Task<Result<void>> fetch(SourceModel model);
    Task<Result<ConvertedModel>> convert(SourceModel model);
    Task<Result<ConvertedModel>> unpack_and_convert(SourceModel model);
    Task<ConversionOutcome> upload(SourceModel model, ConvertedModel converted);
    Task<Result<ModelUpload>> try_to_upload(SourceModel model, std::vector<http::FormPart> parts);
    Task<ConversionOutcome> refuse(SourceModel model, std::string reason);
    void begin(ConversionStep step);

    struct Running;

    boost::asio::any_io_executor executor_;
    LoopSession& session_;
    Problems& problems_;
    FailedModels& failed_;
    std::unique_ptr<Converter> converter_;
    ModelConversionOptions options_;
    ConversionFolder folder_;
    std::optional<SourceModel> attempt_; ///< Which is noted on the disk.
    std::unique_ptr<Running> running_;
    Lane lane_{"the conversion"}; // last: its thread ends before what it uses
};

} // namespace learning_loop

#include "learning_loop/converter/converter_api.h"

#include "learning_loop/converter/conversions.h"
#include "learning_loop/http/api/router.h"

namespace learning_loop {
namespace {

struct RetriedModel {
    std::optional<std::string> model; ///< Its id; absent: all.
};
BOOST_DESCRIBE_STRUCT(RetriedModel, (), (model))

struct Retried {
    std::uint64_t models = 0; ///< That had failed.
};
BOOST_DESCRIBE_STRUCT(Retried, (), (models))

class ConverterApi {
public:
    explicit ConverterApi(Conversions& conversions) : conversions_(conversions) {}

    void add_to(http::Router& router)
    {
        router.post("/retry", *this, &ConverterApi::retry)
            .summary("Has models tried again that failed: all, or the one whose id `model` is.")
            .open_to(http::Access::operators);
    }

private:
    Task<Result<Retried>> retry(http::FromQuery<RetriedModel> which)
    {
        auto const count = co_await conversions_.try_again(which->model);
        if (!count) co_return count.error();
        co_return Retried{*count};
    }

    Conversions& conversions_;
};

} // namespace

void add_converter_api(http::Router& router, Conversions& conversions)
{
    router.keep<ConverterApi>(conversions);
}

} // namespace learning_loop

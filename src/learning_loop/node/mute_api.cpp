#include "learning_loop/node/mute_api.h"

#include "learning_loop/http/api/router.h"

#include <string>
#include <utility>

namespace learning_loop {
namespace {

class MuteApi {
public:
    explicit MuteApi(std::function<void(bool)> set_muted) : set_muted_(std::move(set_muted)) {}

    void add_to(http::Router& router)
    {
        router.put("/socketio", *this, &MuteApi::choose)
            .summary("`off`: the node leaves its Loop alone; `on`: it talks to it again.")
            .open_to(http::Access::operators);
    }

private:
    Task<Result<std::string>> choose(http::TextBody choice)
    {
        if (choice.text != "on" && choice.text != "off") co_return Error{Errc::invalid_argument, "Invalid state"};
        set_muted_(choice.text == "off");
        co_return choice.text;
    }

    std::function<void(bool)> set_muted_;
};

} // namespace

void add_mute_api(http::Router& router, std::function<void(bool is_muted)> set_muted)
{
    router.keep<MuteApi>(std::move(set_muted));
}

} // namespace learning_loop

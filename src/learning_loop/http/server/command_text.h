#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <string>
#include <string_view>

// What a CommandSocket carries: a request and its answer, structs as JSON. An answer has the field `error`, an optional
// text: why nothing was done.

namespace learning_loop {

/// Reads a request and writes what `do_it` says to it, a `Task<Result<Answer>>`. A request that cannot be read is
/// answered with the error.
template <class Request, class Answer, class DoIt>
Task<std::string> answer_in_text(std::string text, DoIt do_it)
{
    Answer refusal;
    auto const json = parse_json(text, "the request");
    auto request = json ? from_json<Request>(*json) : Result<Request>(json.error());
    if (!request) {
        refusal.error = request.error().message + ": the program that runs is of another version than this command";
        co_return to_text(to_json(refusal));
    }
    auto const answer = co_await do_it(std::move(*request));
    if (answer) co_return to_text(to_json(*answer));
    refusal.error = answer.error().message;
    co_return to_text(to_json(refusal));
}

/// Reads an answer. Errors: invalid_argument with its `error`, if it has one.
template <class Answer>
Result<Answer> read_command_answer(std::string_view text)
{
    auto const json = parse_json(text, "the answer");
    if (!json) return json.error();
    auto answer = from_json<Answer>(*json);
    if (answer && answer->error) return Error{Errc::invalid_argument, *answer->error};
    return answer;
}

} // namespace learning_loop

#include "learning_loop/http/api/handler.h"

namespace learning_loop::http::handler_detail {

Response response_of(Response response)
{
    return response;
}

Response response_of(TextBody body)
{
    return text_response(std::move(body.text));
}

template Task<Result<Response>> respond(Task<Result<TextBody>>);
template Task<Result<Response>> respond(Task<Result<std::string>>);
template Task<Result<Response>> respond(Task<Result<boost::json::value>>);

Task<Result<Response>> respond(Task<Result<Response>> handling)
{
    return handling;
}

} // namespace learning_loop::http::handler_detail

namespace learning_loop {

template Task<Result<http::Response>> refuse_call(Error);
template Task<Result<http::Response>> finish_call(std::unique_ptr<Call<http::Request, http::Response>>, http::Request&);
template Task<Result<http::Response>> finish_owning_call(std::unique_ptr<Call<http::Request, http::Response>>,
                                                         http::Request);
template Task<Result<void>> finish_call(std::unique_ptr<Call<http::Request, void>>, http::Request&);

} // namespace learning_loop

#include "learning_loop/base/secret.h"

#include "learning_loop/json/reflect.h"

#include <openssl/crypto.h>

namespace learning_loop {

Secret::~Secret()
{
    text_.resize(text_.capacity());              // a short text that was moved away still lies in the object
    OPENSSL_cleanse(text_.data(), text_.size()); // a plain loop would be optimised away
}

Result<Secret> JsonForm<Secret>::from_json(boost::json::value const& value, JsonPath const& path)
{
    auto const* text = value.if_string();
    if (!text) return error_at(path, "expected a text");
    return Secret({text->data(), text->size()});
}

boost::json::object JsonForm<Secret>::schema()
{
    return {{"type", "string"}, {"format", "password"}};
}

} // namespace learning_loop

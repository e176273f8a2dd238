#include "learning_loop/base/secret.h"

#include <openssl/crypto.h>

namespace learning_loop {

Secret::~Secret()
{
    text_.resize(text_.capacity());              // a short text that was moved away still lies in the object
    OPENSSL_cleanse(text_.data(), text_.size()); // a plain loop would be optimised away
}

} // namespace learning_loop

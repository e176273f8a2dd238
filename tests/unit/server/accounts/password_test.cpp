#include "learning_loop/server/accounts/password.h"

#include <gtest/gtest.h>

#include <set>

namespace learning_loop {
namespace {

TEST(Password, fits_its_hash_and_no_other_does)
{
    auto const hash = hash_password(Secret("correct horse"));
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_TRUE(is_password_of(hash, Secret("correct horse")));
    EXPECT_FALSE(is_password_of(hash, Secret("correct horsf")));
    EXPECT_FALSE(is_password_of(hash, Secret("")));
    EXPECT_FALSE(is_password_of("", Secret("")));
    EXPECT_FALSE(is_password_of(hash, Secret(std::string(2000, 'a'))));
    EXPECT_NE(hash, hash_password(Secret("correct horse"))); // salted
}

TEST(Password, of_a_weaker_hash_is_told)
{
    EXPECT_FALSE(is_outdated(hash_password(Secret("correct horse"))));
    EXPECT_FALSE(is_outdated(nobodys_hash())); // else it would be tried faster than that of a user
    EXPECT_TRUE(is_outdated(
        "$argon2id$v=19$m=8192,t=1,p=1$YgKxKBKRp+phM0snBpnZvw$+64k3F1DFebFK01HHLnk7WF7L+OyUVXLzSVH5N/SqY4"));
}

TEST(Password, that_is_new_has_bounds)
{
    EXPECT_FALSE(check_new_password(Secret("1234567")));
    EXPECT_TRUE(check_new_password(Secret("12345678")));
    EXPECT_TRUE(check_new_password(Secret(std::string(1024, 'a'))));
    EXPECT_FALSE(check_new_password(Secret(std::string(1025, 'a'))));
}

TEST(Password, that_is_drawn_is_long_and_another_one_each_time)
{
    std::set<std::string> drawn;
    for (int i = 0; i < 100; ++i) drawn.insert(random_password().reveal());
    EXPECT_EQ(drawn.size(), 100u);
    EXPECT_EQ(drawn.begin()->size(), 23u);
    EXPECT_TRUE(check_new_password(Secret(*drawn.begin())));
}

} // namespace
} // namespace learning_loop

#pragma once

namespace learning_loop {

/// Owns a file descriptor of the system, which is closed when this goes.
class Descriptor {
public:
    explicit Descriptor(int number = -1) noexcept : number_(number) {} ///< Negative: none.
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();

    int get() const noexcept { return number_; }
    bool is_open() const noexcept { return number_ >= 0; }

    /// The caller must close it.
    int release() noexcept;

private:
    int number_;
};

} // namespace learning_loop

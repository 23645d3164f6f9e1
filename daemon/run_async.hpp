// Runs one coroutine to its end, for commands that do one thing and leave.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace program {

// Returns what it returns, throws what it throws.
template <class Result>
Result run_async(boost::asio::io_context& io, boost::asio::awaitable<Result> work) {
    std::exception_ptr error;
    std::optional<Result> result;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown, Result value) {
        error = thrown;
        if (!thrown) result.emplace(std::move(value));
        io.stop();  // a resolver may still wait for an answer that nobody wants now
    });
    io.restart();
    io.run();
    if (error) std::rethrow_exception(error);
    return std::move(*result);
}

}  // namespace program

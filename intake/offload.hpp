// Runs work that would hold up every session (a large mail's digest and compression) on a thread pool.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace intake {

// `work` runs on the pool; its result, or exception, arrives on the coroutine's own executor.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> offload(boost::asio::thread_pool& pool, Work work) {
    namespace asio = boost::asio;
    using Result = std::invoke_result_t<Work>;
    const auto home = co_await asio::this_coro::executor;
    auto initiate = [&pool, &work, home](auto handler) {
        asio::post(pool, [work = std::move(work), handler = std::move(handler), home]() mutable {
            std::exception_ptr error;
            std::optional<Result> result;
            try {
                result.emplace(work());
            } catch (...) {
                error = std::current_exception();
            }
            asio::post(home, [handler = std::move(handler), error, result = std::move(result)]() mutable {
                std::move(handler)(error, std::move(result));
            });
        });
    };
    auto result = co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                                void(std::exception_ptr, std::optional<Result>)>(
        initiate, asio::use_awaitable);
    co_return std::move(*result);
}

}  // namespace intake

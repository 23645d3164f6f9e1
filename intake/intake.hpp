// The house's side of smtp/: who is a recipient, and what becomes of a message.
//
// Both are total: whatever fails on our side becomes "unavailable" or a 451, never an exception.
#pragma once

#include "intake/examination.hpp"
#include "intake/writers.hpp"
#include "smtp/seams.hpp"
#include "store/settings.hpp"

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <string>

namespace intake {

class SettingsDirectory : public smtp::Directory {
  public:
    SettingsDirectory(store::Pool& pool, store::Settings& settings, const Examiner& examiner, Probe& probe)
        : pool_(pool), settings_(settings), examiner_(examiner), probe_(probe) {}
    std::optional<smtp::Reply> refuse_client(const std::string& address) override;
    // SPF begins here, in the background.
    asio::awaitable<std::optional<smtp::Reply>> refuse_sender(smtp::Sender sender) override;
    asio::awaitable<smtp::Resolution> resolve(mail::Mailbox recipient, smtp::Sender sender) override;

  private:
    const tickets::Ban* ban_that_refuses(const policy::Bans& bans, std::int64_t workspace,
                                         const smtp::Sender& sender, std::string_view stage);
    asio::awaitable<std::optional<smtp::Reply>> refuse(std::int64_t workspace, smtp::Sender sender,
                                                       std::string_view stage);
    asio::awaitable<smtp::Resolution> look_up(mail::Mailbox recipient);

    store::Pool& pool_;
    store::Settings& settings_;
    const Examiner& examiner_;
    Probe& probe_;
};

class Intake : public smtp::MessageSink {
  public:
    struct Options {
        std::string host_name;  // also the name that signs Authentication-Results
        // Mails above this size are read and compressed on the pool, so that they hold up nobody else.
        std::size_t offload_above = 64 * 1024;
    };
    Intake(Options options, const store::Settings& settings, const Examiner& examiner, Writers& writers,
           asio::thread_pool& pool, Probe& probe, std::function<void(const std::exception&)> on_error);

    asio::awaitable<smtp::Reply> accept(smtp::ReceivedMessage message) override;

  private:
    asio::awaitable<smtp::Reply> commit(smtp::ReceivedMessage message);

    Options options_;
    const store::Settings& settings_;
    const Examiner& examiner_;
    Writers& writers_;
    asio::thread_pool& pool_;
    Probe& probe_;
    std::function<void(const std::exception&)> on_error_;
};

}  // namespace intake

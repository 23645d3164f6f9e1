#include "bench/client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>

namespace bench {
namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;

struct Answer {
    int code = 0;
    std::string_view text;  // the last line; valid until the next read
};

class Connection {
  public:
    Connection(const asio::any_io_executor& executor, Campaign& campaign)
        : socket_(executor), campaign_(campaign) {
        envelope_[0] = "MAIL FROM:<" + campaign.from + ">\r\n";
        envelope_[1] = "RCPT TO:<" + campaign.to + ">\r\n";
        envelope_[2] = "DATA\r\n";
        whole_envelope_ = envelope_[0] + envelope_[1] + envelope_[2];
    }

    // False, and counted, when the server does not want us.
    asio::awaitable<bool> open(Tally& tally) {
        co_await socket_.async_connect(campaign_.server, use_awaitable);
        socket_.set_option(tcp::no_delay(true));
        socket_.native_non_blocking(true);
        tally.connected();
        Answer answer = co_await read();
        if (answer.code == 220) {
            co_await write(std::string_view("EHLO load.client.example\r\n"));
            answer = co_await read();
        }
        if (answer.code != 250) tally.failed(answer.text);
        co_return answer.code == 250;
    }

    asio::awaitable<void> deliver(const Mail& mail, Tally& tally) {
        bool const together = campaign_.pipelining && offers_pipelining_;
        if (together) co_await write(whole_envelope_);
        std::string refusal;
        Answer answer;
        for (std::string const& command : envelope_) {
            if (!together) co_await write(command);
            answer = co_await read();
            bool const wanted = answer.code == (&command == &envelope_.back() ? 354 : 250);
            if (!wanted && refusal.empty()) refusal = answer.text;
            if (!wanted && !together) break;
        }
        if (refusal.empty()) {
            std::array<asio::const_buffer, 4> const buffers = {
                asio::buffer(mail.head), asio::buffer(mail.words), asio::buffer(mail.noise),
                asio::buffer(Mail::end)};
            co_await write(buffers);
            auto const dot = Tally::clock::now();
            answer = co_await read();
            if (answer.code == 250)
                tally.accepted(Tally::clock::now() - dot);
            else
                tally.failed(answer.text);
            co_return;
        }
        tally.failed(refusal);
        co_await write(answer.code == 354 ? std::string_view(".\r\n") : std::string_view("RSET\r\n"));
        co_await read();
    }

    asio::awaitable<void> quit() {
        co_await write(std::string_view("QUIT\r\n"));
        co_await read();
    }

  private:
    asio::awaitable<void> write(std::string_view text) { return write(std::array{asio::buffer(text)}); }

    // Loopback nearly always takes it all at once; then nothing is suspended.
    template <std::size_t n>
    asio::awaitable<void> write(std::array<asio::const_buffer, n> buffers) {
        boost::system::error_code error;
        std::size_t sent = socket_.write_some(buffers, error);
        if (error && error != asio::error::would_block) throw boost::system::system_error(error);
        if (error) sent = 0;
        for (asio::const_buffer& buffer : buffers) {
            std::size_t const done = std::min(sent, buffer.size());
            buffer += done;
            sent -= done;
        }
        if (asio::buffer_size(buffers) > 0) co_await asio::async_write(socket_, buffers, use_awaitable);
    }

    // One reply, all its lines; notes on the way whether PIPELINING is offered.
    asio::awaitable<Answer> read() {
        for (;;) {
            std::string_view const unread(input_.data() + begin_, end_ - begin_);
            if (auto const line_end = unread.find("\r\n"); line_end != std::string_view::npos) {
                std::string_view const line = unread.substr(0, line_end);
                begin_ += line_end + 2;
                if (line.size() >= 14 && line.substr(4) == "PIPELINING") offers_pipelining_ = true;
                if (line.size() > 3 && line[3] == '-') continue;
                Answer answer{0, line};
                std::from_chars(line.data(), line.data() + std::min<std::size_t>(3, line.size()),
                                answer.code);
                co_return answer;
            }
            std::copy(unread.begin(), unread.end(), input_.begin());
            end_ = unread.size();
            begin_ = 0;
            if (end_ == input_.size()) throw boost::system::system_error(asio::error::message_size);
            end_ += co_await socket_.async_read_some(asio::buffer(input_.data() + end_, input_.size() - end_),
                                                     use_awaitable);
        }
    }

    tcp::socket socket_;
    Campaign& campaign_;
    std::array<std::string, 3> envelope_;
    std::string whole_envelope_;
    bool offers_pipelining_ = false;
    std::array<char, 4096> input_;
    std::size_t begin_ = 0, end_ = 0;
};

}  // namespace

asio::awaitable<void> send_mails(Campaign& campaign, const MailMaker& mails, Tally& tally) {
    auto const executor = co_await asio::this_coro::executor;
    Mail mail;
    auto number = campaign.take();
    while (number) {
        try {
            Connection connection(executor, campaign);
            if (!co_await connection.open(tally)) {
                number = campaign.take();
                continue;
            }
            for (std::uint64_t sent = 0;
                 number && (campaign.per_connection == 0 || sent < campaign.per_connection); ++sent) {
                mails.make(*number, mail);
                co_await connection.deliver(mail, tally);
                number = campaign.take();
            }
            co_await connection.quit();
        } catch (const boost::system::system_error& error) {
            tally.failed(error.code().message());
            number = campaign.take();
        }
    }
}

}  // namespace bench

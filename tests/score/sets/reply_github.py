"""GitHub's email_reply_parser: what its Ruby tests say of the visible text, as far as it is certain."""
from case import Case, mail_around, verdict

FOLDER = "reply-github"
AIMS = {"visible": 0.90, "hidden": 0.90}

# file: (what must be visible, what must not)
EXPECTED = {
    "email_1_1": (["What is the best way to clear a Riak bucket", "I am currently using the Java HTTP API."],
                  ["riak-users mailing list"]),
    "email_1_2": (["You can list the keys for the bucket", "String bucket = "], ["riak-users mailing list"]),
    "email_1_3": (["Oh thanks.", "Having the function would be great."], ["On Tue, 2011-03-01", "riak-users"]),
    "email_1_4": (["Awesome! I haven't had another problem with it."], ["Loader seems", "defunkt"]),
    "email_1_5": (["One: Here's what I've got.", "And another one", "It goes on and on for a while."], []),
    "email_1_6": (["I get proper rendering as well."], ["On Dec 16, 2011"]),
    "email_1_8": (["I will reply under this one", "and under this."], ["this is my signature -- "]),
    "email_2_1": (["Outlook with a reply"], ["Google Apps Sync"]),
    "email_2_2": (["Outlook with a reply directly above line"], ["A new comment has been added"]),
    "email_2_3": (["Outlook with a reply"], ["Google Apps Sync"]),
    "email_BlackBerry": (["Here is another email"], ["BlackBerry"]),
    "email_iPhone": (["Here is another email"], ["iPhone"]),
    "email_multi_word_sent_from_my_mobile_device": (["Here is another email"], ["Verizon"]),
    "email_sent_from_my_not_signature": (["Here is another email", "Sent from my desk, is much easier"], []),
    "email_bullets": (["test 2 this should list second", "- and another"], ["Give us an example", "Joe Smith"]),
    "email_one_is_not_on": (["One outstanding question I had:"], ["On Oct 1, 2012"]),
    "email_sig_delimiter_in_middle_of_line": (["And here is a fix -- this is not a signature.", "kthxbai"], []),
    "correct_sig": (["this is an email with a correct -- signature."], ["rick"]),
    "greedy_on": (["On your remote host you can run:", "telnet 127.0.0.1 52698",
                   "This should connect to TextMate"],
                  ["On 9 Jan 2014"]),
}


def judge(visible, hidden):
    def verdicts(result):
        text = " ".join(result["reply_text"].split())
        for phrase in visible:
            yield verdict("visible", phrase in text, f"hidden: {phrase}")
        for phrase in hidden:
            yield verdict("hidden", phrase not in text, f"visible: {phrase}")
    return verdicts


def cases(folder):
    for path in sorted(folder.glob("*.txt")):
        if path.name == "SOURCE.txt":
            continue
        visible, hidden = EXPECTED.get(path.stem, ([], []))
        yield Case(path.name, mail_around(path.read_bytes().decode("utf-8", "surrogateescape")),
                   judge(visible, hidden))

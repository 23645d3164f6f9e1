// What nodemailer's mailparser reads: mailparser.js NODE_MODULES FILE... prints a line of JSON for each.
'use strict';
const fs = require('fs');
const path = require('path');
const { domainToASCII } = require('url');
const { simpleParser } = require(path.join(process.argv[2], 'mailparser'));

const bare = (id) => (id || '').replace(/^<|>$/g, '');

// It shows international domains as people write them.
const ascii = (address) => address.replace(/@([^@[]+)$/, (_, domain) => '@' + domainToASCII(domain));
const people = (field) => [].concat(field || []).flatMap((one) => one.value).map((one) => [one.name, ascii(one.address)]);

async function main() {
    for (const file of process.argv.slice(3)) {
        const mail = await simpleParser(fs.readFileSync(file), {
            skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true, keepCidLinks: true,
        });
        process.stdout.write(JSON.stringify({
            subject: mail.subject || '',
            from: people(mail.from), to: people(mail.to), cc: people(mail.cc), reply_to: people(mail.replyTo),
            text: mail.text || '', html: mail.html || '',
            files: mail.attachments.map((one) => ({
                name: one.filename || '', type: one.contentType, id: bare(one.contentId),
                inline: one.contentDisposition === 'inline', content: one.content.toString('base64'),
            })),
            message_id: bare(mail.messageId),
            in_reply_to: mail.inReplyTo ? [bare(mail.inReplyTo)] : [],
        }) + '\n');
    }
}

main();

// Answers every request over HTTP/2 or 1.1, whichever is chosen, with the version that was. Ends when its standard
// input does. usage: h2_server.mjs CERT KEY
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';

const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
let sessions = 0;
const server = createSecureServer({ cert, key, allowHTTP1: true }, (request, response) => {
    response.end(JSON.stringify({ version: request.httpVersion, sessions }));
});
server.on('session', () => sessions++);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit(0));

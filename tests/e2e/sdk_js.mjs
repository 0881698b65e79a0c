// @aws-sdk/client-lambda against smokegate-local: what only this client does is done here. The first thing that is not as
// it is to be ends it with an assertion.
//
// usage: node sdk_js.mjs ENDPOINT ZIP OTHER_ZIP
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-lambda";

const [endpoint, zip, otherZip] = process.argv.slice(2);
const options = { endpoint, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const client = new sdk.LambdaClient(options);
const FunctionName = "f";
const wait = { client, minDelay: 1, maxDelay: 1, maxWaitTime: 30 };
const text = (bytes) => new TextDecoder().decode(bytes);
const faults = async (rules) =>
    assert.equal((await fetch(endpoint + "/_smokegate/faults", { method: "PUT", body: JSON.stringify({ rules }) })).status, 200);

const steps = {
    async "a function becomes active, and the waiters see it"() {
        const made = await client.send(new sdk.CreateFunctionCommand({
            FunctionName, Runtime: "provided.al2023", Handler: "bootstrap", Role: "arn:aws:iam::123456789012:role/x",
            Code: { ZipFile: readFileSync(zip) }, Publish: true }));
        assert.equal(made.$metadata.httpStatusCode, 201);
        assert.equal(made.State, "Pending");
        for (const waiter of [sdk.waitUntilFunctionExists, sdk.waitUntilFunctionActive, sdk.waitUntilFunctionActiveV2])
            assert.equal((await waiter(wait, { FunctionName })).state, "SUCCESS");
        assert.equal((await sdk.waitUntilPublishedVersionActive(wait, { FunctionName, Qualifier: "1" })).state, "SUCCESS");
    },
    async "an update is waited for, and one that fails ends the waiting"() {
        await client.send(new sdk.UpdateFunctionCodeCommand({ FunctionName, ZipFile: readFileSync(otherZip) }));
        for (const waiter of [sdk.waitUntilFunctionUpdated, sdk.waitUntilFunctionUpdatedV2])
            assert.equal((await waiter(wait, { FunctionName })).state, "SUCCESS");
        await faults([{ operation: "UpdateFunctionConfiguration", fail: "the network is full" }]);
        await client.send(new sdk.UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5 }));
        await assert.rejects(sdk.waitUntilFunctionUpdatedV2(wait, { FunctionName }), /the network is full|FAILURE/);
        await faults([]);
        await client.send(new sdk.UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 6 }));
        await sdk.waitUntilFunctionUpdatedV2(wait, { FunctionName });
        assert.equal((await client.send(new sdk.PublishVersionCommand({ FunctionName }))).Version, "2");
    },
    async "errors are instances of their classes"() {
        const alias = { FunctionName, Name: "Live", FunctionVersion: "1" };
        const first = await client.send(new sdk.CreateAliasCommand(alias));
        const rejected = async (command, type, status, more = {}) => assert.rejects(client.send(command), (e) => {
            assert.ok(e instanceof type, e.name);
            assert.equal(e.$metadata.httpStatusCode, status);
            assert.ok(e.$metadata.requestId);
            assert.ok(e.message.length > 5, e.message);
            for (const [key, value] of Object.entries(more))
                assert.equal(e[key], value);
            return true;
        });
        await rejected(new sdk.CreateAliasCommand(alias), sdk.ResourceConflictException, 409, { Type: "User" });
        await rejected(new sdk.GetAliasCommand({ FunctionName, Name: "Nope" }), sdk.ResourceNotFoundException, 404, { Type: "User" });
        await client.send(new sdk.UpdateAliasCommand({ FunctionName, Name: "Live", FunctionVersion: "2", RevisionId: first.RevisionId }));
        await rejected(new sdk.UpdateAliasCommand({ FunctionName, Name: "Live", FunctionVersion: "1", RevisionId: first.RevisionId }),
            sdk.PreconditionFailedException, 412);
        await rejected(new sdk.PublishVersionCommand({ FunctionName, CodeSha256: "x".repeat(43) + "=" }), sdk.InvalidParameterValueException, 400);
        await rejected(new sdk.InvokeCommand({ FunctionName, Payload: "{" }), sdk.InvalidRequestContentException, 400);
        await rejected(new sdk.InvokeCommand({ FunctionName, Payload: '"' + "x".repeat(6291456) + '"' }), sdk.RequestTooLargeException, 413);
    },
    async "throttling is waited out, or is an instance of its class"() {
        await faults([{ operation: "GetAlias", count: 2, throttle: true }]);
        const got = await client.send(new sdk.GetAliasCommand({ FunctionName, Name: "Live" }));
        assert.equal(got.$metadata.attempts, 3);
        const once = new sdk.LambdaClient({ ...options, maxAttempts: 1 });
        await faults([{ operation: "GetAlias", throttle: "CallerRateLimitExceeded" }]);
        await assert.rejects(once.send(new sdk.GetAliasCommand({ FunctionName, Name: "Live" })),
            (e) => e instanceof sdk.TooManyRequestsException && e.Reason === "CallerRateLimitExceeded" && e.$metadata.httpStatusCode === 429);
        await faults([{ operation: "GetAlias", count: 1, error: { status: 500, type: "ServiceException", message: "oh" } }]);
        assert.equal((await client.send(new sdk.GetAliasCommand({ FunctionName, Name: "Live" }))).$metadata.attempts, 2);
        await faults([]);
    },
    async "lists are paged"() {
        const versions = [];
        let pages = 0;
        for await (const page of sdk.paginateListVersionsByFunction({ client, pageSize: 1 }, { FunctionName })) {
            versions.push(...page.Versions.map((v) => v.Version));
            pages++;
        }
        assert.deepEqual(versions, ["$LATEST", "1", "2"]);
        assert.ok(pages >= 3);
    },
    async "an invocation answers with log, version and error"() {
        const said = await client.send(new sdk.InvokeCommand({ FunctionName, Qualifier: "Live", LogType: "Tail", Payload: '{"do":"say"}' }));
        assert.equal(said.StatusCode, 200);
        assert.equal(said.ExecutedVersion, "2");
        assert.match(Buffer.from(said.LogResult, "base64").toString(), /^START RequestId: .*to stdout.*REPORT RequestId: /s);
        const ended = await client.send(new sdk.InvokeCommand({ FunctionName, Payload: '{"do":"exit","n":3}' }));
        assert.equal(ended.FunctionError, "Unhandled");
        assert.equal(JSON.parse(text(ended.Payload)).errorType, "Runtime.ExitError");
        const event = await client.send(new sdk.InvokeCommand({ FunctionName, InvocationType: "Event", Payload: "{}" }));
        assert.equal(event.StatusCode, 202);
    },
    async "a response is streamed"() {
        const answer = await client.send(new sdk.InvokeWithResponseStreamCommand({ FunctionName, Qualifier: "Live", LogType: "Tail",
                                                                                   Payload: '{"do":"place"}' }));
        let body = "", complete;
        for await (const event of answer.EventStream) {
            if (event.PayloadChunk)
                body += text(event.PayloadChunk.Payload);
            if (event.InvokeComplete)
                complete = event.InvokeComplete;
        }
        assert.equal(answer.ExecutedVersion, "2");
        assert.ok(JSON.parse(body).env.length > 5);
        assert.ok(complete.LogResult);
    },
    async "names with colons and odd tags arrive as they were sent"() {
        const arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
        assert.equal((await client.send(new sdk.GetFunctionCommand({ FunctionName: arn + ":Live" }))).Configuration.Version, "2");
        const Tags = { "a b": "ü/+=:@", empty: "" };
        await client.send(new sdk.TagResourceCommand({ Resource: arn, Tags }));
        assert.deepEqual((await client.send(new sdk.ListTagsCommand({ Resource: arn }))).Tags, Tags);
        await client.send(new sdk.UntagResourceCommand({ Resource: arn, TagKeys: ["empty", "a b"] }));
        assert.deepEqual((await client.send(new sdk.ListTagsCommand({ Resource: arn }))).Tags, {});
    },
    async "what is deleted is gone"() {
        await client.send(new sdk.DeleteAliasCommand({ FunctionName, Name: "Live" }));
        await client.send(new sdk.DeleteFunctionCommand({ FunctionName }));
        await assert.rejects(client.send(new sdk.GetFunctionCommand({ FunctionName })), sdk.ResourceNotFoundException);
    },
};

for (const [name, step] of Object.entries(steps)) {
    await step();
    console.log(`ok: ${name}`);
}

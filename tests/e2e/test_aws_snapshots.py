"""Recorded answers of AWS against those of smokegate-local to the same requests.

Prints how many are reproduced. A difference that is not named below with its reason fails, and so does a
name below that has become right.
"""
import json
import os
import unittest

import harness
import replay
import replay_functions
import replay_more
import replay_resources

SUITES = os.environ.get("SMOKEGATE_SUITES", "")
RECORDED = os.path.join(SUITES, "lambda-aws-snapshots", "test_lambda_api.snapshot.json")
MODEL = os.path.join(SUITES, "lambda-model", "service-2.json")
if not (os.path.exists(RECORDED) and os.path.exists(MODEL)):
    harness.skip("no recorded answers (SMOKEGATE_SUITES): not compared with AWS")

KNOWN = {
    "TestLambdaFunction::test_function_arns/function_arn_other_account_exc": "recorded without its text",
    "TestLambdaLayer::test_layer_exceptions/list_layers_exc_compatibleruntime_invalid":
        "the service lists runtimes here that nobody can use (nasa, byol...)",
}
NOT_REPLAYED = (
    ("TestLambdaImages", "container images are not run here"), ("TestCodeSigningConfig", "no code signing configurations here"),
    ("vpc_config", "needs an EC2 to look up subnets"), ("location_s3", "needs an S3 with the package"), ("layer_s3", "needs an S3 with the layer"),
    ("capacity_provider", "no capacity providers here"), ("", "what the requests were is not recorded with enough certainty"),
)


def reason(test):
    return next(text for part, text in NOT_REPLAYED if part in test)


class Play(replay.Replay):
    def slow(self, operation):
        self.aws.raw("PUT", "/_smokegate/faults", json.dumps({"rules": [{"operation": operation, "slow": "60s"}]}))


class Snapshots(harness.Case):
    def test_recorded_answers_are_reproduced(self):
        with open(RECORDED, encoding="utf-8") as f:
            recorded = {k.split("::", 1)[1]: v["recorded-content"] for k, v in json.load(f).items()}
        with open(MODEL, encoding="utf-8") as f:
            model = json.load(f)
        server = harness.LocalLambda(self.dir, "--no-auth", "--account", replay.ACCOUNT, "--seed", "1")
        self.addCleanup(server.stop)
        aws = replay.Lambda(server.endpoint, model)
        results, left = {}, {}
        for test, content in recorded.items():
            play = next((p for p in (module.play_for(test) for module in MODULES) if p), None)
            before = len(results)
            if play:
                self.clean(aws)
                play(Play(aws, results, test, content))
            if len(content) > len(results) - before:
                left[reason(test)] = left.get(reason(test), 0) + len(content) - len(results) + before
        total = sum(len(c) for c in recorded.values())
        wrong = {k: v for k, v in results.items() if v}
        print(f"{len(results) - len(wrong)} of {len(results)} recorded answers reproduced; {total - len(results)} of {total} are not replayed")
        for text, count in left.items():
            print(f"  {count} not replayed: {text}")
        for name, found in wrong.items():
            print(f"  {name}: {KNOWN.get(name) or '; '.join(found)}")
        self.assertEqual(sorted(set(wrong) - set(KNOWN)), [])
        self.assertEqual(sorted(set(KNOWN) - set(wrong)), [], "these are right now: take them out of KNOWN")

    @staticmethod
    def clean(aws):
        aws.raw("POST", "/_smokegate/reset")


MODULES = [replay_functions, replay_resources, replay_more]

if __name__ == "__main__":
    harness.main()

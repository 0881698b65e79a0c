"""Recorded answers of AWS against those of smokegate-local to the same requests.

Prints how many are reproduced. A difference that is not named below with its reason fails, and so does a
name below that has become right.
"""
import json
import os
import unittest

import harness
import replay
import replay_errors
import replay_functions
import replay_more
import replay_resources
import replay_rest

SUITES = os.environ.get("SMOKEGATE_SUITES", "")
RECORDED = os.path.join(SUITES, "lambda-aws-snapshots", "test_lambda_api.snapshot.json")
ERRORS = os.path.join(SUITES, "lambda-aws-snapshots", "errors.tsv")
MODEL = os.path.join(SUITES, "lambda-model", "service-2.json")
if not (os.path.exists(RECORDED) and os.path.exists(MODEL)):
    harness.skip("no recorded answers (SMOKEGATE_SUITES): not compared with AWS")

KNOWN = {
    "TestLambdaFunction::test_function_arns/function_arn_other_account_exc": "recorded without its text",
    "TestLambdaLayer::test_layer_exceptions/list_layers_exc_compatibleruntime_invalid":
        "the service lists runtimes here that nobody can use (nasa, byol...)",
}
NOT_REPLAYED = (
    ("TestLambdaImages", "no images are pulled here"), ("TestCodeSigningConfig", "no code signing configurations here"),
    ("vpc_config", "needs an EC2 to look up subnets"), ("location_s3", "needs an S3 with the package"), ("layer_s3", "needs an S3 with the layer"),
    ("capacity_provider", "no capacity providers here"), ("", "what the requests were is not recorded with enough certainty"),
)


def reason(test):
    return next(text for part, text in NOT_REPLAYED if part in test)


class Play(replay.Replay):
    def slow(self, operation):
        self.aws.raw("PUT", "/_smokegate/faults", json.dumps({"rules": [{"operation": operation, "slow": "60s"}]}))


class Snapshots(harness.Case):
    @classmethod
    def setUpClass(cls):
        with open(RECORDED, encoding="utf-8") as f:
            cls.recorded = {k.split("::", 1)[1]: v["recorded-content"] for k, v in json.load(f).items()}
        with open(MODEL, encoding="utf-8") as f:
            cls.model = json.load(f)
        cls.results, cls.left = {}, {}

    def setUp(self):
        super().setUp()
        server = harness.LocalLambda(self.dir, "--no-auth", "--account", replay.ACCOUNT, "--seed", "1")
        self.addCleanup(server.stop)
        self.aws = replay.Lambda(server.endpoint, self.model)
        self.addCleanup(self.aws.connection.close)
        if not self.results:
            self.play_all()

    def play_all(self):
        for test, content in self.recorded.items():
            before = len(self.results)
            for play in filter(None, (module.play_for(test) for module in MODULES)):
                self.clean(self.aws)
                play(Play(self.aws, self.results, test, content))
            if len(content) > len(self.results) - before:
                self.left[reason(test)] = self.left.get(reason(test), 0) + len(content) - len(self.results) + before

    def test_recorded_answers_are_reproduced(self):
        total = sum(len(c) for c in self.recorded.values())
        wrong = {k: v for k, v in self.results.items() if v}
        print(f"{len(self.results) - len(wrong)} of {len(self.results)} recorded answers reproduced; "
              f"{total - len(self.results)} of {total} are not replayed")
        for text, count in self.left.items():
            print(f"  {count} not replayed: {text}")
        for name, found in wrong.items():
            print(f"  {name}: {KNOWN.get(name) or '; '.join(found)}")
        self.assertEqual(sorted(set(wrong) - set(KNOWN)), [])
        self.assertEqual(sorted(set(KNOWN) - set(wrong)), [], "these are right now: take them out of KNOWN")

    def errors_of_plays(self):
        """(code, status, text) of every recorded error that a play got word for word."""
        found = set()
        for name, differences in self.results.items():
            test, _, key = name.rpartition("/")
            answer = self.recorded[test][key]
            if not differences and "Error" in answer:
                found.add((answer["Error"]["Code"], str(answer["ResponseMetadata"]["HTTPStatusCode"]), answer["Error"]["Message"]))
        return found

    def provoke(self, row, request):
        """What is wrong with the answer, or None."""
        code, status, typed, _, text, _ = row
        self.clean(self.aws)
        got, answer = request(Play(self.aws, {}, "errors", {}))
        error = answer.get("Error", {})
        if (str(got), error.get("Code"), "Type" in answer) != (status, code, typed == "Type"):
            return f"{got} {error.get('Code')} {error.get('Message')}"
        return None if replay.Bindings().text(text.replace("\\n", "\n"), error["Message"]) else error["Message"]

    def test_recorded_errors_are_produced(self):
        with open(ERRORS, encoding="utf-8") as f:
            rows = [line.rstrip("\n").split("\t") for line in f][1:]
        played, produced, missed, wrong = self.errors_of_plays(), 0, {}, {}
        for row in rows:
            request = replay_errors.ROWS.get(row[5])
            fault = None if (row[0], row[1], row[4]) in played else self.provoke(row, request) if request else "no request for it"
            if not fault:
                produced += 1
                continue
            why = next((w for start, w in replay_errors.MISSED.items() if row[4].startswith(start) and (start or not row[4])), None)
            if why and not request:
                missed[f"{row[0]} {row[4][:70]}"] = why
            else:
                wrong[row[5]] = fault
        print(f"{produced} of {len(rows)} recorded errors are produced word for word")
        for name, why in missed.items():
            print(f"  {name}: {why}")
        self.assertEqual(wrong, {})

    @staticmethod
    def clean(aws):
        aws.raw("POST", "/_smokegate/reset")


MODULES = [replay_functions, replay_resources, replay_more, replay_rest]

if __name__ == "__main__":
    harness.main()

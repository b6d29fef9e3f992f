"""Asserts on what template.yaml becomes, since the linter lets through what the deployment then does otherwise.

    python3 infra/template/check.py template.yaml

Translates the template as CloudFormation's SAM transform would, offline, and looks at the result. Each check is a
generator of problems; to add one, write a function under @check. Needs aws-sam-translator, which comes with aws-sam-cli.
"""

import copy
import json
import logging
import os
import re
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")  # the translator asks for a region, and for nothing else
logging.disable(logging.WARNING)

import yaml  # noqa: E402
from samtranslator.model.exceptions import InvalidDocumentException  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402

STREAMED = {"/api/v1/chat/stream"}
RESOURCE_POLICY_BYTES = 20 * 1024
TABLE_INDEXES = {"due": ("due_pk", "due_at"), "list": ("list_pk", "list_sk")}
MANAGED = {  # what a role may have besides its own policies, by who assumes it
    "lambda.amazonaws.com": {"AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"},
    "codedeploy.amazonaws.com": {"AWSCodeDeployRoleForLambda"},  # of SAM's making, for the canary
    "apigateway.amazonaws.com": {"AmazonAPIGatewayPushToCloudWatchLogs"},
}
OBJECTS = {"Fn::Sub": "${Files.Arn}/*"}  # what is in the bucket has no other name
# Names below a function's and an event's own properties: those the translator knows, these it passes on unread.
NESTED = {
    "BuildProperties": {"Binary"},
    "DestinationConfig": {"OnFailure"},
    "Environment": {"Variables"},
    "EventInvokeConfig": {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"},
    "LoggingConfig": {"ApplicationLogLevel", "LogFormat", "LogGroup"},
    "Metadata": {"BuildMethod", "BuildProperties"},
    "OnFailure": {"Destination", "Type"},
    "ScalingConfig": {"MaximumConcurrency"},
}


class NoManagedPolicies:
    """The translator looks names of managed policies up here; the template gives ARNs, so there is nothing to find."""

    def load(self):
        return {}


class Template:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.source = yaml_parse(file.read())
        packaged = copy.deepcopy(self.source)
        for resource in packaged["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = "s3://bucket/key"  # as `sam deploy` puts it
        self.result = transform(packaged, {}, NoManagedPolicies())
        self.functions = self.of("AWS::Lambda::Function")
        self.queues = self.of("AWS::SQS::Queue")
        self.mappings = self.of("AWS::Lambda::EventSourceMapping")
        self.roles = self.of("AWS::IAM::Role")

    def of(self, kind):
        return {name: r.get("Properties", {}) for name, r in self.result["Resources"].items() if r["Type"] == kind}

    def routes(self):
        for path, methods in next(iter(self.of("AWS::ApiGateway::RestApi").values()))["Body"]["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation["x-amazon-apigateway-integration"]

    def statements(self, role):
        for policy in self.roles[role].get("Policies", []):
            yield from each(policy["PolicyDocument"]["Statement"])

    def allows(self, function, action, resource):
        """Whether the role of a function may do `action` to `resource`, an expression for its ARN."""
        statements = self.statements(target(self.functions[function]["Role"]))
        return any(action in each(s["Action"]) and resource in each(s["Resource"]) for s in statements)


def each(value):
    return value if isinstance(value, list) else [value]


def target(value):
    """The first logical id that an expression names; None for a literal."""
    return next((name for name in references(value) if not name.startswith("AWS::")), None)


def references(value):
    """Every logical id that an expression names, however deep."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item[0]
            elif key == "Fn::Sub":
                text, names = item if isinstance(item, list) else (item, {})
                yield from references(names)
                yield from (name for name in re.findall(r"\$\{([^!}.]+)", text) if name not in names)
            else:
                yield from references(item)


CHECKS = []


def check(title):
    return lambda function: CHECKS.append((title, function))


@check("functions and events have no unknown property")
def known_names(t):
    def unknown(where, properties):
        for key, value in properties.items():
            if key in NESTED and isinstance(value, dict):
                for name in sorted(set(value) - NESTED[key]):
                    yield f"{where}: {key} has no property {name}; mend its spelling, or add it to NESTED in check.py"
            if isinstance(value, dict):
                yield from unknown(f"{where}.{key}", value)

    yield from unknown("Globals", t.source["Globals"])
    for name in t.functions:
        yield from unknown(name, t.source["Resources"][name])


@check("every reference resolves")
def references_resolve(t):
    names = {*t.result["Resources"], *t.result.get("Parameters", {})}
    for section in ("Resources", "Outputs"):
        for where, entry in t.result[section].items():
            for name in references(entry):
                if name not in names and not name.startswith("AWS::"):
                    yield f"{where}: {name} is neither a resource nor a parameter; mend the name or declare it"


@check("every function is named after its binary and takes its architecture from the parameter")
def functions(t):
    for name, function in t.functions.items():
        binary = t.source["Resources"][name].get("Metadata", {}).get("BuildProperties", {}).get("Binary", "")
        if name != "".join(word.capitalize() for word in binary.split("-")) + "Function":
            yield f"{name}: builds the binary {binary or '(none)'}; name it after that, PascalCase + Function"
        if function.get("Architectures") != [{"Ref": "Architecture"}]:
            yield f"{name}: set Architectures to [!Ref Architecture], or leave it to Globals"
        if (function.get("Runtime"), function.get("Handler")) != ("provided.al2023", "bootstrap"):
            yield f"{name}: leave Runtime and Handler to Globals"


@check("every environment has TABLE_NAME and holds literals and plain Refs")
def environments(t):
    kinds = {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::S3::Bucket"}
    plain = {name for name, r in t.result["Resources"].items() if r["Type"] in kinds} | set(t.result["Parameters"])
    for name, function in t.functions.items():
        variables = function.get("Environment", {}).get("Variables", {})
        for key in sorted({"TABLE_NAME", "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH"} - set(variables)):
            yield f"{name}: lacks {key}; leave it to Globals"
        for key, value in variables.items():
            if isinstance(value, dict) and not (set(value) == {"Ref"} and value["Ref"] in plain):
                yield f"{name}: {key} is too much for the local platform; use !Ref of a parameter, table, queue, bucket or secret"


@check("every route takes ANY method, and what no route takes goes to the catch-all")
def routes(t):
    paths = set()
    for path, method, _ in t.routes():
        paths.add(path)
        if method != "x-amazon-apigateway-any-method":
            yield f"{path}: set Method to ANY; the function's router answers 405 and CORS in the route's dialect"
    for path in sorted({"/", "/{proxy+}"} - paths):
        yield f"{path}: has no route; give it to DocsFunction, which answers 404 in the nearest dialect"


@check("the streamed routes stream, and no other does")
def streaming(t):
    found = set()
    for path, _, integration in t.routes():
        streams = integration["uri"]["Fn::Sub"].endswith("/response-streaming-invocations")
        if streams != (integration.get("responseTransferMode") == "STREAM"):
            yield f"{path}: its URI and its transfer mode disagree; write ResponseTransferMode: RESPONSE_STREAM"
        if streams:
            found.add(path)
            timeout = t.functions[target(integration["uri"])]["Timeout"]
            if integration.get("timeoutInMillis", 29000) < timeout * 1000:
                yield f"{path}: the gateway gives up before the function does; set TimeoutInMillis to {timeout * 1000}"
    for path in sorted(STREAMED - found):
        yield f"{path}: is buffered; write ResponseTransferMode: RESPONSE_STREAM on its event (STREAM does nothing)"
    for path in sorted(found - STREAMED):
        yield f"{path}: streams; drop ResponseTransferMode, or add the path to STREAMED in check.py"


@check("every batch is of a size that Lambda takes and is answered message by message")
def batches(t):
    for name, mapping in t.mappings.items():
        stream, size = "StartingPosition" in mapping, mapping.get("BatchSize", 0)
        bound = 1000 if stream else 10
        if not 1 <= size <= bound:
            yield f"{name}: BatchSize {size} is out of bounds; 1 to {bound}"
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name}: one failure would repeat the batch; set FunctionResponseTypes: [ReportBatchItemFailures]"
        if stream:
            bounded = mapping.get("MaximumRetryAttempts", -1) >= 0 or 0 < mapping.get("MaximumRecordAgeInSeconds", -1) <= 86400
            if not mapping.get("BisectBatchOnFunctionError") or not bounded:
                yield f"{name}: a bad record stops its shard; set BisectBatchOnFunctionError, MaximumRecordAgeInSeconds"
            if target(mapping.get("DestinationConfig")) not in t.queues:
                yield f"{name}: what is given up on would be lost; set DestinationConfig.OnFailure to a queue"


@check("every work queue outlasts its worker and hands failures to a queue of its own")
def queues(t):
    taken = set()
    for name, resource in t.result["Resources"].items():
        for other in each(resource.get("DependsOn", [])):
            if other not in t.result["Resources"]:
                yield f"{name}: DependsOn names {other}, which is no resource"
    for name, mapping in t.mappings.items():
        queue, function = target(mapping["EventSourceArn"]), target(mapping["FunctionName"])
        if "StartingPosition" in mapping:
            continue
        if queue not in t.queues:
            yield f"{name}: {queue} is no queue of this template"
            continue
        least = 6 * t.functions[function]["Timeout"]
        if t.queues[queue].get("VisibilityTimeout", 30) < least:
            yield f"{queue}: VisibilityTimeout must be at least {least}, six times the time-out of {function}"
        if t.queues[queue].get("MessageRetentionPeriod") != 1209600:
            yield f"{queue}: set MessageRetentionPeriod to 1209600; a worker may be paused for longer than four days"
        redrive = t.queues[queue].get("RedrivePolicy", {})
        dead = target(redrive.get("deadLetterTargetArn"))
        if dead not in t.queues or dead in taken or dead == queue or not redrive.get("maxReceiveCount"):
            yield f"{queue}: set RedrivePolicy to a queue of its own, {queue}DeadLetters, and a maxReceiveCount"
        elif t.queues[dead].get("MessageRetentionPeriod") != 1209600:
            yield f"{dead}: set MessageRetentionPeriod to 1209600, the longest there is"
        taken.add(dead)
    for name, queue in t.queues.items():
        if queue.get("SqsManagedSseEnabled") is not True:
            yield f"{name}: set SqsManagedSseEnabled: true"


@check("the table streams, expires, is backed up, encrypted and indexed; it and the master key outlive the stack")
def table(t):
    properties = t.of("AWS::DynamoDB::Table")["Table"]
    wanted = {
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
    }
    for key, value in wanted.items():
        if properties.get(key) != value:
            yield f"Table: set {key} to {value}"
    keys = {i["IndexName"]: i["KeySchema"] for i in properties["GlobalSecondaryIndexes"]}
    indexes = {name: tuple(key["AttributeName"] for key in schema) for name, schema in keys.items()}
    if indexes != TABLE_INDEXES:
        yield f"Table: its indexes are {indexes}; they must be {TABLE_INDEXES}"
    for name in ("Table", "MasterKey"):
        resource = t.result["Resources"][name]
        if {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")} != {"Retain"}:
            yield f"{name}: set DeletionPolicy and UpdateReplacePolicy to Retain"


@check("uploaded files are private, encrypted, asked for by TLS alone, and outlive the stack")
def files(t):
    bucket, properties = t.result["Resources"]["Files"], t.of("AWS::S3::Bucket")["Files"]
    if {bucket.get("DeletionPolicy"), bucket.get("UpdateReplacePolicy")} != {"Retain"}:
        yield "Files: set DeletionPolicy and UpdateReplacePolicy to Retain"
    blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    if any(properties.get("PublicAccessBlockConfiguration", {}).get(name) is not True for name in blocks):
        yield f"Files: set {', '.join(blocks)} of PublicAccessBlockConfiguration to true"
    if not properties.get("BucketEncryption"):
        yield "Files: set BucketEncryption"
    if properties.get("OwnershipControls") != {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}:
        yield "Files: set OwnershipControls to BucketOwnerEnforced"
    denied = [s for p in t.of("AWS::S3::BucketPolicy").values() for s in p["PolicyDocument"]["Statement"]]
    if not any(s["Effect"] == "Deny" and "aws:SecureTransport" in str(s.get("Condition")) for s in denied):
        yield "Files: deny what does not come by TLS"
    types = next(iter(t.of("AWS::ApiGateway::RestApi").values())).get("BinaryMediaTypes")
    if types != ["*~1*"]:
        yield f"Api: BinaryMediaTypes is {types}; without [*~1*] files arrive garbled, and compressed ones leave so"


@check("what the gateway logs and traces holds no URL, since a URL may hold a key")
def gateway_logs(t):
    for name, stage in t.of("AWS::ApiGateway::Stage").items():
        if stage.get("TracingEnabled"):
            yield f"{name}: leave TracingEnabled off; the gateway's traces hold URLs"
        format = stage.get("AccessLogSetting", {}).get("Format", "")
        for told in re.findall(r"\$context\.([A-Za-z.]+)", format):
            if told in ("path", "requestOverride.path", "identity.apiKey") or "querystring" in told:
                yield f"{name}: its access log has $context.{told}"
        if "$context.requestId" not in format:
            yield f"{name}: its access log needs $context.requestId, by which a function's log names the request"


# Partitions that decide who may do what, each with the roles that may change items there.
DOORS = {
    "KEY#*": ("AccessFunctionRole", "ChatbotsFunctionRole", "PurgeWorkerRole", "TickerFunctionRole"),
    "SESSION#*": ("AccessFunctionRole", "PurgeWorkerRole"),
    "USER#*": ("AccessFunctionRole", "PurgeWorkerRole"),
    "CODE#*": ("AccessFunctionRole", "MailWorkerRole", "PurgeWorkerRole"),
    "SIGNIN#*": ("AccessFunctionRole",),
}
# Functions that take what strangers, tenants' endpoints, platforms or models say put no items beside members and keys.
HOSTILE = ("ChannelWorkerRole", "ChatFunctionRole", "ChatStreamFunctionRole", "CrawlWorkerRole", "DeliveryWorkerRole",
           "EventFanoutRole", "LoopWorkerRole", "StatsWorkerRole")  # fmt: skip


@check("each role reaches the partitions of its own work, and few change keys, users or sessions")
def leading_keys(t):
    written = {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
    for name in t.roles:
        for statement in t.statements(name):
            actions = {action for action in each(statement["Action"]) if action.startswith("dynamodb:")}
            if not actions or statement["Resource"] != {"Fn::GetAtt": ["Table", "Arn"]}:
                continue
            keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")
            if not keys or "*" in keys:
                yield f"{name}: give its statements on the table a condition on dynamodb:LeadingKeys"
                continue
            if name in HOSTILE and actions & written and "WS#*" in keys:
                yield f"{name}: it puts or deletes items in partitions of workspaces"
            if not actions & (written | {"dynamodb:UpdateItem"}):
                continue
            for key in keys:
                if name not in DOORS.get(key, (name,)):
                    yield f"{name}: it changes {key}, which decides who may do what"


@check("no role may scan, and none names more than it needs")
def least_privilege(t):
    for name, role in t.roles.items():
        services = {s for st in role["AssumeRolePolicyDocument"]["Statement"] for s in each(st["Principal"]["Service"])}
        for arn in role.get("ManagedPolicyArns", []):
            policy = (arn["Fn::Sub"] if isinstance(arn, dict) else arn).rsplit("/", 1)[-1]
            if not all(policy in MANAGED.get(service, ()) for service in services):
                yield f"{name}: {policy} covers the whole account; give the function a Role that states what it needs"
        for statement in t.statements(name):
            actions, resources = each(statement.get("Action", "*")), each(statement.get("Resource", "*"))
            for action in actions:
                if "*" in action or action.endswith(":Scan"):
                    yield f"{name}: may do {action}; name the actions it needs, of which Scan is never one"
            traces = all(action.startswith("xray:Put") for action in actions)
            for resource in resources:
                text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
                files = text == OBJECTS["Fn::Sub"] and all(re.fullmatch(r"s3:\w+Object", a) for a in actions)
                if "*" in str(text) and not traces and not files:
                    yield f"{name}: may {', '.join(actions)} on {text}; name the resource"


@check("every function may use what it is given")
def permitted(t):
    needed = []
    for name, function in t.functions.items():
        for key, value in function["Environment"]["Variables"].items():
            if key.endswith("_QUEUE_URL"):
                needed.append((name, "sqs:SendMessage", {"Fn::GetAtt": [target(value), "Arn"]}))
            if key == "FILES" and not any(t.allows(name, f"s3:{a}Object", OBJECTS) for a in ("Delete", "Get", "Put")):
                yield f"{name}: has FILES and may do nothing with it; name the actions on ${{Files.Arn}}/*"
            if key == "MASTER_KEY_SECRET":
                needed.append((name, "secretsmanager:GetSecretValue", value))
    for mapping in t.mappings.values():
        function, source = target(mapping["FunctionName"]), mapping["EventSourceArn"]
        if "StartingPosition" in mapping:
            actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]
            needed += [(function, f"dynamodb:{action}", source) for action in actions]
            needed.append((function, "sqs:SendMessage", mapping["DestinationConfig"]["OnFailure"]["Destination"]))
        else:
            actions = ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage"]
            needed += [(function, f"sqs:{action}", source) for action in actions]
    for setting, policy in [("EVENT_QUEUES", "EventQueuesPolicy"), ("EMBEDDINGS", "EmbeddingsPolicy")]:
        roles = set(references(t.of("AWS::IAM::Policy")[policy]["Roles"]))
        for name, function in sorted(t.functions.items()):
            if setting in function["Environment"]["Variables"] and target(function["Role"]) not in roles:
                yield f"{name}: has {setting} and not what goes with it; add its role to {policy}"
    for function, action, resource in needed:
        if not t.allows(function, action, resource):
            yield f"{function}: needs {action} on {target(resource)}; add it to its policy"


@check("every alarm reaches the topic, and every queue of failures has one")
def alarms(t):
    watched = set()
    for name, alarm in t.of("AWS::CloudWatch::Alarm").items():
        watched |= set(references(alarm.get("Dimensions"))) | set(references(alarm.get("Metrics")))
        if "AlarmTopicArn" not in references(alarm.get("AlarmActions")):
            yield f"{name}: set AlarmActions to !If [HasAlarmTopic, [!Ref AlarmTopicArn], !Ref AWS::NoValue]"
    failures = {target(q["RedrivePolicy"]["deadLetterTargetArn"]) for q in t.queues.values() if "RedrivePolicy" in q}
    failures |= {target(m["DestinationConfig"]) for m in t.mappings.values() if "DestinationConfig" in m}
    for queue in sorted(failures - watched):
        yield f"{queue}: nobody would see a message in it; add an alarm on ApproximateNumberOfMessagesVisible"


@check("every function, stream and queue that is late or fails raises an alarm")
def health(t):
    seen = set()  # (metric, what it is of)
    for alarm in t.of("AWS::CloudWatch::Alarm").values():
        stats = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m] or [alarm]
        seen |= {(m["MetricName"], target(m.get("Dimensions"))) for m in stats}
    wanted = [(metric, name) for name in t.functions for metric in ("Errors", "Throttles")]
    for mapping in t.mappings.values():
        if "StartingPosition" in mapping:
            wanted.append(("IteratorAge", target(mapping["FunctionName"])))
        else:
            wanted.append(("ApproximateAgeOfOldestMessage", target(mapping["EventSourceArn"])))
    wanted += [("OldestDueSeconds", None), ("WriteThrottleEvents", "Table"), ("5XXError", None)]
    for metric, name in wanted:
        if (metric, name) not in seen and not (name is None and any(m == metric for m, _ in seen)):
            yield f"{name or 'the stack'}: add an alarm on {metric}, as the others of its kind have"
    oldest = [a for a in t.of("AWS::CloudWatch::Alarm").values() if a.get("MetricName") == "OldestDueSeconds"]
    if any(alarm.get("TreatMissingData") != "breaching" for alarm in oldest):
        yield "OldestDueSeconds: set TreatMissingData to breaching, since a ticker that does not run reports nothing"
    for name, dashboard in t.of("AWS::CloudWatch::Dashboard").items():
        try:
            json.loads(dashboard["DashboardBody"]["Fn::Sub"])
        except ValueError as error:
            yield f"{name}: its body is not JSON: {error}"


@check("the stack and the resource policies are within Lambda's and CloudFormation's bounds")
def sizes(t):
    if len(t.result["Resources"]) >= 500:
        yield f"{len(t.result['Resources'])} resources; a stack has at most 500: move a group into a nested stack"
    for name in t.functions:
        permissions = [p for p in t.of("AWS::Lambda::Permission").values() if target(p["FunctionName"]) == name]
        size = sum(500 + len(str(p.get("SourceArn", ""))) for p in permissions)  # names and ARNs filled in
        if size >= RESOURCE_POLICY_BYTES:
            yield f"{name}: {len(permissions)} events make a resource policy of {size} bytes; join routes or split it"


def problems_of(function, template):
    try:
        return list(function(template))
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return [f"could not be looked at, {type(error).__name__}: {error}; is something missing that it asks for?"]


def main(path):
    try:
        template = Template(path)
    except yaml.YAMLError as error:
        problems = {"it is YAML": [str(error)]}
    except InvalidDocumentException as error:
        problems = {"it translates": [cause.message for cause in error.causes]}
    else:
        problems = {"it translates": []} | {title: problems_of(function, template) for title, function in CHECKS}
    for title, found in problems.items():
        print("FAIL" if found else "ok  ", title)
        for problem in found:
            print("      ", problem)
    failed = sum(bool(found) for found in problems.values())
    print(f"template: {len(problems) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 infra/template/check.py template.yaml")
    sys.exit(main(sys.argv[1]))

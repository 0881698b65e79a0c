/*
 * Runs function versions: code unpacked once, executed as child processes that speak the Lambda
 * Runtime API to us, kept warm and used again. It is given a version as a value and knows nothing
 * of aliases, SQLite, signatures or the REST API.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * Every function here may be called from any thread. An environment takes about eight descriptors
 * of this process: raise RLIMIT_NOFILE before many are wanted.
 */
#ifndef LOCAL_EXECUTE_H
#define LOCAL_EXECUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    EXECUTE_LOG_TAIL_MAX = 4096,      /* what X-Amz-Log-Result carries, before base64 */
    EXECUTE_RESPONSE_MAX = 6291556,   /* bytes; more is Function.ResponseSizeTooLarge */
    EXECUTE_ENVIRONMENTS_MAX = 1000,  /* of the account at once, the service's default quota */
    EXECUTE_UNZIPPED_MAX = 262144000, /* code and layers together */
};

struct executor;

struct executor_options {
    const char *state_dir; /* unpacked code under "code/", logs under "logs/" in it */
    const char *region, *account;
    int64_t idle_ms;           /* an unused environment is ended after this; 0: 10 min */
    unsigned environments_max; /* 0: EXECUTE_ENVIRONMENTS_MAX */
    int64_t init_ms;           /* what the init phase may take; 0: 10 s, as Lambda has it */
    /* PATH, for node and python; NULL: the system's folders. */
    const char *search_path;
    /* Where aws-lambda-ric is looked for besides the function and npm's global folder, with ':'
     * between: the project's node_modules, NODE_PATH. NULL: nowhere. */
    const char *node_path;
    /* Where the Lambda API is served: functions that call Lambda are to reach it. NULL: nowhere. */
    const char *endpoint;
    bool no_sandbox; /* do not even try */
    /* Told, from executor_new(), what users should know of this machine. NULL: nobody is. */
    void (*notice)(void *ctx, const char *text);
    void *notice_ctx;
};

struct execute_variable {
    const char *name, *value;
};

/* A version of a function, ready to run. Borrowed for the call. */
struct execute_version {
    const char *function; /* "orders-dev" */
    const char *version;  /* "$LATEST" or a number */
    /*
     * Another one whenever code, layers or configuration changed: environments that were started
     * for the same function and version with another identity finish what they do and then end.
     */
    const char *identity;
    const char *runtime; /* "provided.al2023", "nodejs20.x", "python3.12" */
    const char *handler;
    const char *zip_path;           /* of the code */
    const char *code_sha256;        /* lower-case hex of that zip: names the unpacked folder */
    const char *const *layer_paths; /* zips, in order of attachment; unpacked over each other */
    const char *const *layer_sha256;
    size_t layer_count;
    const struct execute_variable *variables; /* the user's */
    size_t variable_count;
    int64_t timeout_ms;
    unsigned memory_mb;
    const char *log_group; /* NULL: "/aws/lambda/FUNCTION" */
    const char *log_level; /* of an application that logs JSON, "INFO"; NULL: it logs text */
    unsigned ephemeral_mb; /* the size of /tmp, where it is the function's own; 0: 512 */
};

/* One invocation. Borrowed for the call. */
struct execute_event {
    const char *request_id;    /* a UUID: x-amzn-RequestId and the context's awsRequestId */
    const char *invoked_arn;   /* as it was asked for, with its qualifier */
    struct str payload;        /* JSON */
    struct str client_context; /* JSON text, {NULL, 0}: none */
    bool fresh;                /* in a new environment, whatever is warm */
    /*
     * For response streaming: `payload` of the result stays empty unless the function failed.
     * Called with each part as it comes, on the caller's thread; -1 stops
     * listening. NULL: the whole response ends up in the result.
     */
    int (*part)(void *ctx, struct str bytes);
    void *part_ctx;
};

struct execute_result {
    /* "" success, "Handled"... Lambda's header says "Unhandled" for every kind of error today. */
    char function_error[16];
    struct buf payload;  /* the response, or the error object */
    struct buf log_tail; /* the last EXECUTE_LOG_TAIL_MAX bytes with START, END, REPORT */
    bool cold;
    double duration_ms, init_ms; /* init_ms -1 when warm */
    unsigned max_memory_mb;
};

void execute_result_release(struct execute_result *r); /* a zeroed one is fine */

/* Texts are copied. ERR_IO when the state folder cannot be used. */
int executor_new(struct executor **ret, const struct executor_options *options, struct err *err);

/* Ends every environment and waits for it. NULL is fine. */
void executor_free(struct executor *x);

/*
 * Blocks until the function answered, failed, timed out or died; all of that is 0 with `ret`
 * filled (release it), worded as AWS words it (Sandbox.Timedout, Runtime.ExitError,
 * Runtime.InvalidEntrypoint, Function.ResponseSizeTooLarge...). -1: it was not run: ERR_THROTTLED
 * when environments_max are busy, ERR_IO for a failure of this machine.
 */
int executor_invoke(struct executor *x, const struct execute_version *version,
                    const struct execute_event *event, struct execute_result *ret, struct err *err);

/* Environments of this function (all versions when `version` is NULL) end once they are idle. */
void executor_retire(struct executor *x, const char *function, const char *version);

/* How many environments of the function (NULL: of all) are busy now. */
unsigned executor_busy(struct executor *x, const char *function);

/*
 * Is this a zip that can be unpacked safely (no absolute names, no "..", no symlink out of it, at
 * most EXECUTE_UNZIPPED_MAX bytes)? ERR_INPUT says what is wrong. `ret_unzipped` may be NULL.
 */
int execute_zip_check(struct str zip, uint64_t *ret_unzipped, struct err *err);

#endif

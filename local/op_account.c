/* GetAccountSettings. */
#include "local/call.h"
#include "local/handlers.h"

enum { UNZIPPED = 262144000, ZIPPED = 52428800, CONCURRENT = 1000 };

int account_settings(struct call *c)
{
    struct db *db = c->local->db;
    const int64_t functions = db_value(db, 0, "SELECT count(*) FROM function", "");
    const int64_t reserved = db_value(db, 0, "SELECT sum(reserved) FROM function", "");
    const int64_t size =
        db_value(db, 0, "SELECT sum(json_extract(config, '$.CodeSize')) FROM version", "");

    return answer(c, 200,
                  json_pack("{s{sI sI sI sI sI} s{sI sI}}", "AccountLimit", "TotalCodeSize",
                            (json_int_t)80530636800, "CodeSizeUnzipped", (json_int_t)UNZIPPED,
                            "CodeSizeZipped", (json_int_t)ZIPPED, "ConcurrentExecutions",
                            (json_int_t)CONCURRENT, "UnreservedConcurrentExecutions",
                            (json_int_t)(CONCURRENT - reserved), "AccountUsage", "TotalCodeSize",
                            (json_int_t)size, "FunctionCount", (json_int_t)functions));
}

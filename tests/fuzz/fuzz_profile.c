/* Any bytes as a config file: profiles, or a refusal with its line; plans over them end. */
#include <assert.h>
#include <string.h>

#include "aws/creds/plan.h"
#include "aws/profile.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str text = {(const char *)data, size};
    struct aws_profiles p = {0};
    struct err err = {0};

    if (aws_profiles_parse(&p, text, PROFILE_CONFIG, "config", &err) < 0)
        assert(strncmp(err.text, "config:", 7) == 0);
    if (aws_profiles_parse(&p, text, PROFILE_CREDENTIALS, "credentials", &err) < 0)
        assert(err.kind == ERR_INPUT);
    for (size_t i = 0; i < p.count; i++) {
        struct creds_plan plan;
        struct buf why = {0};

        if (p.sections[i].kind == PROFILE_KIND_PROFILE &&
            creds_plan_make(&plan, &p, p.sections[i].name, true, &why) != CREDS_FOUND)
            assert(why.len);
        buf_release(&why);
    }
    aws_profiles_release(&p);
    return 0;
}

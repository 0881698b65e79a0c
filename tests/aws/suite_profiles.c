/* The shared config files against AWS's own cases: the INI dialect, where the files are, what a
 * profile asks for. */
#include "tests/test.h"

#include "aws/creds/plan.h"
#include "aws/profile.h"
#include "aws/settings.h"
#include "tests/aws/suites.h"

/* ---- the dialect ---- */

static const char *check_section(const struct aws_profiles *p, enum profile_kind kind,
                                 const char *name, json_t *want)
{
    const struct profile_section *s = aws_profiles_find(p, kind, name);
    const char *key;
    json_t *value;

    if (!s)
        return name;
    json_object_foreach(want, key, value)
    {
        const char *got = profile_get(s, key);

        if (!got || strcmp(got, json_string_value(value)) != 0)
            return key;
    }
    return s->count == json_object_size(want) ? NULL : "it has more properties";
}

/* NULL when `p` is what the case wants, else what differs. */
static const char *check_sections(const struct aws_profiles *p, enum profile_kind kind,
                                  json_t *want)
{
    const char *name, *wrong = NULL;
    json_t *properties;
    size_t count = 0;

    json_object_foreach(want, name, properties) if (!wrong) wrong =
        check_section(p, kind, name, properties);
    for (size_t i = 0; i < p->count; i++)
        count += p->sections[i].kind == kind;
    return wrong ? wrong : count == json_object_size(want) ? NULL : "there are more sections";
}

static void parse_case(struct tally *t, const json_t *test)
{
    const json_t *input = json_object_get(test, "input"), *output = json_object_get(test, "output");
    const json_t *config = json_object_get(output, "config");
    const char *name = suites_text(test, "name"), *wrong;
    const char *error = suites_text(output, "errorContaining");
    struct aws_profiles p = {0};
    struct err err = {0};
    int result = aws_profiles_parse(&p, str_c(suites_text(input, "configFile")), PROFILE_CONFIG,
                                    "config", &err);

    if (result == 0)
        result = aws_profiles_parse(&p, str_c(suites_text(input, "credentialsFile")),
                                    PROFILE_CREDENTIALS, "credentials", &err);
    if (*error) {
        if (result == 0 || !strstr(err.text, error))
            tally_fail(t, name, "wanted \"%s\", got \"%s\"", error, err.text);
        else
            tally_pass(t);
    } else if (result < 0) {
        tally_fail(t, name, "%s", err.text);
    } else {
        wrong = check_sections(&p, PROFILE_KIND_PROFILE, json_object_get(config, "profiles"));
        if (!wrong && json_object_get(config, "sso_sessions"))
            wrong = check_sections(&p, PROFILE_KIND_SSO_SESSION,
                                   json_object_get(config, "sso_sessions"));
        if (wrong)
            tally_fail(t, name, "%s", wrong);
        else
            tally_pass(t);
    }
    aws_profiles_release(&p);
}

static void every_case_of_the_profile_parser_passes(void **state)
{
    json_t *file = suites_load("aws-config/test-data/profile-parser-tests.json"), *test;
    struct tally t = {.name = "profile-parser-tests"};
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(file, "tests"), i, test) parse_case(&t, test);
    json_decref(file);
    tally_end(&t);
}

/* ---- where the files are ---- */

static const char *from_object(void *ctx, const char *name)
{
    return json_string_value(json_object_get(ctx, name));
}

static void location_case(struct tally *t, json_t *test)
{
    const struct aws_env env = {from_object, json_object_get(test, "environment")};
    const struct aws_client_options options = {.env = env};
    const char *name = suites_text(test, "name");
    char *config = aws_profiles_path(&env, PROFILE_CONFIG);
    char *credentials = aws_profiles_path(&env, PROFILE_CREDENTIALS);
    const char *profile = suites_text(test, "profile");

    if (strcmp(suites_text(test, "platform"), "linux") != 0)
        tally_leave_out(t, name, "another operating system");
    else if (!config || strcmp(config, suites_text(test, "configLocation")) != 0 || !credentials ||
             strcmp(credentials, suites_text(test, "credentialsLocation")) != 0 ||
             (*profile && strcmp(profile, aws_settings_profile(&options)) != 0))
        tally_fail(t, name, "%s, %s", config ? config : "-", credentials ? credentials : "-");
    else
        tally_pass(t);
    free(config);
    free(credentials);
}

static void every_case_of_file_location_passes(void **state)
{
    json_t *file = suites_load("aws-config/test-data/file-location-tests.json"), *test;
    struct tally t = {.name = "file-location-tests"};
    size_t i;

    (void)state;
    json_array_foreach(json_object_get(file, "tests"), i, test) location_case(&t, test);
    json_decref(file);
    tally_end(&t);
}

/* ---- what a profile asks for ---- */

/* The SDK's words for what is wrong, and ours. */
static const struct {
    const char *theirs, *ours;
} wordings[] = {
    {"profile must contain `source_profile`", "role_arn needs source_profile"},
    {"profile contained both source_profile and credential_source",
     "has both source_profile and credential_source"},
    {"profile missing aws_secret_access_key", "profile B: aws_secret_access_key is missing"},
    {"profile missing aws_access_key_id", "profile B: aws_access_key_id is missing"},
    {"profile `B` did not contain credential information", "profile B: says nothing of"},
    {"profile `A` did not contain credential information", "profile A: says nothing of"},
    {"could not find source profile B referenced from A",
     "profile A: there is no profile B, its source_profile"},
    {"No profiles were defined", "profile A: not found"},
    {"profile formed an infinite loop", "an infinite loop"},
    {"`role_arn` was missing", "web_identity_token_file needs a role_arn"},
    {"if `sso_role_name` is set, then `sso_account_id` must also be set",
     "sso_account_id is missing beside sso_role_name"},
    {"if `sso_account_id` is set, then `sso_role_name` must also be set",
     "sso_role_name is missing beside sso_account_id"},
    {"`sso_region` can only be specified in the [sso-session]",
     "sso-session A: sso_region is missing"},
    {"sso-session named `oops` (referenced by profile `A`) was not found",
     "there is no [sso-session oops]"},
};

static void add_sections(struct buf *text, const char *prefix, json_t *sections)
{
    const char *name, *key;
    json_t *properties, *value;

    json_object_foreach(sections, name, properties)
    {
        buf_printf(text, "[%s %s]\n", prefix, name);
        json_object_foreach(properties, key, value)
            buf_printf(text, "%s = %s\n", key, json_string_value(value));
    }
}

static bool is_same(const char *got, const json_t *object, const char *key)
{
    return strcmp(got ? got : "", suites_text(object, key)) == 0;
}

static bool is_base(const struct creds_plan *plan, const json_t *link)
{
    const json_t *keys = json_object_get(link, "AccessKey"), *sso = json_object_get(link, "Sso");
    const json_t *token = json_object_get(link, "WebIdentityToken");
    const struct profile_section *p = plan->profile;

    switch (plan->base) {
    case CREDS_BASE_KEYS:
        return keys && is_same(profile_get(p, "aws_access_key_id"), keys, "access_key_id") &&
               is_same(profile_get(p, "aws_secret_access_key"), keys, "secret_access_key") &&
               is_same(profile_get(p, "aws_account_id"), keys, "account_id");
    case CREDS_BASE_SOURCE:
        return is_same(profile_get(p, "credential_source"), link, "NamedSource");
    case CREDS_BASE_WEB_IDENTITY:
        return token && is_same(profile_get(p, "role_arn"), token, "role_arn") &&
               is_same(profile_get(p, "web_identity_token_file"), token,
                       "web_identity_token_file") &&
               is_same(profile_get(p, "role_session_name"), token, "role_session_name");
    case CREDS_BASE_SSO:
        return sso && is_same(profile_get(p, "sso_session"), sso, "sso_session") &&
               is_same(profile_get(p, "sso_account_id"), sso, "sso_account_id") &&
               is_same(profile_get(p, "sso_role_name"), sso, "sso_role_name");
    case CREDS_BASE_LOGIN:
    case CREDS_BASE_PROCESS:
        break;
    }
    return false;
}

static bool is_chain(const struct creds_plan *plan, const json_t *chain)
{
    if (json_array_size(chain) != plan->role_count + 1 || !is_base(plan, json_array_get(chain, 0)))
        return false;
    for (size_t i = 0; i < plan->role_count; i++) {
        const json_t *role = json_object_get(json_array_get(chain, i + 1), "AssumeRole");

        if (!is_same(profile_get(plan->roles[i], "role_arn"), role, "role_arn") ||
            !is_same(profile_get(plan->roles[i], "external_id"), role, "external_id") ||
            !is_same(profile_get(plan->roles[i], "role_session_name"), role, "role_session_name"))
            return false;
    }
    return true;
}

/* Half a pair of keys and half an SSO login show when they are used: no network is needed. */
static enum creds_found use_base(const struct creds_plan *plan, const struct aws_profiles *p,
                                 struct buf *why)
{
    const struct creds_options o = {.profiles = p, .profile = "A", .clock = &clock_system};
    struct aws_creds creds = {0};
    enum creds_found found = CREDS_FOUND;

    if (plan->base == CREDS_BASE_KEYS)
        found = creds_static(plan->profile, &creds, why);
    else if (plan->base == CREDS_BASE_SSO)
        found = creds_sso(&o, plan->profile, &creds, why);
    aws_creds_release(&creds);
    return found;
}

static const char *our_words(const char *theirs)
{
    for (size_t i = 0; i < ARRAY_LEN(wordings); i++)
        if (strstr(theirs, wordings[i].theirs))
            return wordings[i].ours;
    return theirs;
}

static void plan_case(struct tally *t, const json_t *test)
{
    const json_t *input = json_object_get(test, "input"), *output = json_object_get(test, "output");
    const json_t *chain = json_object_get(output, "ProfileChain");
    const char *name = suites_text(test, "docs"), *error = suites_text(output, "Error");
    struct buf text = {0}, why = {0};
    struct aws_profiles p = {0};
    struct creds_plan plan = {0};
    enum creds_found found;

    add_sections(&text, "profile", json_object_get(input, "profiles"));
    add_sections(&text, "sso-session", json_object_get(input, "sso_sessions"));
    assert_int_equal(aws_profiles_parse(&p, buf_str(&text), PROFILE_CONFIG, "config", NULL), 0);
    found = creds_plan_make(&plan, &p, suites_text(input, "selected_profile"), true, &why);
    if (*error && found == CREDS_FOUND)
        found = use_base(&plan, &p, &why);
    if (*error ? found == CREDS_FOUND || !strstr(buf_c(&why), our_words(error))
               : found != CREDS_FOUND || !is_chain(&plan, chain))
        tally_fail(t, name, "wanted %s, got \"%s\"", *error ? error : "a chain", buf_c(&why));
    else
        tally_pass(t);
    aws_profiles_release(&p);
    buf_release(&text);
    buf_release(&why);
}

static void every_case_of_assume_role_passes(void **state)
{
    json_t *file = suites_load("aws-config/test-data/assume-role-tests.json"), *test;
    struct tally t = {.name = "assume-role-tests"};
    size_t i;

    (void)state;
    json_array_foreach(file, i, test) plan_case(&t, test);
    json_decref(file);
    tally_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_profile_parser_passes),
        cmocka_unit_test(every_case_of_file_location_passes),
        cmocka_unit_test(every_case_of_assume_role_passes),
    };
    json_t *there = suites_load("aws-config/test-data/profile-parser-tests.json");

    if (!there) {
        printf("skipped: no aws-config under SMOKEGATE_SUITES\n");
        return 77;
    }
    json_decref(there);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

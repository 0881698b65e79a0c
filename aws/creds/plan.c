#include "aws/creds/plan.h"

#include <string.h>

static const struct profile_section *find(const struct aws_profiles *profiles, const char *name)
{
    return aws_profiles_find(profiles, PROFILE_KIND_PROFILE, name);
}

/* Where the name of one that is missing stands as it is to be written in the other file. */
static void advise(const struct aws_profiles *profiles, const char *name, struct buf *why)
{
    const bool blanks = strpbrk(name, " \t") != NULL;

    if (aws_profiles_find(profiles, PROFILE_KIND_MISWRITTEN, name))
        buf_printf(
            why, "; write [profile %s%s%s] in the config file, %s[%s] in the credentials file",
            blanks ? "\"" : "", name, blanks ? "\"" : "", blanks ? "and beside it " : "", name);
}

static bool has(const struct profile_section *s, const char *key)
{
    const char *value = profile_get(s, key);

    return value && *value;
}

static bool has_keys(const struct profile_section *s)
{
    return has(s, "aws_access_key_id") || has(s, "aws_secret_access_key");
}

static bool has_sso(const struct profile_section *s)
{
    return has(s, "sso_session") || has(s, "sso_start_url") || has(s, "sso_account_id") ||
           has(s, "sso_role_name");
}

/* True: role_arn with somebody to assume it by. */
static bool has_role(const struct profile_section *s)
{
    return has(s, "role_arn") && (has(s, "source_profile") || has(s, "credential_source"));
}

static enum creds_found base_of(struct creds_plan *plan, const struct profile_section *s, bool root,
                                struct buf *why)
{
    plan->profile = s;
    if (has(s, "web_identity_token_file")) {
        plan->base = CREDS_BASE_WEB_IDENTITY;
        if (has(s, "role_arn"))
            return CREDS_FOUND;
        buf_printf(why, "profile %s: web_identity_token_file needs a role_arn beside it", s->name);
        return CREDS_FAILED;
    }
    if (has(s, "role_arn") && (root || !has_keys(s))) {
        buf_printf(why, "profile %s: role_arn needs source_profile or credential_source beside it",
                   s->name);
        return CREDS_FAILED;
    }
    plan->base = has_sso(s)                     ? CREDS_BASE_SSO
                 : has_keys(s)                  ? CREDS_BASE_KEYS
                 : has(s, "login_session")      ? CREDS_BASE_LOGIN
                 : has(s, "credential_process") ? CREDS_BASE_PROCESS
                                                : CREDS_BASE_KEYS;
    if (plan->base != CREDS_BASE_KEYS || has_keys(s))
        return CREDS_FOUND;
    buf_printf(why, "profile %s: says nothing of credentials", s->name);
    return CREDS_ABSENT;
}

static bool is_visited(const struct creds_plan *plan, const struct profile_section *s)
{
    for (size_t i = 0; i < plan->role_count; i++)
        if (plan->roles[i] == s)
            return true;
    return false;
}

/* From the profile asked for, outermost role first, down to the base. */
static enum creds_found follow(struct creds_plan *plan, const struct aws_profiles *profiles,
                               const struct profile_section *s, struct buf *why)
{
    while (has_role(s)) {
        const char *source = profile_get(s, "source_profile");
        const struct profile_section *next;

        if (is_visited(plan, s)) {
            buf_printf(why, "profile %s: source_profile leads back to it, an infinite loop",
                       s->name);
            return CREDS_FAILED;
        }
        if (plan->role_count && has_keys(s)) /* the keys of a source win over its own role */
            break;
        if (plan->role_count == CREDS_ROLES_MAX) {
            buf_printf(why, "profile %s: more than %d roles in a row", s->name, CREDS_ROLES_MAX);
            return CREDS_FAILED;
        }
        plan->roles[plan->role_count++] = s;
        if (source && has(s, "credential_source")) {
            buf_printf(why, "profile %s: has both source_profile and credential_source", s->name);
            return CREDS_FAILED;
        }
        if (!source) {
            plan->base = CREDS_BASE_SOURCE;
            plan->profile = s;
            return CREDS_FOUND;
        }
        next = find(profiles, source);
        if (!next) {
            buf_printf(why, "profile %s: there is no profile %s, its source_profile", s->name,
                       source);
            advise(profiles, source, why);
            return CREDS_FAILED;
        }
        if (next == s) { /* its own keys, to assume its own role */
            plan->base = CREDS_BASE_KEYS;
            plan->profile = s;
            return CREDS_FOUND;
        }
        s = next;
    }
    return base_of(plan, s, plan->role_count == 0, why);
}

enum creds_found creds_plan_make(struct creds_plan *ret, const struct aws_profiles *profiles,
                                 const char *profile, bool named, struct buf *why)
{
    const struct profile_section *s = find(profiles, profile);
    struct creds_plan plan = {0}, ordered;
    enum creds_found found;

    if (!s) {
        buf_printf(why, "profile %s: not found in %s", profile,
                   profiles->tried && *profiles->tried ? profiles->tried
                                                       : "any file (HOME is not set)");
        advise(profiles, profile, why);
        return named ? CREDS_FAILED : CREDS_ABSENT;
    }
    found = follow(&plan, profiles, s, why);
    if (found == CREDS_ABSENT && plan.role_count)
        return CREDS_FAILED;
    ordered = plan;
    for (size_t i = 0; i < plan.role_count; i++)
        ordered.roles[i] = plan.roles[plan.role_count - 1 - i];
    *ret = ordered;
    return found;
}

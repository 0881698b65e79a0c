#include <stdio.h>
#include <string.h>

#include "aws/sts.h"
#include "promote/promotion_private.h"

/* A function that has the same name in both; NULL: none has. */
static const struct manifest_function *shared(const struct manifest_environment *a,
                                              const struct manifest_environment *b)
{
    for (size_t i = 0; i < a->function_count; i++)
        for (size_t k = 0; k < b->function_count; k++)
            if (strcmp(a->functions[i].name, b->functions[k].name) == 0)
                return &a->functions[i];
    return NULL;
}

static int twins(const struct manifest_environment *a, const struct manifest_environment *b,
                 const char *where, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "the environments %s and %s are one place: both mean the function %s%s, so what "
                   "is tested in %s would go live in %s as well; tell them apart by \"profile\", "
                   "\"role_arn\" or \"region\", or put {{environment}} into the function's name",
                   a->name, b->name, shared(a, b)->name, where, a->name, b->name);
}

/* Whose account it is: by the credentials, where their source told it. */
static int account_of(struct place *place, char ret[32], struct err *err)
{
    struct sts_identity id;

    if (aws_client_need(place->client, 0, err) < 0)
        return -1;
    if (!*aws_client_account(place->client)) {
        if (sts_caller_identity(place->client, &id, err) < 0)
            return -1;
        snprintf(ret, 32, "%s", id.account);
        return 0;
    }
    snprintf(ret, 32, "%s", aws_client_account(place->client));
    return 0;
}

static int compare(struct place *a, struct place *b, struct err *err)
{
    char first[32], second[32], where[128];

    if (strcmp(aws_client_region(a->client), aws_client_region(b->client)) != 0 ||
        strcmp(aws_client_endpoint(a->client), aws_client_endpoint(b->client)) != 0)
        return 0;
    snprintf(where, sizeof(where), " in %s, with the same credentials",
             aws_client_region(a->client));
    if (aws_client_same_identity(a->client, b->client))
        return twins(a->environment, b->environment, where, err);
    if (account_of(a, first, err) < 0 || account_of(b, second, err) < 0)
        return err_ctx(err,
                       "%s and %s call functions by the same names, and whether they are of the "
                       "same account cannot be found out",
                       a->environment->name, b->environment->name);
    snprintf(where, sizeof(where), " in %s of the account %s", aws_client_region(a->client), first);
    return strcmp(first, second) == 0 ? twins(a->environment, b->environment, where, err) : 0;
}

int promotion_no_twins(struct promotion *p, struct err *err)
{
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = i + 1; k < p->count; k++) {
            struct place *a = &p->places[i], *b = &p->places[k];

            if (!shared(a->environment, b->environment))
                continue;
            if (promotion_meet(p, a, err) < 0 || promotion_meet(p, b, err) < 0 ||
                compare(a, b, err) < 0)
                return -1;
        }
    return 0;
}

/*
 * What is one JSON document of a function or of the account: policies, function URLs, event-invoke
 * and provisioned-concurrency configurations, event source mappings, versions of layers. A row is
 * (kind, owner, key); `number` orders the rows of an owner and may be 0.
 */
#ifndef LOCAL_RESOURCE_H
#define LOCAL_RESOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "local/call.h"
#include "local/page.h"

struct resource {
    const char *kind;  /* "policy", "url", "invoke-config", "provisioned", "mapping", "layer" */
    const char *owner; /* a function's or layer's name; "" for the account */
    const char *key;   /* a qualifier, a UUID, a number */
    int64_t number;
    json_t *document;     /* owned by the call */
    const char *revision; /* or NULL */
    const char *zip;      /* hex SHA-256 of its content, or NULL */
};

bool resource_get(struct call *c, const char *kind, const char *owner, const char *key,
                  struct resource *ret);
void resource_put(struct call *c, const struct resource *r);
bool resource_delete(struct call *c, const char *kind, const char *owner, const char *key);

/* All of a kind and owner (NULL: any) after (owner, number, key), in that order; at most `max`. */
size_t resource_list(struct call *c, const char *kind, const char *owner,
                     const struct resource *after, size_t max, struct resource **ret);

/* Those of an owner whose number is less than `below`, the highest first; at most `max`. */
size_t resource_list_down(struct call *c, const char *kind, const char *owner, int64_t below,
                          size_t max, struct resource **ret);

/* The first owner of that kind after `after`; NULL: there is none. */
const char *resource_next_owner(struct call *c, const char *kind, const char *after);

/*
 * Answers a page of a kind and owner as {"MEMBER": [...], "NextMarker": ...}. `show` makes what the
 * list shows of a row (returned owned); NULL: its document.
 */
int resource_answer_page(struct call *c, const char *kind, const char *owner, const char *member,
                         const struct page *page,
                         json_t *(*show)(struct call *c, const struct resource *r));

/* Everything that a function owns, but event source mappings: those outlive it. */
void resource_delete_owned(struct call *c, const char *function);

/* What belongs to an alias or a version that is deleted. Its function URL goes on to exist. */
void resource_delete_qualified(struct call *c, const char *function, const char *qualifier);

#endif

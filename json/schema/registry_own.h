/* What the compiler keeps in a registry: private to json/schema/. */
#ifndef JSON_SCHEMA_REGISTRY_OWN_H
#define JSON_SCHEMA_REGISTRY_OWN_H

#include "json/schema/schema.h"

/* A meta-schema, compiled on first use and then kept. NULL: it cannot be used. */
const struct schema *registry_metaschema(struct schema_registry *registry, const char *uri);

#endif

/*
 * The order service of the sample shop, behind an API-Gateway-shaped event (REST API, format 1.0):
 *
 *   GET  /health            release and environment
 *   GET  /products/{sku}    name and price
 *   POST /orders            {"sku": "SKU-00042", "quantity": 2} -> 201 with id, prices and tax
 *
 * TAX_PERCENT comes from the function's configuration and differs by environment.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime.h"

static const struct product {
    const char *sku, *name;
    double price;
} products[] = {
    {"SKU-00042", "Enamel mug", 9.99},
    {"SKU-00117", "Notebook, dotted", 4.5},
    {"SKU-00300", "Desk lamp", 39.0},
};

static const struct product *find_product(const char *sku)
{
    for (size_t i = 0; sku && i < sizeof(products) / sizeof(products[0]); i++)
        if (strcmp(products[i].sku, sku) == 0)
            return &products[i];
    return NULL;
}

static double cents(double amount)
{
    return round(amount * 100) / 100;
}

#ifdef SHOP_RELEASE_1_1
/* New in 1.1.0: all percentages come through one helper. It reads whole numbers only: the bug. */
static double percent_setting(const char *name)
{
    const char *text = getenv(name);

    return text ? (double)strtol(text, NULL, 10) : 0;
}

#define RELEASE "1.1.0"
#else
static double percent_setting(const char *name)
{
    const char *text = getenv(name);

    return text ? strtod(text, NULL) : 0;
}

#define RELEASE "1.0.0"
#endif

/* An API Gateway proxy answer; takes `body`. */
static json_t *respond(int status, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_t *answer = json_pack("{s:i, s:b, s:{s:s, s:s}, s:s}", "statusCode", status,
                               "isBase64Encoded", 0, "headers", "content-type", "application/json",
                               "cache-control", "no-store", "body", text ? text : "{}");

    free(text);
    json_decref(body);
    return answer;
}

static json_t *refuse(int status, const char *code, const char *message)
{
    return respond(status, json_pack("{s:{s:s, s:s}}", "error", "code", code, "message", message));
}

/* "ord_" and 12 characters that follow from the request id, so that a retry names the same order.
 */
static void order_id(char out[17], const char *request_id)
{
    unsigned long long hash = 1469598103934665603ull; /* FNV-1a */

    for (const char *p = request_id; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211ull;
    memcpy(out, "ord_", 4);
    for (int i = 4; i < 16; i++, hash /= 36)
        out[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[hash % 36];
    out[16] = '\0';
}

static json_t *create_order(const json_t *event, const char *request_id)
{
    json_t *order = json_loads(json_string_value(json_object_get(event, "body"))
                                   ? json_string_value(json_object_get(event, "body"))
                                   : "",
                               0, NULL);
    const struct product *p = find_product(json_string_value(json_object_get(order, "sku")));
    const json_int_t quantity = json_integer_value(json_object_get(order, "quantity"));
    const double rate = percent_setting("TAX_PERCENT");
    double subtotal, tax;
    char id[17];
    json_t *answer;

    if (!order)
        return refuse(400, "bad_request", "the body is not a JSON object");
    if (!p || quantity < 1 || quantity > 100) {
        answer = p ? refuse(422, "bad_quantity", "quantity must be 1 to 100")
                   : refuse(422, "unknown_sku", "there is no such product");
        json_decref(order);
        return answer;
    }
    subtotal = cents(p->price * (double)quantity);
    tax = cents(subtotal * rate / 100);
    order_id(id, request_id);
    answer = json_pack("{s:s, s:s, s:I, s:f, s:f, s:f, s:s}", "id", id, "sku", p->sku, "quantity",
                       quantity, "subtotal", subtotal, "tax", tax, "total", cents(subtotal + tax),
                       "currency", getenv("CURRENCY") ? getenv("CURRENCY") : "EUR");
    fprintf(stderr, "order %s: %lld x %s\n", id, (long long)quantity, p->sku);
    json_decref(order);
    return respond(201, answer);
}

static json_t *show_product(const char *sku)
{
    const struct product *p = find_product(sku);

    if (!p)
        return refuse(404, "unknown_sku", "there is no such product");
    return respond(200,
                   json_pack("{s:s, s:s, s:f}", "sku", p->sku, "name", p->name, "price", p->price));
}

static json_t *handle(const json_t *event, const char *request_id, struct runtime_error *error)
{
    const char *method = json_string_value(json_object_get(event, "httpMethod"));
    const char *path = json_string_value(json_object_get(event, "path"));

    if (!method || !path) {
        runtime_fail(error, "ValidationError", "the event has no %s",
                     method ? "path" : "httpMethod");
        return NULL;
    }
    if (strcmp(method, "GET") == 0 && strcmp(path, "/health") == 0)
        return respond(200, json_pack("{s:s, s:s}", "status", "ok", "release", RELEASE));
    if (strcmp(method, "GET") == 0 && strncmp(path, "/products/", 10) == 0)
        return show_product(path + 10);
    if (strcmp(path, "/orders") == 0)
        return strcmp(method, "POST") == 0 ? create_order(event, request_id)
                                           : refuse(405, "method_not_allowed", "POST /orders");
    return refuse(404, "not_found", "no such path");
}

int main(void)
{
    return runtime_run(handle);
}

#include "aws/endpoint.h"

#include <string.h>
#include <strings.h>

#include "aws/http.h"
#include "base/mem.h"

const struct aws_partition *aws_partition_of(const char *region)
{
    /* botocore's partitions.json; the longer prefix stands first. */
    static const struct aws_partition partitions[] = {
        {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
        {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
        {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
        {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
        {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
        {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
        {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"},
        {"aws", "", "amazonaws.com", "api.aws"},
    };
    size_t i = 0;

    while (strncmp(region, partitions[i].region_prefix, strlen(partitions[i].region_prefix)) != 0)
        i++; /* ends at the last: its prefix is empty */
    return &partitions[i];
}

/* It becomes part of a host name: nothing may slip in there. */
static bool is_label(const char *text)
{
    const size_t len = strlen(text);

    if (len == 0 || len > 63 || text[0] == '-' || text[len - 1] == '-')
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

bool aws_endpoint_is_loopback(const char *url)
{
    const char *sep = strstr(url, "://"), *host = sep ? sep + 3 : NULL;
    CLEANUP(mem_freep) char *copy = NULL;
    size_t len;

    if (!host)
        return false;
    len = *host == '[' && strchr(host, ']') ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    copy = mem_dup_n(host, len);
    return http_is_loopback(copy);
}

/* GovCloud's ordinary STS and CloudWatch hosts are the FIPS ones; the others have a host more. */
static const char *fips_infix(const struct aws_endpoint_params *p,
                              const struct aws_partition *partition)
{
    const bool ordinary = strcmp(partition->id, "aws-us-gov") == 0 && !p->dual_stack &&
                          (strcmp(p->service, "sts") == 0 || strcmp(p->service, "monitoring") == 0);

    return p->fips && !ordinary ? "-fips" : "";
}

static int custom_url(struct buf *out, const struct aws_endpoint_params *p, struct err *err)
{
    struct str url = str_c(p->custom);
    const bool tls = strncasecmp(p->custom, "https://", 8) == 0;
    const size_t host = tls ? 8 : 7;

    if (strchr(p->custom, '@')) /* not shown: a password stands before it */
        return err_set(err, ERR_INPUT,
                       "endpoint: expected http://host[:port] or https://host[:port], found a user "
                       "before the host");
    if (p->fips || p->dual_stack)
        return err_set(err, ERR_INPUT, "endpoint %s: a custom endpoint cannot be combined with %s",
                       p->custom, p->fips ? "FIPS" : "dual stack");
    if ((!tls && strncasecmp(p->custom, "http://", 7) != 0) || url.len <= host ||
        url.data[host] == '/' || strpbrk(p->custom, " ?#\t\r\n"))
        return err_set(err, ERR_INPUT,
                       "endpoint \"%s\": expected http://host[:port] or https://host[:port]",
                       p->custom);
    while (str_ends(url, STR("/")))
        url.len--;
    buf_add_c(out, tls ? "https://" : "http://");
    buf_add_str(out, str_slice(url, host, url.len));
    return 0;
}

int aws_endpoint(struct buf *out, const struct aws_endpoint_params *p, struct err *err)
{
    const struct aws_partition *partition;

    if (p->custom)
        return custom_url(out, p, err);
    if (!p->region || !*p->region)
        return err_set(err, ERR_INPUT,
                       "no Region: give --region, AWS_REGION or `region` in the profile");
    if (!is_label(p->region))
        return err_set(err, ERR_INPUT, "\"%.80s\" is not a Region", p->region);
    partition = aws_partition_of(p->region);
    buf_printf(out, "https://%s%s.%s.%s", p->service, fips_infix(p, partition), p->region,
               p->dual_stack ? partition->dual_stack_suffix : partition->dns_suffix);
    return 0;
}

/*
 * The least a program can do that sends the same requests: bare_loop URL COUNT CONCURRENCY
 * [CAFILE]. What `smokegate run` is measured against.
 */
#include <stdio.h>
#include <stdlib.h>

#include <curl/curl.h>

static size_t ignore(char *data, size_t size, size_t count, void *ctx)
{
    (void)data;
    *(size_t *)ctx += size * count;
    return size * count;
}

int main(int argc, char **argv)
{
    long count = argc > 3 ? strtol(argv[2], NULL, 10) : 0,
         jobs = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    CURLM *multi = curl_multi_init();
    long started = 0, done = 0, failed = 0;
    size_t bytes = 0;
    struct curl_slist *headers = curl_slist_append(NULL, "content-type: application/json");

    if (jobs < 1)
        return 2;
    headers = curl_slist_append(headers, "x-amz-invocation-type: RequestResponse");
    headers = curl_slist_append(headers, "x-amz-log-type: Tail");
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, jobs);
    while (done < count) {
        CURLMsg *message;
        int running, left;

        for (; started < count && started - done < jobs; started++) {
            CURL *easy = curl_easy_init();

            curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
            curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{\"sku\":\"SKU-00042\",\"quantity\":2}");
            curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
            curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
            if (argc > 4)
                curl_easy_setopt(easy, CURLOPT_CAINFO, argv[4]);
            curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
            curl_multi_add_handle(multi, easy);
        }
        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *easy = message->easy_handle;

            failed += message->data.result != CURLE_OK;
            curl_multi_remove_handle(multi, easy);
            curl_easy_cleanup(easy);
            done++;
        }
        if (running)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    printf("%ld done, %ld failed, %zu bytes\n", done, failed, bytes);
    return failed != 0;
}

/*
 * libcurl, loaded when it is first needed. It brings some twenty-five libraries with it, and
 * loading them takes several times as long as all that `smokegate check`, `query` or `validate` do;
 * those never call it. Whoever includes this calls the usual curl_* functions, after curl_load().
 */
#ifndef AWS_CURL_H
#define AWS_CURL_H

#define CURL_DISABLE_TYPECHECK /* its macros would call the functions by their own names */
#include <curl/curl.h>

/* Every function that is used. */
#define CURL_FUNCTIONS(X)                                                                          \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_perform)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_setopt)                                                                                 \
    X(easy_strerror)                                                                               \
    X(free)                                                                                        \
    X(getdate)                                                                                     \
    X(global_cleanup)                                                                              \
    X(global_init_mem)                                                                             \
    X(multi_add_handle)                                                                            \
    X(multi_cleanup)                                                                               \
    X(multi_info_read)                                                                             \
    X(multi_init)                                                                                  \
    X(multi_perform)                                                                               \
    X(multi_poll)                                                                                  \
    X(multi_remove_handle)                                                                         \
    X(multi_setopt)                                                                                \
    X(multi_strerror)                                                                              \
    X(multi_wakeup)                                                                                \
    X(share_cleanup)                                                                               \
    X(share_init)                                                                                  \
    X(share_setopt)                                                                                \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)                                                                                     \
    X(version)                                                                                     \
    X(version_info)

struct curl_api {
#define CURL_MEMBER(name) __typeof__(&curl_##name) name##_;
    CURL_FUNCTIONS(CURL_MEMBER)
#undef CURL_MEMBER
};

extern struct curl_api curl_api; /* filled by curl_load() */

/* Loads the library once; without it the program ends, as it does without memory. */
void curl_load(void);

/*
 * Loads it and, in place of curl_global_init(), makes it wipe what it frees: what it received and
 * sent lies in its buffers, credentials among it. Undo with curl_global_cleanup(); both count.
 */
void curl_begin(void);

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_share_setopt
#undef curl_multi_setopt
#define curl_easy_cleanup        curl_api.easy_cleanup_
#define curl_easy_getinfo        curl_api.easy_getinfo_
#define curl_easy_init           curl_api.easy_init_
#define curl_easy_perform        curl_api.easy_perform_
#define curl_easy_reset          curl_api.easy_reset_
#define curl_easy_setopt         curl_api.easy_setopt_
#define curl_easy_strerror       curl_api.easy_strerror_
#define curl_free                curl_api.free_
#define curl_getdate             curl_api.getdate_
#define curl_global_cleanup      curl_api.global_cleanup_
#define curl_global_init_mem     curl_api.global_init_mem_
#define curl_multi_add_handle    curl_api.multi_add_handle_
#define curl_multi_cleanup       curl_api.multi_cleanup_
#define curl_multi_info_read     curl_api.multi_info_read_
#define curl_multi_init          curl_api.multi_init_
#define curl_multi_perform       curl_api.multi_perform_
#define curl_multi_poll          curl_api.multi_poll_
#define curl_multi_remove_handle curl_api.multi_remove_handle_
#define curl_multi_setopt        curl_api.multi_setopt_
#define curl_multi_strerror      curl_api.multi_strerror_
#define curl_multi_wakeup        curl_api.multi_wakeup_
#define curl_share_cleanup       curl_api.share_cleanup_
#define curl_share_init          curl_api.share_init_
#define curl_share_setopt        curl_api.share_setopt_
#define curl_slist_append        curl_api.slist_append_
#define curl_slist_free_all      curl_api.slist_free_all_
#define curl_url                 curl_api.url_
#define curl_url_cleanup         curl_api.url_cleanup_
#define curl_url_get             curl_api.url_get_
#define curl_url_set             curl_api.url_set_
#define curl_version             curl_api.version_
#define curl_version_info        curl_api.version_info_

#endif

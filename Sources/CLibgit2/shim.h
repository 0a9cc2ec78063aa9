#ifndef PUSHTRAIL_CLIBGIT2_SHIM_H
#define PUSHTRAIL_CLIBGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/repository.h>

/* git_libgit2_opts is variadic, which Swift cannot call: one function for each option that Pushtrail sets. */

/* Whether a repository owned by another user may be opened. libgit2 runs no hook and no configured command. */
static inline int pushtrail_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

/* Names of the `extensions.*` that may be present beside those that libgit2 knows. */
static inline int pushtrail_set_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

/* Whether objects that were read are kept. */
static inline int pushtrail_set_caching(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_CACHING, enabled);
}

/* The most bytes that libgit2 may keep in its object caches. */
static inline int pushtrail_set_cache_max_size(long long bytes) {
  return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)bytes);
}

/* Where configuration of one level is searched; an empty path reads none. */
static inline int pushtrail_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

#endif

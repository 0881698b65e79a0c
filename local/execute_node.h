/*
 * nodejs* runtimes: any installed node with AWS's own interface client, the npm package
 * aws-lambda-ric, from the function, the project, NODE_PATH or npm's global folder.
 */
#ifndef LOCAL_EXECUTE_NODE_H
#define LOCAL_EXECUTE_NODE_H

struct node_versions;

/* Remembers which node is of which version, and what was said about it. Any thread. */
struct node_versions *node_versions_new(void);
void node_versions_free(struct node_versions *v); /* NULL is fine */

#endif

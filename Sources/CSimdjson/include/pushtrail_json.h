#ifndef PUSHTRAIL_JSON_H
#define PUSHTRAIL_JSON_H
#endif

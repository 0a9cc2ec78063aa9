#include "pushtrail_json.h"

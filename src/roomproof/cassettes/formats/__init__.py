"""What recorders write, one module a format: each reads one entry.

vcrpy.py reads vcrpy and its relatives, which keep the same things under other names. What stands where in an
entry of theirs:

| recorder | list | URL | status | body | time |
|---|---|---|---|---|---|
| vcrpy | `interactions` | `uri` | `status.code` | `body`, also as chunks or a value; `body.string` | |
| vcrpy before 1.0 | the document | `protocol`, `host`, `port`, `path` | `status.code` | the same | |
| vcrpy 2 to 5, httpx | `interactions` | `uri` | `status_code` | `body`; `content` | |
| readable serializers | `interactions` | `uri` | `status.code` | `parsed_body`: the value | |
| Ruby's VCR, betamax | `http_interactions` | `uri` | `status.code` | `body.string` | `recorded_at` |
| R's vcr | `http_interactions` | `uri` | `status.status_code`, `status` | `body.file` | `recorded_at` |
| Schemathesis | `http_interactions` | `uri` | `status.code` | `truncated_from` | `recorded_at`, `elapsed` |
| go-vcr 1 to 4 | `interactions` | `url` | `code`, `status` as text | `body`, `form` | `duration` |

Headers are a map of names to a value or a list of values; vcrpy's stub for Tornado has pairs, vcrpy before
1.0 lines. A response that is null is none. bodies.py and times.py read the last two columns.
"""

#!/bin/bash
# redis-load.sh SOCKET: requests of all kinds to a redis server; lists and hashes that grow and are
# unlinked, so that another thread frees them; all is flushed, and the server shut down.
set -euo pipefail
for ((attempt = 0; attempt < 100; attempt++)); do
    [ ! -S "$1" ] || break
    sleep 0.1
done
redis-benchmark -s "$1" -q -n 15000 -c 20 -r 5000 -d 100 -t set,get,lpush,sadd,hset,zadd,incr
for round in 1 2 3; do
    redis-cli -s "$1" eval 'for i = 1, 300 do for j = 1, 80 do
        redis.call("rpush", "list:" .. i, string.rep("x", 10 + j * 3))
        redis.call("hset", "hash:" .. i, "f" .. j, j * i) end end' 0
    redis-cli -s "$1" eval 'for i = ARGV[1], 300, 2 do
        redis.call("unlink", "list:" .. i, "hash:" .. i) end' 0 "$round"
done
redis-cli -s "$1" flushall async
sleep 0.3
redis-cli -s "$1" shutdown nosave

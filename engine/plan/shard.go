package plan

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// A Shard is one of several runs that divide the posts among them. The zero
// Shard is all of them.
type Shard struct{ N, Count int } // N from 1

// ParseShard reads "2/8". An empty string is the zero Shard.
func ParseShard(s string) (Shard, error) {
	if s == "" {
		return Shard{}, nil
	}
	n, count, _ := strings.Cut(s, "/")
	sh := Shard{}
	var bad [2]error
	sh.N, bad[0] = strconv.Atoi(n)
	sh.Count, bad[1] = strconv.Atoi(count)
	if bad[0] != nil || bad[1] != nil || sh.N < 1 || sh.N > sh.Count {
		return Shard{}, fmt.Errorf("%q is not a share of the work; write the second of eight as 2/8", s)
	}
	return sh, nil
}

// Of keeps the actions that are the shard's. Which those are depends on the
// post and the channel alone.
func (s Shard) Of(as []Action) []Action {
	if s.Count <= 1 {
		return as
	}
	return slices.DeleteFunc(slices.Clone(as), func(a Action) bool {
		h := fnv.New64a()
		h.Write([]byte(a.Post + "\x00" + a.Channel))
		return int(h.Sum64()%uint64(s.Count)) != s.N-1
	})
}

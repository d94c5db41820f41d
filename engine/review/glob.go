package review

import "strings"

// below reports whether a path is what a pattern means, or in a folder that
// is: * is any part of a name, ? one sign, ** any folders. A pattern with a /
// before its end begins at the root, another one anywhere. What ends in / is a
// folder; what ends in /* is files right in one.
func below(pattern, path string) bool {
	anchored := strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	folder := strings.HasSuffix(pattern, "/")
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	if !anchored {
		want = append([]string{"**"}, want...)
	}
	names := strings.Split(path, "/")
	flat := anchored && want[len(want)-1] == "*"
	// at[n] says that the pattern, as far as it was read, ends before names[n]
	at := make([]bool, len(names)+1)
	at[0] = true
	for _, w := range want {
		next := make([]bool, len(names)+1)
		for n := range at {
			if !at[n] {
				continue
			}
			if w == "**" {
				for m := n; m < len(next); m++ {
					next[m] = true
				}
				break
			}
			if n < len(names) && like(w, names[n]) {
				next[n+1] = true
			}
		}
		at = next
	}
	for n, is := range at {
		last := n == len(names)
		if is && n > 0 && (last && !folder || !last && !flat) {
			return true
		}
	}
	return false
}

// like reports whether a name is what a pattern with * and ? means. A
// backslash takes the meaning from what follows.
func like(pattern, name string) bool {
	p, n := []rune(pattern), []rune(name)
	star, from := -1, 0
	i, k := 0, 0
	for k < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, k
			i++
		case i+1 < len(p) && p[i] == '\\' && p[i+1] == n[k]:
			i, k = i+2, k+1
		case i < len(p) && p[i] != '\\' && (p[i] == '?' || p[i] == n[k]):
			i, k = i+1, k+1
		case star >= 0:
			from++
			i, k = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

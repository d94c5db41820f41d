package match

import "strings"

// address takes the pieces of web and e-mail addresses and @names out of those
// from first on, which stand in text[start:end]; and says whether there were
// any, and whether they are one @name that may be a word with an a in disguise.
func (s *scanner) address(start, end, first int) (found, disguise bool) {
	for at := start; ; {
		from, to := address(s.text[at:end])
		if from == to {
			return found, disguise
		}
		from, to = at+from, at+to
		kept := s.pieces[:first]
		for _, p := range s.pieces[first:] {
			switch {
			case int(p.end) <= from:
			case int(p.start) >= to:
				p.before |= hasOther
			default:
				continue
			}
			kept = append(kept, p)
		}
		s.pieces = kept
		s.signs |= hasOther
		disguise = !found && s.text[from] == '@' && !strings.ContainsAny(s.text[from+1:to], "@.-_")
		found, at = true, to
	}
}

// address is where the first address in s is; s has no spaces.
func address(s string) (from, to int) {
	if i := strings.Index(s, "://"); i > 0 {
		for from = i; from > 0 && isName(s[from-1]); from-- {
		}
		if from < i {
			return from, len(s)
		}
	}
	at := strings.IndexByte(s, '@')
	for i := 0; i < len(s); i++ {
		if !isName(s[i]) && s[i] != '@' {
			continue
		}
		from, to = i, i
		for to < len(s) && (isName(s[to]) || strings.IndexByte("@._%+-", s[to]) >= 0) {
			to++
		}
		i = to
		word := strings.TrimRight(s[from:to], "._%+-")
		switch {
		case at >= 0 && word != "" && word[0] == '@':
			if len(word) > 1 && isName(word[1]) && strings.Trim(word[1:], "@") == word[1:] && strings.Count(word, "@") <= 2 && (from == 0 || strings.IndexByte("([{<>\"'*_.,;:!?", s[from-1]) >= 0) {
				return from, from + len(word)
			}
		case strings.Count(word, "@") == 1:
			who, host, _ := strings.Cut(word, "@")
			if dot := strings.LastIndexByte(host, '.'); dot > 0 && host[0] != '.' && len(host) > dot+2 && !strings.HasSuffix(who, ".") {
				return from, from + len(word)
			}
		case host(word, to < len(s) && s[to] == '/'):
			return from, len(s)
		}
	}
	return 0, 0
}

// host reports whether s is the name of one: by its beginning, by a path that
// follows, or by one of the endings that people write.
func host(s string, path bool) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 1 || strings.Contains(s, "..") || strings.ContainsAny(s, "@_%+") {
		return false
	}
	top := strings.ToLower(s[dot+1:])
	if len(top) < 2 || strings.ContainsAny(top, "0123456789-") {
		return false
	}
	first, _, _ := strings.Cut(s, ".")
	if strings.EqualFold(first, "www") || path && len(first) > 1 {
		return true
	}
	switch top {
	case "app", "be", "biz", "blog", "ca", "ch", "club", "co", "com", "de", "dev", "edu", "es", "eu", "fr", "gouv", "gov",
		"info", "io", "it", "live", "ly", "me", "net", "news", "nl", "online", "org", "shop", "site", "social", "store",
		"test", "tv", "uk", "us", "xyz", "example":
		return len(first) > 1
	}
	return false
}

func isName(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

package wire

import (
	"net/http"
	"strconv"
	"time"
)

// longest is the longest wait a server is believed to mean.
const longest = 24 * time.Hour

// wait is how long an answer's headers ask us to stay away. Moments are
// measured from the answer's own Date, so that no clock of ours matters.
func wait(h http.Header) time.Duration {
	now, err := http.ParseTime(h.Get("Date"))
	dated := err == nil
	until := func(t time.Time) time.Duration {
		if !dated {
			return 0
		}
		return t.Sub(now)
	}
	var d time.Duration
	if s := h.Get("Retry-After"); s != "" {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			d = time.Duration(min(max(n, 0), longest.Seconds()) * float64(time.Second))
		} else if t, err := http.ParseTime(s); err == nil {
			d = until(t)
		}
	} else if spent(h) {
		for _, name := range []string{"RateLimit-Reset", "X-RateLimit-Reset"} {
			if s := h.Get(name); s == "" {
				continue
			} else if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				d = until(time.Unix(n, 0))
			} else if t, err := time.Parse(time.RFC3339, s); err == nil { // Mastodon
				d = until(t)
			}
		}
	}
	return min(max(d, 0), longest)
}

func spent(h http.Header) bool {
	for _, name := range []string{"RateLimit-Remaining", "X-RateLimit-Remaining"} {
		if s := h.Get(name); s != "" && s != "0" {
			return false
		}
	}
	return true
}

package wire

import (
	"net/http"
	"strconv"
	"time"
)

// longest is the longest wait a server is believed to mean.
const longest = 24 * time.Hour

// limits are the headers that tell how many calls are left and when there are
// more: of Bluesky, of Mastodon and many others, of X.
var limits = []struct{ remaining, reset string }{
	{"RateLimit-Remaining", "RateLimit-Reset"},
	{"X-RateLimit-Remaining", "X-RateLimit-Reset"},
	{"X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"},
}

// Wait is how long an answer that is a refusal asks us to stay away; 0 where it
// does not say. Moments are measured from the answer's own Date, so that no
// clock of ours matters.
func Wait(h http.Header) time.Duration {
	if s := h.Get("Retry-After"); s != "" {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return time.Duration(min(max(n, 0), longest.Seconds()) * float64(time.Second))
		}
		t, err := http.ParseTime(s)
		if err != nil {
			return 0
		}
		return until(t, h)
	}
	for _, l := range limits {
		if left := h.Get(l.remaining); left == "" || left == "0" {
			if d := reset(h, l.reset); d > 0 {
				return d
			}
		}
	}
	return 0
}

// Spent is how long a server that took a call will take no more such calls,
// as its answer says; 0 where it has some left or does not say.
func Spent(h http.Header) time.Duration {
	for _, l := range limits {
		if h.Get(l.remaining) == "0" {
			return reset(h, l.reset)
		}
	}
	return 0
}

// reset reads a moment, as a number of seconds since 1970 or as Mastodon
// writes it, or a number of seconds from now.
func reset(h http.Header, name string) time.Duration {
	s := h.Get(name)
	const year = 365 * 24 * 60 * 60
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n < year {
		return min(time.Duration(max(n, 0))*time.Second, longest)
	} else if err == nil {
		return until(time.Unix(n, 0), h)
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0
	}
	return until(t, h)
}

func until(t time.Time, h http.Header) time.Duration {
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return min(max(t.Sub(now), 0), longest)
}

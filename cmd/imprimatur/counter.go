package main

import (
	"fmt"
	"sync"
	"time"
)

// counter says on a terminal how far something is that takes longer than a
// second. What tell hears may come from many goroutines; end takes the line
// away. Elsewhere tell is nil.
func (a *app) counter(format string) (tell func(done, of int), end func()) {
	if !a.terminal(a.stderr) {
		return nil, func() {}
	}
	var mu sync.Mutex
	start, most, shown := a.now(), 0, false
	tell = func(done, of int) {
		mu.Lock()
		defer mu.Unlock()
		if done <= most {
			return
		}
		if most = done; a.now().Sub(start) > time.Second {
			shown = true
			fmt.Fprintf(a.stderr, "\r"+format, done, of)
		}
	}
	return tell, func() {
		mu.Lock()
		defer mu.Unlock()
		if shown {
			fmt.Fprint(a.stderr, "\r\x1b[K")
		}
	}
}

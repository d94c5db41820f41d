package rehearse

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/image"
)

// Serve shows the page on l, and the rehearsed sites below it, until the
// context ends.
func (r *Rehearsal) Serve(ctx context.Context, l net.Listener) error {
	h, err := r.handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{Handler: guard(l.Addr(), h), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type kept struct {
	kind string
	data []byte
}

func (r *Rehearsal) handler() (http.Handler, error) {
	pictures := map[string]kept{}
	body, policy, err := r.write(sink{
		picture: func(data []byte, kind string) template.URL {
			sum := sha256.Sum256(data)
			name := hex.EncodeToString(sum[:])
			pictures[name] = kept{kind, data}
			return template.URL("/picture/" + name) // hexadecimal
		},
		past: true,
		site: func(channel, page string) string { return "/site/" + url.PathEscape(channel) + "/" + page },
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "text/html; charset=utf-8", policy+"; frame-ancestors 'none'", body)
	})
	mux.HandleFunc("GET /picture/{name}", func(w http.ResponseWriter, r *http.Request) {
		pic, ok := pictures[r.PathValue("name")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		answer(w, pic.kind, "default-src 'none'", pic.data)
	})
	mux.HandleFunc("GET /site/{channel}/{path...}", func(w http.ResponseWriter, q *http.Request) {
		s := r.stage.standins[q.PathValue("channel")]
		if c := r.Space.Channel(q.PathValue("channel")); s == nil || c == nil || !c.Platform.Local {
			http.NotFound(w, q)
			return
		}
		q = q.Clone(q.Context())
		q.URL = &url.URL{Path: "/" + q.PathValue("path"), RawQuery: q.URL.RawQuery}
		secure(w.Header(), "default-src 'none'; img-src 'self' data:; style-src 'self'; form-action 'none'; frame-ancestors 'none'")
		s.ServeHTTP(w, q)
	})
	return mux, nil
}

func answer(w http.ResponseWriter, kind, policy string, data []byte) {
	secure(w.Header(), policy)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store") // the next rehearsal has the same address
	_, _ = w.Write(data)                        // a reader that went away does not matter
}

func secure(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// What a picture in a file of its own may be: a card is small.
const (
	fileSide  = 800
	fileBytes = 120_000
)

// HTML is the page as one file that needs no other. It holds no pictures of
// what has passed: years of them would not go by mail.
func (r *Rehearsal) HTML() ([]byte, error) {
	made := map[[32]byte]template.URL{}
	body, _, err := r.write(sink{picture: func(data []byte, kind string) template.URL {
		sum := sha256.Sum256(data)
		if u, ok := made[sum]; ok {
			return u
		}
		small, info, err := image.Fit(data, image.Bounds{Side: fileSide, Bytes: fileBytes})
		if err != nil { // an animation, most likely: as it is
			small, info.Type = data, kind
		}
		u := template.URL("data:" + info.Type + ";base64," + base64.StdEncoding.EncodeToString(small)) // a picture's type is one of four
		made[sum] = u
		return u
	}})
	return body, err
}

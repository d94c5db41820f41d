package visit

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// visit follows one address to its page.
func (t *tour) visit(ctx context.Context, address string) Answer {
	begin, err := url.Parse(address)
	if err != nil || begin.Hostname() == "" {
		return Answer{State: Unreachable, Why: "is not a whole address"}
	}
	jar, err := cookiejar.New(nil) // some sites send whoever has no cookie in circles
	if err != nil {
		return Answer{State: Unreachable, Why: err.Error()}
	}
	client := &http.Client{Transport: t.Web, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	at, to, forGood := begin, begin, true
	for range redirects + 1 {
		status, location, err := t.ask(ctx, client, at)
		if err != nil {
			return Answer{State: Unreachable, Why: t.why(err)}
		}
		if location == "" {
			return judge(status, begin, to)
		}
		next, err := at.Parse(location)
		if err != nil || next.Hostname() == "" || next.Scheme != "http" && next.Scheme != "https" {
			return Answer{State: Unreachable, Why: "sends its visitors to something that is no web page"}
		}
		at = next
		if forGood = forGood && (status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect); forGood {
			to = next
		}
	}
	return Answer{State: Unreachable, Why: fmt.Sprintf("sends its visitors on and on, more than %d times", redirects)}
}

// judge says what a last status means. One that refuses programs, or asks for
// a password or for patience, comes from a page that is there.
func judge(status int, begin, to *url.URL) Answer {
	switch {
	case status == http.StatusNotFound, status == http.StatusGone:
		return Answer{State: Broken, Why: fmt.Sprintf("status %d", status)}
	case status >= 500 && status < 600:
		return Answer{State: Unreachable, Why: fmt.Sprintf("has a server in trouble (status %d)", status)}
	}
	here, there := *begin, *to
	here.User, there.User = nil, nil
	if bare(here) == bare(there) { // nobody needs to mend that
		return Answer{State: There}
	}
	return Answer{State: Moved, To: there.String()}
}

// bare is an address without what servers like to add.
func bare(u url.URL) string {
	u.Host, u.Path, u.RawPath = strings.ToLower(u.Host), strings.TrimSuffix(u.Path, "/"), ""
	return u.String()
}

// ask requests a page's head, and the page itself where a server is not used
// to that. Nothing of a body is read.
func (t *tour) ask(ctx context.Context, client *http.Client, at *url.URL) (status int, location string, err error) {
	h := t.host(strings.ToLower(at.Host))
	leave, err := t.enter(ctx, h)
	if err != nil {
		return 0, "", err
	}
	defer leave()
	if dead := h.dead.Load(); dead != nil {
		return 0, "", dead
	}
	status, location, err = t.request(ctx, client, http.MethodHead, at)
	var dial *net.OpError
	switch {
	case errors.As(err, &dial) && dial.Op == "dial":
		h.dead.Store(dial)
	case ctx.Err() != nil, hopeless(err), status == http.StatusTooManyRequests:
	case err != nil, status >= 400:
		return t.request(ctx, client, http.MethodGet, at)
	}
	return status, location, err
}

func (t *tour) request(ctx context.Context, client *http.Client, method string, at *url.URL) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	to := *at
	to.User, to.Fragment, to.RawFragment = nil, "", "" // a name and a password are for people
	r, err := http.NewRequestWithContext(ctx, method, to.String(), nil)
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("User-Agent", "imprimatur (+https://github.com/imprimatur-ci/imprimatur)")
	r.Header.Set("Accept", "text/html, */*;q=0.5")
	if method == http.MethodGet {
		r.Header.Set("Range", "bytes=0-0")
	}
	resp, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.StatusCode, resp.Header.Get("Location"), nil
	}
	return resp.StatusCode, "", nil
}

// hopeless reports whether asking in another way would end alike.
func hopeless(err error) bool {
	var cert *tls.CertificateVerificationError
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &cert)
}

// why is an error in words that are the same on every machine.
func (t *tour) why(err error) string {
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.Is(err, errPrivate):
		return "leads into a private network, where readers cannot follow"
	case errors.As(err, &name) && name.IsNotFound:
		return "names a server that there is not"
	case errors.As(err, &cert):
		return "has a certificate that browsers refuse"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "does not answer in time"
	}
	return "does not answer"
}

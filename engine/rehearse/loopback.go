package rehearse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// ErrAway means that something would have left this machine.
var ErrAway = errors.New("a rehearsal never leaves this machine")

// transport reaches loopback and nothing else, and asks no proxy and no name
// server.
func transport() *http.Transport {
	return &http.Transport{DialContext: dial, ResponseHeaderTimeout: time.Minute, MaxIdleConnsPerHost: 4}
}

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !to.Addr().Unmap().IsLoopback() {
		return nil, fmt.Errorf("%w: not to %s", ErrAway, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, to.String())
}

// Loopback checks an address to listen on, like 127.0.0.1:8080 or [::1]:0,
// where a port 0 is any free one: nobody else must read posts that are not out.
func Loopback(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%q is not an address; write one like 127.0.0.1:8080", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("%q is not a port; write a number, 0 for any free one", port)
	}
	if host == "localhost" {
		host = "127.0.0.1" // whatever a name server says
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return "", fmt.Errorf("%w: others could reach %q; write 127.0.0.1:%s", ErrAway, address, port)
	}
	return net.JoinHostPort(host, port), nil
}

// Listen opens an address that Loopback takes.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	address, err := Loopback(address)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", address)
}

// guard answers only who asked for this very address: a page elsewhere on the
// web that gives its own name the address 127.0.0.1 gets nothing.
func guard(at net.Addr, h http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(at.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != at.String() && r.Host != "localhost:"+port {
			http.Error(w, "this address is "+at.String(), http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

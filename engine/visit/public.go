package visit

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
)

// errPrivate means that an address is not one of the public web.
var errPrivate = errors.New("not a public address")

// Public is the public web. The address that is connected to is looked at, not
// the name that led to it: a name can lead anywhere, and elsewhere each time.
// It goes through no proxy, which would connect for us to what we do not see.
func Public() http.RoundTripper {
	d := &net.Dialer{Timeout: patience / 2, Control: func(_, address string, _ syscall.RawConn) error {
		if ap, err := netip.ParseAddrPort(address); err != nil || !public(ap.Addr()) {
			return errPrivate
		}
		return nil
	}}
	return &http.Transport{
		DialContext:            d.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           atOnce,
		MaxResponseHeaderBytes: 64 << 10,
		TLSHandshakeTimeout:    patience,
		IdleConnTimeout:        patience,
	}
}

// public reports whether anyone on the internet would reach the same machine
// at a.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || a.Is6() && !global.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// global is what has been given out of IPv6.
var global = netip.MustParsePrefix("2000::/3")

// nat64 is where a network of IPv6 alone finds the addresses of IPv4: they are
// the last four bytes.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// special is what else never leads to a public server, or hides another
// address that may not.
// See https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry (checked 2026-11-22).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by a provider's customers
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), // documentation, as the next two
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // measurements
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"),     // protocols, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"), // documentation
	netip.MustParsePrefix("2002::/16"),     // 6to4: holds an address of IPv4
	netip.MustParsePrefix("3fff::/20"),     // documentation
}

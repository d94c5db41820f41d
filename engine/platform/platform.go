// Package platform is the contract between the engine and the places it
// publishes to. Connectors import it; it imports no connector.
package platform

import (
	"context"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/git"
)

// A Platform describes one kind of place: what fits there, what it can do, and
// how to open an account. Everything but Open is known without credentials, so
// a pull request from a fork can be checked, rendered and planned in full.
type Platform struct {
	Name    string // "bluesky": the folder, the YAML value, the ledger key
	Title   string // "Bluesky": for people
	Docs    string // address of the API's own documentation
	Compose string // address where a person writes a post; {name} stands for the channel's setting of that name
	Local   bool   // nothing leaves this machine, but for channels with a field that Leaves
	Profile Profile
	Ops     []Op
	Fields  []Field

	// Repeat is how long a Publish repeated with the same key finds its first
	// attempt instead of making a second post. 0: never.
	Repeat time.Duration

	// Open is nil where there is no connector yet: posts are checked, rendered
	// and planned, and handed to a person, who publishes them at Compose. Ops
	// and Repeat say nothing then, and Standin is nil too. It reaches for no
	// network: a connection that cannot work says so at its first call.
	Open func(Account) (Conn, error)

	// Locate is the post at an address that a person gives, on a channel with
	// these settings. Nil: the address is all that names it.
	Locate func(settings map[string]string, address string) (Ref, error)

	// Standin makes a stand-in of the platform's server, in memory. Root is
	// the workspace the account will have.
	Standin func(root *os.Root) Standin
}

// Forever is the Repeat of a platform where a key names its post for good.
const Forever = time.Duration(1<<63 - 1)

// Op names an ability beyond Publish. The conformance suite holds Ops to the
// interfaces of the same names.
type Op string

// The abilities.
const (
	Find     Op = "find"     // Finder
	Edit     Op = "edit"     // Editor
	Remove   Op = "remove"   // Remover
	Read     Op = "read"     // Reader
	Moderate Op = "moderate" // Moderator
	Measure  Op = "measure"  // Meter
	Schedule Op = "schedule" // Scheduler
	Limits   Op = "limits"   // Limiter
	Look     Op = "look"     // Looker
)

// AllOps lists the abilities in the order they are shown.
var AllOps = []Op{Find, Edit, Remove, Read, Moderate, Measure, Schedule, Limits, Look}

// Can reports whether the platform has an ability.
func (p *Platform) Can(op Op) bool { return slices.Contains(p.Ops, op) }

// ByHand reports whether there is no connector, so that a person publishes.
func (p *Platform) ByHand() bool { return p.Open == nil }

// Field is one setting of a channel.
type Field struct {
	Name     string
	Help     string            // one sentence
	Example  string            // a value that could stand in imprimatur.yaml
	Default  string            // taken where the channel does not say
	Required bool              // a channel without it is a problem
	Secret   bool              // the YAML holds the name of an environment variable, never the value
	URL      bool              // an http or https address
	Folder   bool              // a folder below the workspace
	Calendar bool              // a file that the workspace's calendar is kept in, by a Keeper
	Instead  string            // the field that a channel with this one goes without
	Leaves   bool              // a channel that has it is not Local
	Choices  []string          // the only values there are
	Fits     func(string) bool // whether the value can be one; nil: any can
}

// AccountField is the field of every platform whose posts a person publishes: it
// tells them as whom.
func AccountField(example string) Field {
	return Field{Name: "account", Help: "the account's name, for whoever posts by hand", Example: example}
}

// Account is a channel with its secrets resolved, and the only ways out: the
// HTTP client, the workspace's folder and its repository.
type Account struct {
	Channel  string
	Brand    string
	Language string            // of the workspace, a BCP 47 tag or ""
	Zone     *time.Location    // of the workspace
	Settings map[string]string // by Field name, defaults filled in
	Secrets  []string          // the values among Settings that no error may show
	HTTP     *http.Client
	Root     *os.Root // the workspace

	// Repo is the repository that holds the workspace, for what is kept on a
	// branch of it. Nil where there can be none.
	Repo func(context.Context) (*git.Repo, error)
}

// A Set is the platforms one program knows, in the order they are shown.
type Set []*Platform

// Named returns the platform called name, or nil.
func (s Set) Named(name string) *Platform {
	for _, p := range s {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Names lists the platforms' names.
func (s Set) Names() []string {
	names := make([]string, len(s))
	for i, p := range s {
		names[i] = p.Name
	}
	return names
}

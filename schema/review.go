package schema

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"
	"gopkg.in/yaml.v3"
)

// Review is who must approve a post before it goes out. Everything it asks for
// must be met; one approval may meet several of its demands. A nil one asks
// for nothing: review: none.
type Review struct {
	Approvals  int          `yaml:"approvals" validate:"required,gte=1" doc:"How many people must approve every post."`
	From       []string     `yaml:"from" validate:"omitempty,min=1,unique,dive,approver" doc:"Only approvals by these people, and by members of these teams, count; without it, by anyone who may write to the repository." example:"@acme/editors"`
	CodeOwners bool         `yaml:"codeowners" doc:"true asks for an owner too, of each file that CODEOWNERS gives one."`
	Rules      []ReviewRule `yaml:"rules" validate:"dive" doc:"What else is asked for, of some posts. Every rule that fits counts."`
	Urgent     *Urgency     `yaml:"urgent" doc:"What is asked for in place of all this where a post says urgent: true."`
}

// ReviewRule asks for approvals of the posts that it fits: those that are
// meant by each of the lists it has. One without a list fits every post.
type ReviewRule struct {
	Channels  []string `yaml:"channels" validate:"omitempty,min=1,unique" doc:"Channels it is for: a post can be approved for one and not yet for another."`
	Paths     []string `yaml:"paths" validate:"omitempty,min=1,unique" doc:"Files it is for, of posts or of their media, from the workspace folder: * is any name, ** any folders." example:"posts/legal/**"`
	Campaigns []string `yaml:"campaigns" validate:"omitempty,min=1,unique" doc:"Campaigns it is for."`
	Labels    []string `yaml:"labels" validate:"omitempty,min=1,unique" doc:"Labels of the pull request that it is for. Who may set labels may take them off before the merge."`
	Words     []string `yaml:"words" validate:"omitempty,min=1,unique" doc:"Words and phrases that it is for: posts that say one of them anywhere, found as moderation finds words." example:"remboursement"`
	Approvals int      `yaml:"approvals" validate:"required,gte=1" doc:"How many people must approve. Two, one of them from @acme/legal, are two rules: 2, and 1 from: [\"@acme/legal\"]."`
	From      []string `yaml:"from" validate:"omitempty,min=1,unique,dive,approver" doc:"Only approvals by these people, and by members of these teams, count toward this rule; without it, by whom review.from names." example:"@acme/legal"`
}

// Urgency is what is asked for of an urgent post.
type Urgency struct {
	Approvals int      `yaml:"approvals" validate:"required,gte=1" doc:"How many people must approve."`
	From      []string `yaml:"from" validate:"required,min=1,unique,dive,approver" doc:"Only approvals by these people, and by members of these teams, count." example:"@acme/direction"`
}

// String is what is asked for in a few words, or none.
func (r *Review) String() string {
	if r == nil {
		return "none"
	}
	s := strconv.Itoa(r.Approvals)
	if len(r.From) > 0 {
		s += " from " + oneOf(r.From)
	}
	if r.CodeOwners {
		s += ", and one owner of each file"
	}
	switch n := len(r.Rules); n {
	case 0:
	case 1:
		s += ", more by a rule"
	default:
		s += ", more by " + strconv.Itoa(n) + " rules"
	}
	return s
}

// ReadReview reads what an imprimatur.yaml asks for, whatever else it says. Not
// ok is one of which that cannot be told.
func ReadReview(src Source) (r *Review, ok bool) {
	d := decoder{src: src}
	root := d.parse()
	if root == nil || root.Kind != yaml.MappingNode {
		return nil, false
	}
	var c Config
	times := 0
	for i := 0; i+1 < len(root.Content); i += 2 {
		if key := root.Content[i]; key.Value == "review" || key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
			d.key(key, spot{})
			d.entry(key, root.Content[i+1], shapes[reflect.TypeFor[Config]()], reflect.ValueOf(&c).Elem(), spot{})
			times++
		}
	}
	if times > 1 || len(d.problems) > 0 || c.Review != nil && validate.Struct(c.Review) != nil {
		return nil, false
	}
	return c.Review, true
}

// Team is the team that an approver is, as in acme/legal; ok is false for a
// person.
func Team(approver string) (team string, ok bool) {
	return strings.TrimPrefix(approver, "@"), strings.Contains(approver, "/")
}

// approverPattern is a team as @org/team or the login of a person.
const approverPattern = `^(@[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}|@?[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]{1,20})?)$`

var approverForm = regexp.MustCompile(approverPattern)

func approver(f validator.FieldLevel) bool { return approverForm.MatchString(f.Field().String()) }

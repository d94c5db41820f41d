package schema

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"
	"gopkg.in/yaml.v3"
)

// inlined stands for the name of a struct whose fields are its parent's in
// YAML; no key can be it.
const inlined = "\x00"

// validate is never written after start.
var validate = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			return inlined
		}
		return name
	})
	_ = v.RegisterValidation("approver", approver) // only a tag without a name is an error
	return v
}()

// rules are the validator's tags that this package uses, and the checks that
// they are to people.
var rules = map[string]string{
	"required":           "value/missing",
	"eq":                 "value/version",
	"oneof":              "value/unknown",
	"min":                "value/too-few",
	"max":                "value/too-long",
	"len":                "value/count",
	"gte":                "value/too-small",
	"lte":                "value/too-large",
	"unique":             "value/twice",
	"http_url":           "value/address",
	"bcp47_language_tag": "value/language",
	"timezone":           "value/timezone",
	"approver":           "value/approver",
}

// validate turns the validator's answers, which know paths, into problems,
// which know places. What could not be read is a problem already.
func (d *decoder) validate(v any) {
	var failed validator.ValidationErrors
	if !errors.As(validate.Struct(v), &failed) {
		return
	}
	for _, f := range failed {
		_, path, _ := strings.Cut(f.Namespace(), ".")
		path = strings.ReplaceAll(path, inlined+".", "")
		if d.unread(path, f.Tag()) {
			continue
		}
		at, written := d.at[path]
		for parent := path; !written && parent != ""; {
			parent = parent[:max(0, strings.LastIndexByte(parent, '.'))]
			at, written = d.at[parent]
		}
		_, written = d.at[path]
		name := f.Field()
		if i := strings.LastIndexByte(name, '['); i >= 0 {
			name = "each entry of " + name[:i]
		}
		text := sentence(name, f)
		switch {
		case f.Tag() == "required" && written:
			text = name + " " + nothing(f.Value())
		case f.Tag() == "unique":
			if i, twice := repeat(f.Value()); twice != "" {
				at, text = d.at[path+"["+strconv.Itoa(i)+"]"], name+" has "+strconv.Quote(brief(twice))+" twice; keep one"
			}
		}
		d.report(at, f.Tag(), text)
	}
}

func (d *decoder) report(p Pos, tag, text string) {
	check := rules[tag]
	if check == "" {
		check = "value/" + tag
	}
	d.problem(p, check, "%s", text)
}

// zero validates a number that the validator would take for an absent one.
func (d *decoder) zero(n *yaml.Node, f *field, v reflect.Value, at spot) {
	rules, optional := strings.CutPrefix(f.tag.Get("validate"), "omitempty,")
	if f.shape.kind != reflect.Int || !optional || !v.IsZero() || d.broken[at.path] {
		return
	}
	var failed validator.ValidationErrors
	if errors.As(validate.Var(v.Interface(), rules), &failed) {
		d.report(d.pos(n), failed[0].Tag(), sentence(at.name, failed[0]))
	}
}

// unread reports whether a failure only follows from a value that could not be
// read.
func (d *decoder) unread(path, tag string) bool {
	for i := range path {
		if (path[i] == '.' || path[i] == '[') && d.broken[path[:i]] {
			return true
		}
	}
	return d.broken[""] || d.broken[path] || tag == "unique" && d.broken[path+"[]"]
}

// repeat finds the first value of a list that was there before.
func repeat(list any) (int, string) {
	words, _ := list.([]string)
	seen := make(map[string]bool, len(words))
	for i, w := range words {
		if seen[w] {
			return i, w
		}
		seen[w] = true
	}
	return 0, ""
}

// nothing says of a required value why it does not count.
func nothing(v any) string {
	switch v.(type) {
	case Duration:
		return "is no time at all; write " + durationWant
	case int:
		return "cannot be 0; write another number"
	}
	return "is empty; write at least one entry"
}

// sentence says what a validation tag means to a person.
func sentence(name string, f validator.FieldError) string {
	unit := map[reflect.Kind]string{reflect.String: "characters", reflect.Slice: "entries", reflect.Map: "entries"}[f.Kind()]
	if f.Param() == "1" {
		unit = map[string]string{"characters": "character", "entries": "entry"}[unit]
	}
	switch f.Tag() {
	case "required":
		return name + " is missing; add it"
	case "oneof":
		return name + " cannot be " + strconv.Quote(brief(fmt.Sprint(f.Value()))) + "; write " + oneOf(strings.Fields(f.Param()))
	case "eq":
		return name + " cannot be " + fmt.Sprint(f.Value()) + "; write " + f.Param()
	case "min":
		return name + " needs at least " + f.Param() + " " + unit + "; add what is missing"
	case "max":
		return name + " is longer than " + f.Param() + " " + unit + "; shorten it"
	case "len":
		return name + " needs exactly " + f.Param() + " " + unit + "; add or remove some"
	case "gte":
		return name + " must be " + f.Param() + " or more"
	case "lte":
		return name + " must be " + f.Param() + " or less"
	case "unique":
		return name + " says the same thing twice; keep one"
	case "http_url":
		return name + " is not a web address; write it whole, as in https://example.org/page"
	case "bcp47_language_tag":
		return name + " is not a language tag; write one like fr or en-GB"
	case "approver":
		return name + " must be a person or a team on GitHub; write a login like ana, or a team like \"@acme/legal\" in quotes"
	case "timezone":
		return name + " is not a time zone; write an IANA name like Europe/Paris"
	}
	return name + " must satisfy " + strings.TrimSpace(f.Tag()+" "+f.Param())
}

// oneOf lists the words there are to choose from.
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

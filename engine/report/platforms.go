package report

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/platform"
)

// PlatformInfo is what there is to say about a platform.
type PlatformInfo struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Docs     string        `json:"docs"`
	Text     string        `json:"text"` // the limit of a part
	Threads  bool          `json:"threads"`
	Pictures string        `json:"pictures"`
	AltText  string        `json:"alt_text"`
	Polls    bool          `json:"polls"`
	Can      []platform.Op `json:"can"`
	Settings []SettingInfo `json:"settings"`
}

// SettingInfo is one setting of a channel.
type SettingInfo struct {
	Name     string `json:"name"`
	Help     string `json:"help"`
	Required bool   `json:"required"`
	Secret   bool   `json:"secret"`
	Default  string `json:"default,omitempty"`
}

// Platforms describes each of set.
func Platforms(set platform.Set) []PlatformInfo {
	var infos []PlatformInfo
	for _, p := range set {
		pr := &p.Profile
		info := PlatformInfo{Name: p.Name, Title: p.Title, Docs: p.Docs, Text: "no limit", Threads: pr.Thread.Max > 1,
			Pictures: number(pr.Media.Max), AltText: number(pr.Media.Alt), Polls: pr.Poll.Options.Max > 0, Can: append([]platform.Op{}, p.Ops...)}
		var limits []string
		for _, l := range pr.Text {
			limits = append(limits, fmt.Sprintf("%d %s", l.Max, l.Unit))
		}
		if len(limits) > 0 {
			info.Text = strings.Join(limits, " and ")
		}
		for _, f := range p.Fields {
			info.Settings = append(info.Settings, SettingInfo{f.Name, f.Help, f.Required, f.Secret, f.Default})
		}
		infos = append(infos, info)
	}
	return infos
}

func number(l platform.Limit) string {
	switch {
	case l.Max == 0:
		return "none"
	case l.Max == platform.NoLimit:
		return "no limit"
	case l.Unit != "":
		return fmt.Sprintf("%d %s", l.Max, l.Unit)
	}
	return fmt.Sprint(l.Max)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Platforms lists platforms for people.
func (t *Text) Platforms(set platform.Set) {
	for i, p := range Platforms(set) {
		if i > 0 {
			t.printf("\n")
		}
		t.printf("%s  %s\n", t.paint(bold, p.Name), t.paint(faint, p.Docs))
		t.table([][]cell{
			{{"  text", faint}, {p.Text, ""}},
			{{"  threads", faint}, {yes(p.Threads), ""}},
			{{"  pictures", faint}, {p.Pictures + ", alternative text " + p.AltText, ""}},
			{{"  polls", faint}, {yes(p.Polls), ""}},
			{{"  besides publishing", faint}, {ops(p.Can), ""}},
		})
		for _, s := range p.Settings {
			note := ""
			switch {
			case s.Secret:
				note = " (a secret: the name of an environment variable)"
			case s.Default != "":
				note = " (default " + s.Default + ")"
			case !s.Required:
				note = " (optional)"
			}
			t.printf("  %s %s%s\n", t.paint(blue, s.Name+":"), s.Help, note)
		}
	}
}

func ops(list []platform.Op) string {
	var words []string
	for _, o := range list {
		words = append(words, string(o))
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// PlatformTable is the README's table of platforms.
func (t *Text) PlatformTable(set platform.Set) {
	t.printf("| platform | text | threads | pictures | alternative text | polls | find | edit | remove |\n|---|---|---|---|---|---|---|---|---|\n")
	for i, p := range Platforms(set) {
		can := func(op platform.Op) string { return yes(set[i].Can(op)) }
		t.printf("| [%s](%s) | %s | %s | %s | %s | %s | %s | %s | %s |\n", p.Title, p.Docs, p.Text, yes(p.Threads), p.Pictures, p.AltText, yes(p.Polls),
			can(platform.Find), can(platform.Edit), can(platform.Remove))
	}
}

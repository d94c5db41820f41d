package workspace

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/imprimatur-ci/imprimatur/schema"
)

// The folder of the moderation rules, and in it what they refer to.
const (
	ModerationDir = "moderation"
	PolicyFile    = ModerationDir + "/POLICY.md"
)

// A Moderation is the folder of the moderation rules.
type Moderation struct {
	Names    []string            // of all files of rules, in order
	Files    []RuleFile          // of community rules, those that can be read, in order
	Own      []OwnFile           // of rules for our own posts, those that can be read, in order
	OwnNames []string            // of all of these, whether they can be read or not
	Lists    map[string]WordList // by their files in the workspace
	Policy   map[string]string   // headings of POLICY.md, by their anchors
	Problems []schema.Problem    // of reading all that
}

// A RuleFile is one file of rules.
type RuleFile struct {
	Source schema.Source
	schema.Moderation
}

// An OwnFile is one file of rules for our own posts.
type OwnFile struct {
	Source schema.Source
	schema.Editorial
}

// Kind is the name of the schema of a file of rules.
func (m *Moderation) Kind(file string) string {
	if slices.Contains(m.OwnNames, file) {
		return "editorial"
	}
	return "moderation"
}

// A WordList is the terms of one file.
type WordList []schema.Term

// A Folder is where moderation rules are read from: a workspace as it is on
// disk, or as it was.
type Folder interface {
	// Names lists what is in the folder dir; nothing where there is none.
	Names(dir string) ([]string, error)
	// Read reads at most limit bytes of a file. One that is not there is
	// fs.ErrNotExist.
	Read(name string, limit int64) ([]byte, error)
}

// OnDisk is a workspace on disk. Nothing outside of it is read.
type OnDisk struct{ Root *os.Root }

// Names implements Folder.
func (d OnDisk) Names(dir string) ([]string, error) {
	es, err := fs.ReadDir(d.Root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range es {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// Read implements Folder.
func (d OnDisk) Read(name string, limit int64) ([]byte, error) { return Read(d.Root, name, limit) }

// maxRuleFiles is the most files of rules that are read.
const maxRuleFiles = 500

// LoadModeration reads the moderation rules in a folder, with their lists and
// the policy; nil where there are no rules.
func LoadModeration(from Folder) (*Moderation, error) {
	names, err := from.Names(ModerationDir)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(n string) bool { return path.Ext(n) != ".yaml" || strings.HasPrefix(n, ".") })
	if len(names) == 0 {
		return nil, nil
	}
	slices.Sort(names)
	m := &Moderation{Lists: map[string]WordList{}, Policy: map[string]string{}}
	if len(names) > maxRuleFiles {
		m.problem(schema.Pos{File: ModerationDir + "/" + names[maxRuleFiles], Line: 1, Col: 1}, "moderation/file", "more than "+strconv.Itoa(maxRuleFiles)+" files of rules; put several rules into one")
		names = names[:maxRuleFiles]
	}
	for _, name := range names {
		m.Names = append(m.Names, path.Join(ModerationDir, name))
		m.rules(from, path.Join(ModerationDir, name))
	}
	for _, f := range m.Files {
		m.lists(from, f.Source, f.Lists)
	}
	for _, f := range m.Own {
		m.lists(from, f.Source, f.Lists)
	}
	src, err := from.Read(PolicyFile, schema.MaxFile+1)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		m.problem(schema.Pos{File: PolicyFile, Line: 1, Col: 1}, "moderation/file", "it cannot be read: "+cause(err).Error())
	default:
		clean, ps := schema.Clean(PolicyFile, src)
		m.Problems = append(m.Problems, ps...)
		m.Policy = Anchors(string(clean))
	}
	return m, nil
}

func (m *Moderation) problem(at schema.Pos, check, text string) {
	m.Problems = append(m.Problems, schema.Problem{Pos: at, Check: check, Severity: schema.Error, Text: text})
}

func (m *Moderation) rules(from Folder, file string) {
	src, err := from.Read(file, schema.MaxFile+1)
	if err != nil {
		m.problem(schema.Pos{File: file, Line: 1, Col: 1}, "moderation/file", "it cannot be read: "+cause(err).Error()+"; put a plain file here")
		return
	}
	at := schema.Source{File: file}
	own := schema.RulesKind(src) == schema.OwnPosts
	if own {
		m.OwnNames = append(m.OwnNames, file)
	}
	src, ps := schema.Clean(file, src)
	at.YAML = src
	switch {
	case len(ps) > 0:
	case own:
		var rules schema.Editorial
		if rules, ps = schema.Decode[schema.Editorial](at); !schema.Errors(ps) {
			m.Own = append(m.Own, OwnFile{at, rules})
		}
	default:
		var rules schema.Moderation
		if rules, ps = schema.Decode[schema.Moderation](at); !schema.Errors(ps) {
			m.Files = append(m.Files, RuleFile{at, rules})
		}
	}
	m.Problems = append(m.Problems, ps...)
}

func (m *Moderation) lists(from Folder, at schema.Source, lists map[string]schema.TermList) {
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		m.list(from, at, "lists."+name+".file", lists[name].File)
	}
}

// list reads a list that a file of rules names, once.
func (m *Moderation) list(from Folder, at schema.Source, key, name string) {
	file := ListFile(name)
	if _, read := m.Lists[file]; read || name == "" {
		return
	}
	if !fs.ValidPath(name) || strings.Contains(name, `\`) {
		m.problem(at.At(key), "moderation/file", strconv.Quote(name)+" is no file below the folder moderation; write it as in lists/insults-fr.txt")
		return
	}
	src, err := from.Read(file, schema.MaxFile+1)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.problem(at.At(key), "moderation/file", "there is no "+file+"; check its name, or add it")
		return
	case err != nil:
		m.problem(at.At(key), "moderation/file", file+" cannot be read: "+cause(err).Error()+"; put a plain file there")
		return
	}
	src, ps := schema.Clean(file, src)
	if len(ps) == 0 {
		m.Lists[file], ps = schema.Terms(file, src)
		if len(m.Lists[file]) == 0 && len(ps) == 0 {
			m.problem(schema.Pos{File: file, Line: 1, Col: 1}, "moderation/term", "the list has no term; add one a line, or take the list out")
		}
	}
	m.Problems = append(m.Problems, ps...)
}

// ListFile is the file in the workspace of a list's name in the rules.
func ListFile(name string) string { return ModerationDir + "/" + name }

// Anchors are the headings of a Markdown text by the names that links give
// them: as GitHub does, small letters with hyphens for blanks.
func Anchors(src string) map[string]string {
	found, times := map[string]string{}, map[string]int{}
	fence := ""
	for line := range strings.Lines(src) {
		words := strings.TrimSpace(line)
		switch {
		case fence != "":
			if strings.HasPrefix(words, fence) {
				fence = ""
			}
			continue
		case strings.HasPrefix(words, "```"), strings.HasPrefix(words, "~~~"):
			fence = words[:3]
			continue
		}
		title := strings.TrimLeft(words, "#")
		if level := len(words) - len(title); level == 0 || level > 6 || title != "" && title[0] != ' ' {
			continue
		}
		title = strings.TrimSpace(strings.TrimRight(title, "# "))
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ' || r == '-':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, title)
		n := times[slug]
		if times[slug]++; n > 0 {
			slug += "-" + strconv.Itoa(n)
		}
		found[slug] = title
	}
	return found
}

// cause is what went wrong with a file, without the file's name.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

package review

import "reflect"

// settings finds what asks for approvals: of its versions the last that was
// itself approved by the one before. That must be what is in force, with
// imprimatur.yaml as it stands approved as well; else bad says what is wrong.
func (j *judge) settings() (now Version, bad finding) {
	var change, content finding // what is wrong with the last change of the rules, and with imprimatur.yaml
	last := -1                  // that changed imprimatur.yaml
	for i := range j.c.Settings {
		if j.c.Settings[i].config() != nil {
			last = i
		}
	}
	for i := range j.c.Settings {
		v := &j.c.Settings[i]
		change = v.trouble()
		switch {
		case change.kind != "":
		case now.Review == nil: // whoever turns it on needs nobody
			now = *v
		case alike(&now, v):
			if now.Owners = v.Owners; i == last {
				content = j.file(v.config(), now)
			}
		default:
			if len(v.Files) == 0 {
				change = finding{kind: BadSettings, file: ConfigFile, why: "who must approve was changed, and nobody can tell how"}
			}
			for n := range v.Files {
				if f := j.file(&v.Files[n], now); f.kind != "" && change.kind == "" {
					change = f
				}
			}
			if change.kind == "" {
				now = *v
			}
		}
	}
	switch {
	case j.c.Cut && (now.Review != nil || change.kind != ""):
		return now, j.found(&File{Path: ConfigFile}, Shallow, nil)
	case change.kind != "":
		return now, change
	}
	return now, content
}

// config is imprimatur.yaml, if it is among what changed with a version.
func (v *Version) config() *File {
	for i := range v.Files {
		if v.Files[i].Path == ConfigFile {
			return &v.Files[i]
		}
	}
	return nil
}

// trouble is why a version cannot say who must approve.
func (v *Version) trouble() finding {
	switch {
	case v.Bad:
		return finding{kind: BadSettings, file: ConfigFile, why: ConfigFile + " cannot be read; `imprimatur check` says why"}
	case v.Review != nil && v.Review.CodeOwners && v.Owners != nil && v.Owners.Bad != "":
		return finding{kind: BadOwners, file: v.Owners.File, why: "CODEOWNERS, which review asks to be honoured, has a fault: " + v.Owners.Bad}
	}
	return finding{}
}

// alike reports whether two versions ask for the same.
func alike(a, b *Version) bool {
	return reflect.DeepEqual(a.Review, b.Review) && (a.Review == nil || !a.Review.CodeOwners || reflect.DeepEqual(a.Owners, b.Owners))
}

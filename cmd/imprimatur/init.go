package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/imprimatur-ci/imprimatur/engine/git"
	"github.com/imprimatur-ci/imprimatur/engine/workspace"
	"github.com/imprimatur-ci/imprimatur/schema"
)

func (a *app) initCommand() *cobra.Command {
	var brand, lang, zone string
	var onGitHub, form, force bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Begin a workspace in this folder",
		Long: "Begin a workspace: imprimatur.yaml, people.yaml, a first draft and a .gitignore. Files that are there already stay as they are. " +
			"With --github, the workflows that check, publish and moderate on GitHub Actions, too: also for a workspace that is there already.",
		Example: "  imprimatur init --language fr --timezone Europe/Paris\n  imprimatur init --github --issue-form     # again, after adding a channel: with --force",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (form || force) && !onGitHub {
				return usage{errors.New("--issue-form and --force go with --github")}
			}
			dirs := a.dirs
			if len(dirs) == 0 {
				dirs = []string{"."}
			}
			for _, dir := range dirs {
				if _, err := os.Stat(filepath.Join(dir, workspace.ConfigFile)); onGitHub && err == nil {
					continue // only the workflows are asked for
				}
				if err := a.begin(c.Context(), dir, brand, lang, zone); err != nil {
					return err
				}
			}
			if onGitHub {
				if err := a.beginGitHub(c.Context(), dirs, form, force); err != nil {
					return err
				}
			}
			fmt.Fprintf(a.stdout, "\nNext: imprimatur new post \"A title\", imprimatur check, imprimatur plan.\n")
			return nil
		},
	}
	c.Flags().BoolVar(&onGitHub, "github", false, "write the workflows for GitHub Actions, below .github/")
	c.Flags().BoolVar(&form, "issue-form", false, "and a form that makes a pull request of a post, for people who know no git")
	c.Flags().BoolVar(&force, "force", false, "write the files below .github/ anew where they are there already")
	c.Flags().StringVar(&brand, "brand", "", "the name people know you by (default: the folder's)")
	c.Flags().StringVar(&lang, "language", "en", "the language you write in, as in fr or en")
	c.Flags().StringVar(&zone, "timezone", "UTC", "the zone of your times, as in Europe/Paris")
	return c
}

func (a *app) begin(ctx context.Context, dir, brand, lang, zone string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if brand == "" {
		full, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		brand = filepath.Base(full)
	}
	title, text := "Hello", "The first words of this brand. Write yours, then run `imprimatur check`."
	if strings.HasPrefix(lang, "fr") {
		title, text = "Bonjour", "Les premiers mots de cette marque. Écrivez les vôtres, puis lancez `imprimatur check`."
	}
	for _, f := range []struct{ name, text string }{
		{"imprimatur.yaml", schema.Modeline("workspace") + "\n" + fmt.Sprintf(`version: 1
brand: %s
language: %s
timezone: %s

channels:
  site:
    platform: site
    url: https://example.org/      # where the folder public/ will be served
  # mastodon:
  #   platform: mastodon
  #   server: https://mastodon.example
  #   token: ${MASTODON_TOKEN}     # the name of an environment variable, never the secret itself
  # bluesky:
  #   platform: bluesky
  #   handle: you.example
  #   app_password: ${BLUESKY_APP_PASSWORD}

review: none                       # nobody has to approve; or {approvals: 1}: a post goes out once somebody else approved its pull request
%s`, schema.Quote(brand), lang, zone, remembered(ctx, dir))},
		{"people.yaml", schema.Modeline("people") + "\n" + `version: 1
people:
  # written as @{ana} in a post
  ana: {name: Ana Example, mastodon: "@ana@mastodon.example", bluesky: ana.example}
`},
		{"posts/hello.md", "---\n" + schema.Modeline("post") + "\n" + fmt.Sprintf("title: %s\n# publish_at: 2027-01-04 08:30   # without a time this is a draft\nchannels: [site]\n---\n%s\n", title, text)},
		{".gitignore", "# what can be made again; the ledger and the site's pages must be kept\n/.imprimatur/cache/\n/.imprimatur/limits/\n/.imprimatur/ledger/lock\n/.imprimatur/unpushed*\n/outbox/\n"},
	} {
		if err := a.write(filepath.Join(dir, f.name), f.text); err != nil {
			return err
		}
	}
	return nil
}

// remembered is the setting of the ledger: with a remote, every machine must
// have the same.
func remembered(ctx context.Context, dir string) string {
	repo, err := git.Open(ctx, dir, os.Environ())
	if err == nil {
		_, err = repo.Remote()
	}
	if err != nil {
		return ""
	}
	return "ledger: git                        # what was published is remembered on the branch imprimatur-ledger\n"
}

// write makes a file that is not there yet.
func (a *app) write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		fmt.Fprintf(a.stdout, "kept     %s\n", name)
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		fmt.Fprintf(a.stdout, "written  %s\n", name)
	}
	return err
}

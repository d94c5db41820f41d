package forge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

// Whatever a server says, nothing panics, nothing runs for ever, and the token
// is in no error.
func FuzzAnswers(f *testing.F) {
	const sha = "0123456789012345678901234567890123456789"
	for _, body := range []string{
		`{}`, `[]`, `[null]`, `null`, `[{}]`, `{"number":1}`, `"x"`, `7`, token,
		`{"number":1,"merged":true,"head":{"sha":"x","repo":null},"base":{"ref":"main"},"labels":[null],"merge_commit_sha":"` + sha + `"}`,
		`[{"merged_at":"2027-01-04T08:00:00Z","base":{"ref":"main"},"number":1,"user":null}]`,
		`{"sha":"` + sha + `","truncated":true,"tree":[null,{"path":"a","type":"tree","mode":"040000","sha":"` + sha + `"}]}`,
		`{"message":"Merge pull request #1 from x","parents":[null]}`,
		`{"type":"file","encoding":"base64","content":"=!"}`,
		`{"type":"file","encoding":"none","sha":"` + sha + `"}`,
		`[{"event":"committed","sha":"x"},{"event":"labeled","label":null},{"event":"review_dismissed","dismissed_review":null}]`,
		`{"data":null,"errors":[{"message":"` + token + `"}]}`,
		`{"data":{"nodes":[null],"node":null,"repository":null,"viewer":null}}`,
		`{"data":{"repository":{"discussions":{"pageInfo":{"hasNextPage":true},"nodes":[{"id":"D","updatedAt":"2027-01-04T08:00:00Z"}]}},"node":{"comments":{"nodes":[{"author":null,"replies":{"pageInfo":{"hasNextPage":true}}}]}}}}`,
	} {
		for _, status := range []int{200, 201, 204, 301, 403, 404, 422, 500} {
			f.Add(status, body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || len(body) > 4000 {
			t.Skip()
		}
		s := &script{answers: []string{fmt.Sprintf("%d\n\n%s", status, body)}}
		hub, err := forge.New(forge.Options{Repo: "acme/voice", Token: token, HTTP: s, Sleep: instantly})
		if err != nil {
			t.Fatal(err)
		}
		ctx, errs := t.Context(), make([]error, 17)
		_, errs[0] = hub.Pull(ctx, 1)
		_, errs[1] = hub.Files(ctx, 1)
		_, errs[2] = hub.Reviews(ctx, 1)
		_, errs[3] = hub.Events(ctx, 1)
		_, errs[4] = hub.Introduced(ctx, sha, "main")
		_, errs[5] = hub.Blobs(ctx, sha, []string{"a/a/a", "b"})
		_, errs[6] = hub.Read(ctx, "main", "a")
		_, errs[7] = hub.Permission(ctx, "ana")
		_, errs[8] = hub.Member(ctx, "acme/legal", "ana")
		_, errs[9] = hub.Comments(ctx, 1)
		_, errs[10] = hub.Comment(ctx, 1, "x")
		errs[11] = hub.EditComment(ctx, 1, "x")
		_, errs[12] = hub.Me(ctx)
		_, errs[13] = hub.Issues(ctx, "x", time.Time{})
		_, errs[14] = hub.OpenIssue(ctx, "x", "x", nil)
		_, errs[15] = hub.Said(ctx, time.Time{})
		errs[16] = hub.Minimize(ctx, "x", "SPAM")
		for i, err := range errs {
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("%d: the token is in %v", i, err)
			}
		}
		if len(s.asked) > 2000 {
			t.Errorf("asked %d times", len(s.asked))
		}
	})
}

package forgetest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imprimatur-ci/imprimatur/engine/forge"
)

type object map[string]any

// Handler is the repository over HTTP, as api.github.com serves what
// engine/forge asks for, at the root; GraphQL is at /graphql. Any token will
// do, and acts as the Repo does.
func (r *Repo) Handler() http.Handler {
	mux := http.NewServeMux()
	at := "/repos/" + r.Slug()
	for route, serve := range map[string]func(*http.Request) (any, error){
		"GET /user":                    r.serveUser,
		"POST /graphql":                r.serveGraph,
		"GET /orgs/{org}/teams/{team}": r.serveTeam,
		"GET /orgs/{org}/teams/{team}/memberships/{login}": r.serveMember,
		"GET " + at + "/collaborators/{login}/permission":  r.servePermission,
		"GET " + at + "/commits/{sha}/pulls":               r.serveIndex,
		"GET " + at + "/git/commits/{sha}":                 r.serveCommit,
		"GET " + at + "/git/trees/{sha}":                   r.serveTree,
		"GET " + at + "/git/blobs/{sha}":                   r.serveBlob,
		"GET " + at + "/contents/{path...}":                r.serveFile,
		"GET " + at + "/pulls/{number}":                    r.servePull,
		"GET " + at + "/pulls/{number}/files":              r.serveFiles,
		"GET " + at + "/pulls/{number}/commits":            r.serveCommits,
		"GET " + at + "/pulls/{number}/reviews":            r.serveReviews,
		"GET " + at + "/pulls/comments":                    r.serveLines,
		"GET " + at + "/issues":                            r.serveIssues,
		"POST " + at + "/issues":                           r.takeIssue,
		"PATCH " + at + "/issues/{number}":                 r.closeIssue,
		"GET " + at + "/issues/{number}/timeline":          r.serveTimeline,
		"GET " + at + "/issues/{number}/comments":          r.serveComments,
		"POST " + at + "/issues/{number}/comments":         r.takeComment,
		"GET " + at + "/issues/comments":                   r.serveSaid,
		"PATCH " + at + "/issues/comments/{id}":            r.changeComment,
	} {
		mux.HandleFunc(route, func(w http.ResponseWriter, req *http.Request) { r.serve(w, req, serve) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
	return mux
}

// errForbidden is GitHub's word for what a workflow's token may not do.
var errForbidden = errors.New("Resource not accessible by integration") //nolint:staticcheck // its spelling

func (r *Repo) serve(w http.ResponseWriter, req *http.Request, serve func(*http.Request) (any, error)) {
	if !strings.HasPrefix(req.Header.Get("Authorization"), "Bearer ") {
		refuse(w, http.StatusUnauthorized, "Requires authentication")
		return
	}
	answer, err := serve(req)
	said := ""
	if err != nil {
		said = err.Error()
	}
	for _, kind := range []error{forge.ErrNotFound, forge.ErrRejected} {
		said = strings.TrimPrefix(said, kind.Error()+": ")
	}
	switch {
	case errors.Is(err, errForbidden) || errors.Is(err, forge.ErrAuth):
		refuse(w, http.StatusForbidden, errForbidden.Error())
	case errors.Is(err, forge.ErrNotFound):
		refuse(w, http.StatusNotFound, said)
	case errors.Is(err, forge.ErrRejected):
		refuse(w, http.StatusUnprocessableEntity, said)
	case err != nil:
		refuse(w, http.StatusInternalServerError, err.Error())
	default:
		if raw, ok := answer.([]byte); ok {
			w.Header().Set("Content-Type", "application/vnd.github.raw")
			w.Write(raw) //nolint:errcheck // it is gone
			return
		}
		if list, ok := answer.([]object); ok {
			answer = page(w, req, list)
		}
		status := http.StatusOK
		if req.Method == http.MethodPost && req.URL.Path != "/graphql" {
			status = http.StatusCreated
		}
		send(w, status, answer)
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	send(w, status, object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}

func send(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer) //nolint:errcheck // it is gone
}

// page is the part of a list that was asked for, with the way to the next one.
func page(w http.ResponseWriter, req *http.Request, list []object) []object {
	q := req.URL.Query()
	n, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	n, size = max(n, 1), min(max(size, 1), 100)
	from, to := min((n-1)*size, len(list)), min(n*size, len(list))
	if to < len(list) {
		q.Set("page", strconv.Itoa(n+1))
		next := *req.URL
		next.Scheme, next.Host, next.RawQuery = "http", req.Host, q.Encode()
		w.Header().Set("Link", fmt.Sprintf("<%s>; rel=\"next\"", &next))
	}
	if from == to {
		return []object{}
	}
	return list[from:to]
}

func number(req *http.Request) int {
	n, _ := strconv.Atoi(req.PathValue("number"))
	return n
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func who(u forge.User) any {
	if u == (forge.User{}) {
		return nil
	}
	kind := "User"
	if u.Bot {
		kind = "Bot"
	}
	return object{"id": u.ID, "login": u.Login, "type": kind, "node_id": fmt.Sprintf("U_%d", u.ID), "site_admin": false}
}

func labels(names []string) []object {
	out := []object{}
	for i, name := range names {
		out = append(out, object{"id": i + 1, "name": name, "color": "ededed", "default": false, "description": ""})
	}
	return out
}

func (r *Repo) serveUser(req *http.Request) (any, error) {
	me, err := r.Me(req.Context())
	if err == nil && me.Bot {
		err = errForbidden
	}
	return who(me), err
}

func (r *Repo) servePermission(req *http.Request) (any, error) {
	login := req.PathValue("login")
	may, err := r.Permission(req.Context(), login)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	u, ok := r.users[strings.ToLower(login)]
	if !ok {
		return nil, missing("%s is not a user", login)
	}
	return object{"permission": may, "role_name": may, "user": who(u.User)}, nil
}

func (r *Repo) serveTeam(req *http.Request) (any, error) {
	team := req.PathValue("org") + "/" + req.PathValue("team")
	if _, err := r.Member(req.Context(), team, "anybody"); err != nil {
		return nil, unseen(r, err)
	}
	return object{"id": 1, "name": req.PathValue("team"), "slug": req.PathValue("team"), "permission": "pull"}, nil
}

func (r *Repo) serveMember(req *http.Request) (any, error) {
	is, err := r.Member(req.Context(), req.PathValue("org")+"/"+req.PathValue("team"), req.PathValue("login"))
	if err == nil && !is {
		err = missing("Not Found")
	}
	return object{"state": "active", "role": "member", "url": "https://api.github.com/teams/1/memberships/x"}, unseen(r, err)
}

// unseen is how a token that might see teams is told of one that is not there.
func unseen(r *Repo, err error) error {
	if errors.Is(err, forge.ErrAuth) && r.me != Actions {
		return missing("Not Found")
	}
	return err
}

func (r *Repo) serveIndex(req *http.Request) (any, error) {
	if err := r.begin(req.Context(), "Introduced"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	sha := req.PathValue("sha")
	if _, ok := r.commits[sha]; !ok {
		return nil, fmt.Errorf("%w: No commit found for SHA: %s", forge.ErrRejected, sha)
	}
	out := []object{}
	for _, p := range r.ask(sha) {
		simple := r.pullObject(p)
		delete(simple, "merged")
		delete(simple, "merged_by")
		out = append(out, simple)
	}
	return out, nil
}

func (r *Repo) servePull(req *http.Request) (any, error) {
	p, err := r.Pull(req.Context(), number(req))
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pullObject(r.pulls[p.Number]), nil
}

func (r *Repo) pullObject(p *pull) object {
	side := func(ref, sha string, fork bool) object {
		id, owner := 1, r.user(r.owner).User
		if fork {
			id, owner = 2, p.Author
		}
		return object{"ref": ref, "sha": sha, "label": owner.Login + ":" + ref, "user": who(owner),
			"repo": object{"id": id, "name": r.name, "full_name": owner.Login + "/" + r.name, "fork": fork, "owner": who(owner)}}
	}
	merge := any(nil)
	if p.Merged {
		merge = p.MergeCommit
	} else if p.State == "open" {
		merge = Blob("the trial of " + p.HeadCommit) // of GitHub's own
	}
	return object{
		"id": 9000 + p.Number, "number": p.Number, "title": p.Title, "html_url": p.URL, "user": who(p.Author), "state": p.State,
		"url":   fmt.Sprintf("https://api.github.com/repos/%s/pulls/%d", r.Slug(), p.Number),
		"draft": p.Draft, "labels": labels(p.Labels), "merged": p.Merged, "merged_by": who(p.MergedBy),
		"merged_at": stamp(p.MergedAt), "created_at": stamp(p.at), "updated_at": stamp(p.edited), "closed_at": stamp(p.closed),
		"merge_commit_sha": merge, "base": side(p.Base, p.BaseCommit, false), "head": side(p.Head, p.HeadCommit, p.Fork),
	}
}

func (r *Repo) serveFiles(req *http.Request) (any, error) {
	files, err := r.Files(req.Context(), number(req))
	out := []object{}
	for _, f := range files {
		o := object{"filename": f.Path, "status": f.Change, "sha": f.Blob, "additions": 1, "deletions": 0, "changes": 1}
		if f.Was != "" {
			o["previous_filename"] = f.Was
		}
		out = append(out, o)
	}
	return out, err
}

func (r *Repo) serveReviews(req *http.Request) (any, error) {
	reviews, err := r.Reviews(req.Context(), number(req))
	out := []object{}
	for _, v := range reviews {
		o := object{"id": v.ID, "user": who(v.By), "state": strings.ToUpper(string(v.State)), "body": "",
			"commit_id": nil, "author_association": "NONE"}
		if v.Commit != "" {
			o["commit_id"] = v.Commit
		}
		if !v.At.IsZero() {
			o["submitted_at"] = stamp(v.At)
		}
		out = append(out, o)
	}
	return out, err
}

func (r *Repo) serveTimeline(req *http.Request) (any, error) {
	n := number(req)
	events, err := r.Events(req.Context(), n)
	if err != nil {
		return nil, err
	}
	reviews, err := r.As(Owner).Reviews(req.Context(), n)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []object{}
	for i, e := range events {
		o := object{"id": 7000 + i, "event": e.Kind, "actor": who(e.By), "created_at": stamp(e.At), "commit_id": nil}
		if e.Commit != "" {
			o["commit_id"] = e.Commit
		}
		switch e.Kind {
		case forge.EventPushed:
			o = r.commitObject(e.Commit)
			o["event"] = e.Kind
		case forge.EventReviewed:
			o = object{"event": e.Kind, "id": e.Review, "user": who(e.By), "submitted_at": stamp(e.At), "commit_id": o["commit_id"],
				"author_association": "NONE", "body": ""}
			for _, v := range reviews {
				if v.ID == e.Review {
					o["state"] = v.State
				}
			}
		case forge.EventDismissed:
			o["dismissed_review"] = object{"review_id": e.Review, "state": "approved", "dismissal_message": nil}
		case forge.EventLabeled, forge.EventUnlabeled:
			o["label"] = object{"name": e.Label, "color": "ededed"}
		}
		out = append(out, o)
		if i == 0 { // what nobody here asks about is in between
			out = append(out, object{"id": 6999, "event": "mentioned", "actor": who(r.user(Owner).User), "created_at": stamp(r.now)})
		}
	}
	return out, nil
}

func (r *Repo) commitObject(sha string) object {
	c := r.commits[sha]
	by := object{"name": c.author, "email": c.author + "@example.org", "date": stamp(c.date)}
	parents := []object{}
	for _, p := range c.parents {
		parents = append(parents, object{"sha": p, "url": "https://api.github.com/x", "html_url": "https://github.com/x"})
	}
	return object{"sha": c.sha, "message": c.message, "author": by, "committer": by, "parents": parents,
		"tree": object{"sha": c.tree.sha(""), "url": "https://api.github.com/x"}}
}

func (r *Repo) serveCommit(req *http.Request) (any, error) {
	if err := r.begin(req.Context(), "Commit"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	if _, ok := r.commits[req.PathValue("sha")]; !ok {
		return nil, missing("Not Found")
	}
	return r.commitObject(req.PathValue("sha")), nil
}

func (r *Repo) serveCommits(req *http.Request) (any, error) {
	if err := r.begin(req.Context(), "Commits"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	p, ok := r.pulls[number(req)]
	if !ok {
		return nil, missing("Not Found")
	}
	out := []object{}
	for _, sha := range p.commits[:min(len(p.commits), 250)] {
		by := who(r.user(r.commits[sha].author).User)
		out = append(out, object{"sha": sha, "author": by, "committer": by, "commit": r.commitObject(sha)})
	}
	return out, nil
}

// serveTree serves a commit's tree or a folder of one, by its own name.
func (r *Repo) serveTree(req *http.Request) (any, error) {
	if err := r.begin(req.Context(), "Tree"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	sha, deep := req.PathValue("sha"), req.URL.Query().Get("recursive") != ""
	for _, c := range r.commits {
		at, ok := c.tree.find("", sha)
		if !ok && sha != c.sha {
			continue
		}
		var list func(from string) []object
		list = func(from string) []object {
			out := []object{}
			for _, e := range c.tree.folder(from) {
				o := object{"path": strings.TrimPrefix(e.path, at), "mode": e.mode, "type": e.kind, "sha": e.sha}
				if e.kind == "blob" {
					o["size"] = e.size
				}
				out = append(out, o)
				if deep && e.kind == "tree" {
					out = append(out, list(e.path+"/")...)
				}
			}
			return out
		}
		entries, cut := list(at), false
		if r.Truncate > 0 && deep && len(entries) > r.Truncate {
			entries, cut = entries[:r.Truncate], true
		}
		return object{"sha": c.tree.sha(at), "tree": entries, "truncated": cut}, nil
	}
	return nil, missing("Not Found")
}

// find is the folder at or below one that git calls so.
func (t tree) find(at, sha string) (string, bool) {
	if t.sha(at) == sha {
		return at, true
	}
	for _, e := range t.folder(at) {
		if e.kind == "tree" {
			if found, ok := t.find(e.path+"/", sha); ok {
				return found, true
			}
		}
	}
	return "", false
}

func (r *Repo) serveBlob(req *http.Request) (any, error) {
	if err := r.begin(req.Context(), "Blob"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	for _, c := range r.commits {
		for _, f := range c.tree {
			if f.sha == req.PathValue("sha") {
				return []byte(f.content), nil
			}
		}
	}
	return nil, missing("Not Found")
}

func (r *Repo) serveFile(req *http.Request) (any, error) {
	path, ref := req.PathValue("path"), req.URL.Query().Get("ref")
	data, err := r.Read(req.Context(), ref, path)
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if c, ok := r.tip(ref); ok && len(c.tree.folder(path+"/")) > 0 {
			out := []object{}
			for _, e := range c.tree.folder(path + "/") {
				kind := map[string]string{"blob": "file", "tree": "dir"}[e.kind]
				out = append(out, object{"type": kind, "path": e.path, "sha": e.sha, "size": e.size})
			}
			return out, nil
		}
		return nil, err
	}
	o := object{"type": "file", "path": path, "sha": Blob(string(data)), "size": len(data), "encoding": "base64",
		"content": fold(base64.StdEncoding.EncodeToString(data))}
	if len(data) > 1<<20 {
		o["encoding"], o["content"] = "none", ""
	}
	return o, nil
}

// fold breaks a line every sixty characters, as GitHub does.
func fold(s string) string {
	var b strings.Builder
	for len(s) > 60 {
		b.WriteString(s[:60] + "\n")
		s = s[60:]
	}
	return b.String() + s + "\n"
}

func (r *Repo) commentObject(c forge.Comment) object {
	association := "NONE"
	if c.Trusted {
		association = "MEMBER"
	}
	return object{"id": c.ID, "node_id": c.Node, "html_url": c.URL, "user": who(c.By), "body": c.Body, "author_association": association,
		"created_at": stamp(c.At), "updated_at": stamp(c.Edited), "url": "https://api.github.com/x", "issue_url": "https://api.github.com/x"}
}

func (r *Repo) commentObjects(comments []forge.Comment) []object {
	out := []object{}
	for _, c := range comments {
		out = append(out, r.commentObject(c))
	}
	return out
}

func (r *Repo) serveComments(req *http.Request) (any, error) {
	comments, err := r.Comments(req.Context(), number(req))
	return r.commentObjects(comments), err
}

func (r *Repo) serveSaid(req *http.Request) (any, error)  { return r.said(req, below) }
func (r *Repo) serveLines(req *http.Request) (any, error) { return r.said(req, onLine) }

func (r *Repo) said(req *http.Request, where place) (any, error) {
	if err := r.begin(req.Context(), "Said"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	since, _ := time.Parse(time.RFC3339, req.URL.Query().Get("since"))
	out := []object{}
	for _, c := range r.comments {
		if c.place == where && !c.Edited.Before(since) {
			out = append(out, r.commentObject(c.Comment))
		}
	}
	return out, nil
}

func take(req *http.Request, into any) error {
	if err := json.NewDecoder(http.MaxBytesReader(nil, req.Body, 1<<20)).Decode(into); err != nil {
		return fmt.Errorf("%w: Problems parsing JSON", forge.ErrRejected)
	}
	return nil
}

func (r *Repo) takeComment(req *http.Request) (any, error) {
	var in struct{ Body string }
	if err := take(req, &in); err != nil {
		return nil, err
	}
	c, err := r.Comment(req.Context(), number(req), in.Body)
	return r.commentObject(c), err
}

func (r *Repo) changeComment(req *http.Request) (any, error) {
	var in struct{ Body string }
	if err := take(req, &in); err != nil {
		return nil, err
	}
	id, _ := strconv.ParseInt(req.PathValue("id"), 10, 64)
	if err := r.EditComment(req.Context(), id, in.Body); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.comments, func(c *comment) bool { return c.ID == id })
	return r.commentObject(r.comments[i].Comment), nil
}

func issueObject(i forge.Issue) object {
	state := "closed"
	if i.Open {
		state = "open"
	}
	return object{"id": 8000 + i.Number, "number": i.Number, "html_url": i.URL, "title": i.Title, "body": i.Body, "user": who(i.By),
		"state": state, "labels": labels(i.Labels), "created_at": stamp(i.At), "updated_at": stamp(i.Edited), "comments": 0, "locked": false}
}

func (r *Repo) serveIssues(req *http.Request) (any, error) {
	q := req.URL.Query()
	since, _ := time.Parse(time.RFC3339, q.Get("since"))
	if err := r.begin(req.Context(), "Issues"); err != nil {
		return nil, err
	}
	defer r.mu.Unlock()
	wanted := q.Get("labels")
	out := []object{}
	for n := 1; n <= r.last; n++ {
		if i, ok := r.issues[n]; ok && (wanted == "" || slices.Contains(i.Labels, wanted)) && !i.Edited.Before(since) {
			out = append(out, issueObject(i.Issue))
		} else if p, ok := r.pulls[n]; ok && (wanted == "" || slices.Contains(p.Labels, wanted)) && !p.edited.Before(since) {
			o := issueObject(forge.Issue{Number: n, URL: p.URL, Title: p.Title, By: p.Author, Open: p.State == "open", Labels: p.Labels, At: p.at, Edited: p.edited})
			o["pull_request"] = object{"url": "https://api.github.com/x", "html_url": p.URL, "diff_url": nil, "patch_url": nil}
			out = append(out, o)
		}
	}
	return out, nil
}

func (r *Repo) takeIssue(req *http.Request) (any, error) {
	var in struct {
		Title, Body string
		Labels      []string
	}
	if err := take(req, &in); err != nil {
		return nil, err
	}
	i, err := r.OpenIssue(req.Context(), in.Title, in.Body, in.Labels)
	return issueObject(i), err
}

func (r *Repo) closeIssue(req *http.Request) (any, error) {
	var in struct{ State string }
	if err := take(req, &in); err != nil {
		return nil, err
	}
	if in.State != "closed" {
		return nil, fmt.Errorf("%w: only closing is known here", forge.ErrRejected)
	}
	if err := r.CloseIssue(req.Context(), number(req)); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return issueObject(r.issues[number(req)].Issue), nil
}

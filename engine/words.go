package engine

import (
	"fmt"
	"strings"

	"github.com/imprimatur-ci/imprimatur/engine/report"
	"github.com/imprimatur-ci/imprimatur/engine/workflow"
	"github.com/imprimatur-ci/imprimatur/schema"
)

// proposalWords are what a proposal says on GitHub, in the workspace's
// language.
type proposalWords struct {
	title, again, already, byHand, thanks        string
	from, approve, pictures, alt, wrong, noWrong string
}

var proposalEnglish = proposalWords{
	title:   "Post",
	again:   "Thank you. This cannot become a post yet; please open the form anew, or correct it here and ask somebody of the team to put the label `propose` on again:",
	already: "This was proposed already: please go on in its pull request.",
	byHand: "Your post is on the branch %s, but GitHub did not let us open the pull request. An administrator allows it once: " +
		"Settings, Actions, General, «Allow GitHub Actions to create and approve pull requests». Until then, open it by hand.",
	thanks:   "Thank you. Your post is now pull request #%d: an editor reads it before anything goes out.",
	from:     "Proposed by %s with the form of #%d. Closes #%d.",
	approve:  "GitHub checks nothing by itself that its own bot opens: if no review appears below, press **Approve workflows to run**.",
	pictures: "Pictures came with the form. Please add them below `media/` and name them in the post, under `media:`",
	alt:      "What they show:",
	wrong:    "To be corrected:",
	noWrong:  "The checks have nothing to say against it.",
}

var proposalFrench = proposalWords{
	title:   "Message",
	again:   "Merci. Ceci ne peut pas encore devenir un message ; rouvrez le formulaire, ou corrigez-le ici et demandez à l’équipe de remettre l’étiquette `propose` :",
	already: "Ceci a déjà été proposé : continuez dans sa demande de fusion.",
	byHand: "Votre message est sur la branche %s, mais GitHub n’a pas permis d’ouvrir la demande de fusion. Un administrateur le permet une fois : " +
		"Settings, Actions, General, « Allow GitHub Actions to create and approve pull requests ». D’ici là, ouvrez-la à la main.",
	thanks:   "Merci. Votre message est la demande de fusion #%d : un éditeur la relit avant toute publication.",
	from:     "Proposé par %s avec le formulaire de #%d. Closes #%d.",
	approve:  "GitHub ne vérifie rien de lui-même de ce que son propre robot ouvre : si aucune relecture n’apparaît ci-dessous, appuyez sur **Approve workflows to run**.",
	pictures: "Des images sont venues avec le formulaire. Ajoutez-les sous `media/` et nommez-les dans le message, sous `media:`",
	alt:      "Ce qu’elles montrent :",
	wrong:    "À corriger :",
	noWrong:  "Les vérifications n’y trouvent rien à redire.",
}

func wordsFor(language string) proposalWords {
	if language == "fr" || strings.HasPrefix(language, "fr-") {
		return proposalFrench
	}
	return proposalEnglish
}

// body is the pull request's first comment.
func (w *proposalWords) body(issue workflow.Issue, p workflow.Proposal, ps []schema.Problem) string {
	blocks := []string{fmt.Sprintf(w.from, report.Inert(issue.By), issue.Number, issue.Number), w.approve}
	if len(p.Pictures) > 0 {
		blocks = append(blocks, w.pictures, report.Fence(strings.Join(p.Pictures, "\n")), w.alt, report.Fence(p.Alt))
	}
	var wrong []string
	for _, p := range ps {
		wrong = append(wrong, fmt.Sprintf("- %s: %s", report.Inert(p.Pos.String()), report.Inert(p.Text)))
	}
	if len(wrong) == 0 {
		blocks = append(blocks, w.noWrong)
	} else {
		blocks = append(blocks, w.wrong, strings.Join(wrong[:min(len(wrong), 50)], "\n"))
	}
	return strings.Join(blocks, "\n\n") + "\n"
}

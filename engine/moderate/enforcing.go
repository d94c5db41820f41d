package moderate

// Enforcing lists the rules that act, in order.
func (r *Rules) Enforcing() []string {
	var ids []string
	for _, rule := range r.rules {
		if rule.Mode == "enforce" {
			ids = append(ids, rule.ID)
		}
	}
	return ids
}
